#pragma once
// The data source paas_pve_storages.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::pve_storages {

std::unique_ptr<tf::DataSource> make_pve_storages(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::pve_storages
