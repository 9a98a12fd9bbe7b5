#pragma once
// The paas-agent program, all but its process: what it is asked, with what, and where it answers.

#include <istream>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace paas::agent {

struct Invocation {
  std::vector<std::string> arguments;  // without the program's name
  std::map<std::string, std::string, std::less<>> environment;
  std::ostream& out;  // answers
  std::ostream& err;  // everything else
  std::istream& in;   // what "-" reads where a file is named
};

// What a process says with its end.
enum ExitCode { done = 0, failed = 1, misused = 2 };

// Finds the command and runs it.
int run(const Invocation& invocation);

}  // namespace paas::agent
