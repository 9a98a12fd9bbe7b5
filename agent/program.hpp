#pragma once
// The paas-agent program, all but its process: what it is asked, with what, and where it answers.

#include <istream>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paas::agent {

struct Invocation {
  std::vector<std::string> arguments;  // without the program's name
  std::map<std::string, std::string, std::less<>> environment;
  std::ostream& out;  // answers
  std::ostream& err;  // everything else
  std::istream& in;   // what "-" reads where a file is named
  // Whether a person sits there: colours, questions, a terminal for `exec`.
  bool out_is_terminal = false;
  bool in_is_terminal = false;

  // The same for other arguments.
  Invocation with(std::vector<std::string> others) const {
    return {std::move(others), environment, out, err, in, out_is_terminal, in_is_terminal};
  }
};

// What a process says with its end.
enum ExitCode { done = 0, failed = 1, misused = 2 };

// Finds the command and runs it.
int run(const Invocation& invocation);

// One command, as its words and what it does.
struct CommandLine {
  std::vector<std::string> words;  // "volume", "ls"
  std::string_view help;
  bool has_help = true;  // `--help` is answered by this process
};
std::vector<CommandLine> command_lines();

}  // namespace paas::agent
