#include "tests/contract/cluster_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "libpaas/adapters/curl_http.hpp"
#include "libpaas/base/text.hpp"

namespace paas::contract {
namespace {

// What the process prints until its first line ends.
std::string first_line_of(int pipe) {
  std::string out;
  char c = 0;
  while (read(pipe, &c, 1) == 1 && c != '\n') out += c;
  return out;
}

pid_t start(const std::string& program, const std::string& folder, int output) {
  std::vector<std::string> words = {program,   "--listen", "127.0.0.1:0", "--nodes", "3",
                                    "--state", folder,     "--task-ms",   "20"};
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  pid_t process = -1;
  const int problem =
      posix_spawn(&process, program.c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (problem != 0) throw std::runtime_error("unable to start " + program + ": is it built?");
  return process;
}

}  // namespace

ClusterProcess::ClusterProcess() {
  folder_ = (std::filesystem::temp_directory_path() / "paas-cluster-XXXXXX").string();
  std::array<int, 2> ends{};
  if (mkdtemp(folder_.data()) == nullptr || pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("unable to make a folder or a pipe");
  }
  const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  process_ = start((beside / "fake-pve").string(), folder_, ends[1]);
  close(ends[1]);
  const std::string line = first_line_of(ends[0]);
  close(ends[0]);
  const auto parts = words(line);
  if (parts.size() != 4 || parts[0] != "ready") {
    throw std::runtime_error("fake-pve said \"" + line + "\" instead of \"ready …\"");
  }
  options_.endpoint = std::string(parts[1]);
  options_.credentials = pve::parse_token(parts[2]).value();
  options_.trust = CaFile{std::string(parts[3])};
  HttpOptions http;
  http.trust = options_.trust;
  http_ = make_curl_http(http);
}

ClusterProcess::~ClusterProcess() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  std::error_code problem;
  std::filesystem::remove_all(folder_, problem);
}

Json ClusterProcess::control(const std::string& path, const Json& body, const std::string& method) {
  HttpRequest request;
  request.method = method;
  request.url = options_.endpoint + "/fake" + path;
  request.body = print_json(body);
  const auto answer = http_->send(request, {});
  if (!answer) throw std::runtime_error(describe(answer.error()));
  if (answer->status != 200) throw std::runtime_error(path + ": " + answer->body);
  return parse_json(answer->body).value();
}

}  // namespace paas::contract
