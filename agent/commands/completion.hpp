#pragma once
// paas-agent completion: what a shell needs to complete commands and flags.

#include <string>
#include <vector>

#include "agent/program.hpp"

namespace paas::agent::commands {

int completion(const Invocation& invocation);

struct Completed {
  std::vector<std::string> words;  // "volume", "ls"
  std::string help;
  struct Option {
    std::string name;   // "--json"
    std::string value;  // "FILE"; empty: it takes none
    std::string help;
  };
  std::vector<Option> flags{};
};
// Every command, with the flags that its own `--help` tells.
std::vector<Completed> completed_commands();

// `shell`: "bash", "zsh" or "fish"; else empty.
std::string completion_script(const std::string& shell, const std::vector<Completed>& commands);

}  // namespace paas::agent::commands
