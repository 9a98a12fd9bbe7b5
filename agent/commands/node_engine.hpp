#pragma once
// What the commands that speak to a node's engine begin with.

#include <memory>
#include <stop_token>
#include <string>

#include "agent/usage.hpp"
#include "libpaas/ports/container_runtime.hpp"

namespace paas::agent::commands {

struct NodeEngine {
  std::string owner;  // the node's id
  std::unique_ptr<ContainerRuntime> runtime;
};

// By `--data-dir` and `--runtime`. What goes wrong is said: `failed`.
Or<NodeEngine> node_engine(const Invocation& invocation, const Arguments& arguments,
                           std::stop_token stop);

}  // namespace paas::agent::commands
