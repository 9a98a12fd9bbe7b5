#pragma once
// paas-agent plan: what would change on this host, and why.

#include "agent/program.hpp"

namespace paas::agent::commands {

// `done` if nothing would; 2 if something would; 64 if the command line is wrong.
int plan(const Invocation& invocation);

}  // namespace paas::agent::commands
