#pragma once
// Process: another program of this host, run to its end.

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

struct Command {
  std::vector<std::string> words;  // the program, looked for on the path, and its arguments
  std::string input{};             // what it reads
  // The whole of its environment, beside PATH and HOME; nothing of ours is handed down.
  std::map<std::string, std::string, std::less<>> environment{};
  std::chrono::seconds timeout{60};
  std::size_t most_output = std::size_t{16} << 20;
};

struct Finished {
  int exit_code = 0;  // 128 + n: ended by signal n
  std::string output{};
  std::string errors{};  // its first 64 KiB
};

class Process {
 public:
  virtual ~Process() = default;
  // Errors: `not_found` (no such program), `unavailable` (took too long; it and its children are
  // killed), `cancelled`, `invalid` (more output than allowed). Thread-safe.
  virtual Result<Finished> run(const Command& command, std::stop_token stop) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
