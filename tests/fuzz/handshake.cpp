// What a host says through the environment: one variable a line.
#include "provider/plugin/handshake.hpp"

#include <algorithm>

#include "libpaas/base/json.hpp"
#include "provider/plugin/hclog.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace plugin;

constexpr std::size_t longest_socket = 107;  // of sun_path, without its end

// REQUIRES: nothing of the text is NUL.
Environment environment_in(std::string_view text) {
  std::vector<std::string> entries;
  for (const std::string_view line : split(text, '\n')) entries.emplace_back(line);
  std::vector<const char*> pointers;
  for (const std::string& entry : entries) pointers.push_back(entry.c_str());
  pointers.push_back(nullptr);
  return environment_of(pointers.data());
}

void claim_folder(const std::string& folder) {
  claim(folder.starts_with('/'), "a folder is an absolute path");
  claim((folder + "/plugin0123456789").size() <= longest_socket, "a socket fits into the folder");
}

void claim_answer(const Handshake& asked) {
  claim_folder(asked.socket_folder);
  const std::string line = handshake_line(asked, asked.socket_folder + "/plugin", "MIIB");
  claim(std::count(line.begin(), line.end(), '\n') == 1 && line.back() == '\n', "it is one line");
  claim(std::count(line.begin(), line.end(), '|') == (asked.tells_multiplexing ? 6 : 5),
        "it has the fields that the host knows");
}

void one_environment(std::string_view text) {
  const Environment environment = environment_in(text);
  const std::string folder = debug_socket_folder(environment);
  claim_folder(folder);
  const auto reattach = parse_json(reattach_json({"libpaas/paas"}, 1, folder + "/plugin"));
  claim(reattach.has_value(), "what is printed for TF_REATTACH_PROVIDERS is JSON");
  const LogLevel level = wanted_level(environment, "paas");
  claim(level >= LogLevel::trace && level <= LogLevel::off, "a level is one of ours");
  const auto asked = read_handshake(environment);
  if (accepted(asked)) claim_answer(*asked);
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = paas::fuzz::text_of(data, size);
  paas::fuzz::one_environment(text.substr(0, text.find('\0')));
  return 0;
}
