#pragma once
// paas-agent dns: the names service.

#include "agent/program.hpp"

namespace paas::agent::commands {

// Becomes the program paas-dns, which lies beside this one: it stays small and keeps none of what
// other commands need. Returns only if that cannot be started: `failed`.
int dns(const Invocation& invocation);

}  // namespace paas::agent::commands
