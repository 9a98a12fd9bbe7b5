#pragma once
// The resource paas_placement.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::placement_resource {

// Needs no cluster to talk to: of the services, only the policy is asked.
std::unique_ptr<tf::Resource> make_placement(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::placement_resource
