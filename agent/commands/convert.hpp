#pragma once
// paas-agent convert: a compose file as a state file.

#include "agent/program.hpp"

namespace paas::agent::commands {

int convert(const Invocation& invocation);

}  // namespace paas::agent::commands
