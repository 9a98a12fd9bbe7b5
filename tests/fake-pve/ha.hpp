#pragma once
// High availability: managed guests are started and stopped by request, not directly.

#include <string>

#include "tests/fake-pve/call.hpp"

namespace paas::fake_pve {

bool is_ha_managed(const State& state, const Guest& guest);

// A hastart or hastop task: it records the wanted state ("started", "stopped") and ends at once;
// the guest follows one task time later.
std::string ha_request_task(Call& call, const Guest& guest, const std::string& wanted);

// Brings a managed guest to its wanted state after a while.
void ha_pursue(World& world, const std::string& sid);

}  // namespace paas::fake_pve
