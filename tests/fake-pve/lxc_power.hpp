#pragma once
// Starting and stopping containers.

#include <string>

#include "tests/fake-pve/call.hpp"

namespace paas::fake_pve {

// A vzstart task; the UPID.
std::string start_container_task(World& world, const Login& login, const std::string& node,
                                 std::int64_t vmid, const TaskFault& fault);

// The guest begins to run, pending changes applied first. Errors: locked, a template, a bridge
// that does not exist.
Result<void> start_container(World& world, std::int64_t vmid, const std::string& node);
void stop_guest(Guest& guest);

}  // namespace paas::fake_pve
