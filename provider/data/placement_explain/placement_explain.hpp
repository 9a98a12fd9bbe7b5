#pragma once
// The data source paas_placement_explain.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::placement_explain {

// Needs no cluster to talk to: of the services, only the policy is asked.
std::unique_ptr<tf::DataSource> make_placement_explain(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::placement_explain
