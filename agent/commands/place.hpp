#pragma once
// paas-agent place plan|explain|what-if|rebalance SNAPSHOT [--json]: placement
// without a cluster.

#include "agent/program.hpp"

namespace paas::agent::commands {

// `invocation` without the command's own words. Exit codes: `done`, it fits;
// `failed`, it does not; `misused`, the command line or a file is wrong, and
// every line of what is said names a place.
int place_plan(const Invocation& invocation);
int place_explain(const Invocation& invocation);
int place_what_if(const Invocation& invocation);
int place_rebalance(const Invocation& invocation);

}  // namespace paas::agent::commands
