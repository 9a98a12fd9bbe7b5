#pragma once
// Place: whether the node that a plan names can take the container, as far as the list of the
// cluster tells. Errors only: no planned value depends on it (docs/decisions/0002).

#include "libpaas/proxmox/inventory.hpp"
#include "provider/tf/typed.hpp"

namespace paas::lxc {

// Whether this plan creates a container, or moves one to another node.
bool takes_a_place(const tf::Planning& planning);

// Adds an error where the planned node is not in the cluster or offline, and where a storage of the
// root disk or of a mount point is not on it; each names what there is. `list` is the answer of
// GET /cluster/resources: a part of it that is empty, because we may not see it, refuses nothing.
void check_place(const tf::Planning& planning, const proxmox::Resources& list);

}  // namespace paas::lxc
