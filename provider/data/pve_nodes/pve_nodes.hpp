#pragma once
// The data source paas_pve_nodes.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::pve_nodes {

std::unique_ptr<tf::DataSource> make_pve_nodes(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::pve_nodes
