#pragma once
// paas-agent node: keeps this host as declared, for ever.

#include "agent/program.hpp"

namespace paas::agent::commands {

// Until SIGTERM or SIGINT, which end it at once and leave every container running; SIGHUP reads the
// source now. Tells the supervisor when it is ready, and that it is alive.
int node(const Invocation& invocation);

}  // namespace paas::agent::commands
