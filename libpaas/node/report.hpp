#pragma once
// What a node says of itself, from what it knows.

#include "libpaas/node/core.hpp"
#include "libpaas/node/status.hpp"

namespace paas::node {

// Without `written`, `foreign` and `disk_trouble`, of which the loop knows nothing.
Status report(const State& state, Moment now);

}  // namespace paas::node
