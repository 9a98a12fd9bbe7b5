#pragma once
// The resource paas_lxc_template.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::lxc_template {

std::unique_ptr<tf::Resource> make_lxc_template(
    std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::lxc_template
