#include "agent/commands/dns.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace paas::agent::commands {

int dns(const Invocation& invocation) {
  std::error_code problem;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", problem);
  std::string program = (self.parent_path() / "paas-dns").string();
  std::vector<std::string> given = invocation.arguments;
  std::vector<char*> words{program.data()};
  for (std::string& word : given) words.push_back(word.data());
  words.push_back(nullptr);
  invocation.out.flush();
  invocation.err.flush();
  execv(program.c_str(), words.data());
  invocation.err << "paas-agent: unable to start \"" << program << "\": " << std::strerror(errno)
                 << "\n";
  return failed;
}

}  // namespace paas::agent::commands
