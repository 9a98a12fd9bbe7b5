#pragma once
// The data source paas_pve_templates.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::pve_templates {

std::unique_ptr<tf::DataSource> make_pve_templates(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::pve_templates
