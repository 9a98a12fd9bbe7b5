#pragma once
// What containers and virtual machines have in common: how they are found, locked and shown.

#include <cstdint>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "tests/fake-pve/state.hpp"

namespace paas::fake_pve {

// "CT" or "VM", as messages name them.
std::string kind_word(GuestKind kind);
// "ct:100", "vm:100": the name HA has for a guest.
std::string ha_id(const Guest& guest);

// The guest of that kind on that node. Errors: the text about its missing configuration file,
// also when it lives on another node.
Result<Guest*> find_guest(State& state, GuestKind kind, const std::string& node, std::int64_t vmid);
// Errors: the id is taken by a guest of any kind anywhere in the cluster.
Result<void> check_id_free(const State& state, std::int64_t vmid);
// Errors: "CT is locked (backup)".
Result<void> check_unlocked(const Guest& guest);
// Errors: the configuration has another digest than the caller's; "" is no opinion.
Result<void> check_digest(const Guest& guest, const std::string& digest);
// Errors: the cluster has no quorum.
Result<void> check_quorum(const State& state);

// Of the whole configuration: changes when and only when it does.
std::string config_digest(const Guest& guest);
// One option as the API shows it: integers and booleans as numbers, the rest as text.
Json option_json(GuestKind kind, const std::string& name, const std::string& text);
// GET config: with pending changes merged in, or as it is now.
Json config_json(const Guest& guest, bool current);
Json options_json(GuestKind kind, const Options& options);
// GET pending.
Json pending_json(const Guest& guest);

// The bytes of the root disk: 4 GiB for a directory without a quota.
std::int64_t disk_bytes(const Guest& guest);
Broadcast true_status(const Guest& guest, std::int64_t now);
// One row of /cluster/resources.
Json resource_row(const State& state, const Guest& guest);
// status/current, also a row of the node's list when `listed`.
Json status_json(const State& state, const Guest& guest, std::int64_t now, bool listed);

// A MAC address nobody has yet.
std::string new_mac(State& state);
// Lower case, no duplicates, in order: the form the server stores.
std::string normal_tags(const State& state, const std::string& tags);

// Removes every trace of a guest but its volumes: pools, access list, HA if asked.
void forget_guest(State& state, std::int64_t vmid, bool purge);

}  // namespace paas::fake_pve
