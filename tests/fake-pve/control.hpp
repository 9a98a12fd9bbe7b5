#pragma once
// The test's hand on the cluster: everything below /fake. What each path does is in README.md.

#include "tests/fake-pve/http.hpp"
#include "tests/fake-pve/world.hpp"

namespace paas::fake_pve {

bool is_control(const HttpRequest& request);

// Answers with JSON: 200 and what was asked for, 404 for an unknown path, 400 with `message`
// for a body that makes no sense, 413 for one that is too large. Asks for no credentials: the
// server listens on loopback.
HttpReply control(World& world, const HttpRequest& request);

}  // namespace paas::fake_pve
