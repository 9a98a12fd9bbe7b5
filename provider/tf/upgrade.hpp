#pragma once
// State upgraders: pure functions that bring a stored state from one schema version to the next.

#include <cstdint>
#include <functional>
#include <vector>

#include "libpaas/base/json.hpp"

namespace paas::tf {

// From version n to n + 1, where n is its place in the list. The state is an object, as in a state
// file: numbers are JSON numbers, what is null may be missing.
using Upgrade = std::function<Result<Json>(Json state)>;

// Runs what is needed of `upgrades`, in order; the present version is their number. A state of the
// present version passes through. Errors: `invalid` for a version that is newer (with advice) or
// negative, else what an upgrader says, with the versions named.
Result<Json> upgrade_state(const std::vector<Upgrade>& upgrades, std::int64_t from_version,
                           Json state);

}  // namespace paas::tf
