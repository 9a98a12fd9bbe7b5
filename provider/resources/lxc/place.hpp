#pragma once
// Place: whether the node that a plan names can take the container, as far as the list of the
// cluster and the other plans of the run tell. Errors and warnings only: no planned value depends
// on it (docs/decisions/0002).

#include <optional>
#include <string>
#include <vector>

#include "libpaas/proxmox/inventory.hpp"
#include "provider/ledger.hpp"
#include "provider/tf/typed.hpp"

namespace paas::lxc {

// Whether this plan creates a container, or moves one to another node.
bool takes_a_place(const tf::Planning& planning);

// Adds an error where the planned node is not in the cluster or offline, and where a storage of the
// root disk, a mount point or a clone is not on it; each names what there is. The source of a clone
// that is a virtual machine is an error; one that is not there, a warning. `list` is the answer of
// GET /cluster/resources: a part of it that is empty, because we may not see it, refuses nothing.
void check_place(const tf::Planning& planning, const proxmox::Resources& list);

// What the planned container is to use, for the ledger of the run; none where the plan changes
// nothing of it, or does not know its node. `planning.prior` and the space it has count where the
// container stays or is replaced.
std::optional<provider::Booking> booking_of(const tf::Planning& planning);

// Adds a warning for each overbooking, if the node follows from the host name: where the user names
// it, the promise is the user's.
void warn_of_overbooking(const tf::Planning& planning, const std::string& node,
                         const std::vector<provider::Overbooking>& overbookings);

}  // namespace paas::lxc
