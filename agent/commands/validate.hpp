#pragma once
// paas-agent validate: whether a state file would be taken.

#include "agent/program.hpp"

namespace paas::agent::commands {

int validate(const Invocation& invocation);

}  // namespace paas::agent::commands
