#pragma once
// The road of one request: decode, who, where, may, verify, do, answer; with faults on the way.

#include "tests/fake-pve/http.hpp"
#include "tests/fake-pve/world.hpp"

namespace paas::fake_pve {

// Answers everything below /api2; writes the record of calls.
HttpReply dispatch(World& world, const HttpRequest& request);

}  // namespace paas::fake_pve
