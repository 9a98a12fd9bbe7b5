#include "agent/node_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "agent/input.hpp"
#include "libpaas/base/text.hpp"

namespace paas::agent {
namespace {

constexpr const char* usual_folder = "/var/lib/paas";

Error advised(Error error) {
  if (error.code == Errc::not_found) {
    return std::move(error).advising(
        "no agent has run with this data folder; --data-dir names another");
  }
  if (error.code == Errc::denied) return std::move(error).advising("run this as root");
  return error;
}

}  // namespace

NodeFolder::NodeFolder(const Arguments& arguments)
    : NodeFolder(arguments.value("--data-dir").value_or(usual_folder)) {}

Result<std::string> NodeFolder::owner() const {
  const auto text = read_file(path_ + "/node-id");
  if (!text) return tl::unexpected<Error>(advised(text.error()));
  const std::string_view id = trim(*text);
  if (id.empty() || id.size() > 128 || printable(std::string(id)) != id) {
    return fail(Errc::invalid, path_ + "/node-id: holds no id of a node");
  }
  return std::string(id);
}

Result<node::Status> NodeFolder::status() const {
  const std::string file = path_ + "/status.json";
  const auto text = read_file(file);
  if (!text) return tl::unexpected<Error>(advised(text.error()));
  auto status = node::parse_status(*text);
  if (!status) return fail_while(file, std::move(status));
  return status;
}

std::string NodeFolder::hold_file(const std::string& project, const std::string& app) const {
  return path_ + "/holds/" + project + "." + app;
}

Result<void> NodeFolder::ask_to_hold(const std::string& project, const std::string& app,
                                     const std::string& release) const {
  ::mkdir((path_ + "/holds").c_str(), 0700);
  // Not in that folder: the agent takes whatever it finds there.
  const std::string beside = path_ + "/hold." + std::to_string(::getpid());
  auto written = write_file(hold_file(project, app), beside, release + "\n");
  if (!written) return tl::unexpected<Error>(advised(written.error()));
  return {};
}

bool NodeFolder::is_asked(const std::string& project, const std::string& app) const {
  struct stat found{};
  return ::stat(hold_file(project, app).c_str(), &found) == 0;
}

}  // namespace paas::agent
