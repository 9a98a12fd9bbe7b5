#pragma once
// paas-agent version [--json]

#include "agent/program.hpp"

namespace paas::agent::commands {

// `invocation` without the command's own words.
int version(const Invocation& invocation);

}  // namespace paas::agent::commands
