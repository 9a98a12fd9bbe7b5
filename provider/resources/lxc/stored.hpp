#pragma once
// Stored states in other words than the present schema's: those of its earlier versions, and those
// of another provider. Pure.

#include <vector>

#include "provider/resources/lxc/model.hpp"
#include "provider/tf/resource.hpp"
#include "provider/tf/upgrade.hpp"

namespace paas::lxc {

// Version 0 had sizes as numbers: memory_mib, swap_mib, disk_gib, and storage beside them.
const std::vector<tf::Upgrade>& state_upgrades();

// Where a container of bpg/proxmox is: id and node. Everything else is read from the container,
// which the refresh after a move does anyhow. Errors: `not_found` for another provider or type;
// `invalid` for a state that names no container.
Result<Lxc> taken_over(const tf::MoveRequest& request);

}  // namespace paas::lxc
