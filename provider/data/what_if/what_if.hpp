#pragma once
// The data source paas_what_if.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::what_if {

// Needs no cluster to talk to: of the services, only the policy is asked.
std::unique_ptr<tf::DataSource> make_what_if(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::what_if
