#pragma once
// paas-agent apply --once: brings this host to what is declared, and ends.

#include "agent/program.hpp"

namespace paas::agent::commands {

// `done` when everything declared runs; `failed` when it does not and waiting will not help.
int apply(const Invocation& invocation);

}  // namespace paas::agent::commands
