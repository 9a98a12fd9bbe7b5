#pragma once
// Capacity: the nodes of a cluster in the shape that paas_placement takes, from one listing.

#include <optional>
#include <string>

#include "libpaas/base/json.hpp"
#include "libpaas/placement/model.hpp"
#include "libpaas/proxmox/inventory.hpp"
#include "provider/tf/value.hpp"

namespace paas::pve_nodes {

struct CapacityRules {
  // The tag of guests that are workloads of a placement. None: no guest is counted.
  std::optional<std::string> placed_tag{};
  placement::Amounts headroom{};          // of every node, beside what others use
  placement::Amounts overcommit_milli{};  // of every node
};

// The nodes that are online: cores, memory, and the local storages that hold volumes of guests.
// What guests without the tag may use is reserved: their cores (not of a container that has all of
// the node's), their memory, and what is used on a storage beyond the disks of guests with the tag,
// in twentieths of the storage. Nothing in it follows load, so that a plan does not change by
// itself.
std::vector<placement::Node> capacity_of(const proxmox::Resources& resources,
                                         const CapacityRules& rules);

// What a node says of itself beyond the listing.
struct NodeStatus {
  std::string arch{};  // "amd64", "arm64", else as the kernel has it
  int cores = 0;
  std::uint64_t memory_bytes = 0;
};
// GET /nodes/{node}/status. Errors: `internal`, if one of the three is not there.
Result<NodeStatus> parse_node_status(const Json& data);

// As the attribute `cluster` of paas_placement has it.
tf::Value value_of(const std::vector<placement::Node>& nodes);

}  // namespace paas::pve_nodes
