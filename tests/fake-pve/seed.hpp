#pragma once
// Guests and volumes that were there before anybody called: for tests that need a populated
// cluster, or one that changed behind the caller's back.

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "tests/fake-pve/world.hpp"

namespace paas::fake_pve {

// {"guests": [{"vmid", "node", "kind", "status", "pool", "config": {...}}, ...]}, or
// {"count": N, "first": 1000, "node": "pve1"} for N plain stopped containers. Their volumes are
// made as the configurations name them. Answers the number of guests.
Result<Json> seed_guests(World& world, const Json& body);

// {"config": {"memory": 300, "tags": null}, "running": true}: null removes an option.
Result<Json> edit_guest_state(World& world, Guest& guest, const Json& body);

// A guest and its volumes are gone, without a task and whatever the locks say.
void remove_guest(State& state, const Guest& guest);

// The volumes of a guest that lie on one node only are on the other node now.
void move_volumes(State& state, const Guest& guest, const std::string& target);

// {"name": "iso/x.iso", "content", "format", "size", "node"}: all nodes without "node".
Result<Json> put_volume(World& world, Storage& storage, const Json& body);

}  // namespace paas::fake_pve
