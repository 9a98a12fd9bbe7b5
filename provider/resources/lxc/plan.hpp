#pragma once
// What a plan of a container says beyond its table: pure functions of configuration and prior
// state, and of the provider's own configuration.

#include "provider/policy/policy.hpp"
#include "provider/resources/lxc/model.hpp"
#include "provider/tf/typed.hpp"

namespace paas::lxc {

// What of the provider's configuration a plan depends on.
struct PlanContext {
  const policy::Policy& policy;
  bool lacks_root = false;  // whoever we are, Proxmox will not take us for root@pam
};

// Asks for a new container where its origin (template or source of a clone) changes; an imported
// one, whose origin is not known, takes the configured one over. Fills in what follows from
// configuration and policy: node, id, names and addresses of network devices, privileges. Then
// says, all at once, what cannot be done as declared.
void refine_plan(const tf::Planning& planning, const PlanContext& context);

// The path of an attribute as libpaas names it: "mounts.mp0.storage" → mount_points["mp0"].storage.
tf::Path path_of(std::string_view attribute);

}  // namespace paas::lxc
