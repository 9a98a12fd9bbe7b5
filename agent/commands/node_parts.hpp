#pragma once
// What the commands that run the node's loop are made of: flags, adapters, settings.

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/usage.hpp"
#include "libpaas/node/shell.hpp"

namespace paas::agent::commands {

// --state, --runtime, --data-dir, … and --help.
std::vector<Flag> node_flags(std::vector<Flag> more);

// Everything that a shell takes, and owns it.
class NodeParts {
 public:
  virtual ~NodeParts() = default;
  virtual node::Ports ports() = 0;
  virtual node::ShellOptions options() const = 0;
};

enum class Purpose {
  look,       // nothing is changed, and an agent may be at work
  act,        // nobody else may be
  act_always  // … and an engine that is not there is waited for
};

// What goes wrong is said. `log` outlives what is returned. `failed` or `misused`; `done` if it was
// asked to stop while it waited.
Or<std::unique_ptr<NodeParts>> node_parts(const Invocation& invocation, const Usage& usage,
                                          const Arguments& arguments, Purpose purpose, Log& log,
                                          std::stop_token stop);

// The log that --log-level asks for, on standard error.
Or<std::unique_ptr<Log>> node_log(const Invocation& invocation, const Usage& usage,
                                  const Arguments& arguments);

}  // namespace paas::agent::commands
