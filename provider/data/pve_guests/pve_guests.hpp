#pragma once
// The data source paas_pve_guests.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::pve_guests {

std::unique_ptr<tf::DataSource> make_pve_guests(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::pve_guests
