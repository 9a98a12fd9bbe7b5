#pragma once
// What every command says of itself, and how it takes a command line.

#include <string>
#include <string_view>
#include <vector>

#include "agent/arguments.hpp"
#include "agent/program.hpp"

namespace paas::agent {

struct Usage {
  std::string_view words;  // "logs [flags] APP[/REPLICA]"
  std::string_view about;
  std::string_view codes;  // "0 done, 1 …, 2 the command line is wrong"
  std::vector<Flag> flags;
  std::string_view note{};  // a sentence or two behind the flags

  std::string text() const;
};

// What ended a command early, as its exit code.
template <class T>
using Or = tl::expected<T, int>;

// Says what is wrong with the command line, and how it is used: `misused`.
int misuse(const Invocation& invocation, const Usage& usage, const std::string& message);

struct WordCount {
  std::size_t least = 0;
  std::size_t most = 0;
};
// The arguments of a command. `--help` is answered (`done`), what does not fit is complained of
// (`misused`).
Or<Arguments> understood(const Invocation& invocation, const Usage& usage, WordCount count);

// Every command that asks a node has these.
inline constexpr Flag help_flag{"--help", "", "this"};
inline constexpr Flag data_dir_flag{"--data-dir", "DIR", "the node's data folder; /var/lib/paas"};
inline constexpr Flag runtime_flag{"--runtime", "SOCKET",
                                   "of the engine, unix:///…; Podman's, else Docker's"};

}  // namespace paas::agent
