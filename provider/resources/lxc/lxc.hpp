#pragma once
// The resource paas_lxc.

#include <memory>

#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::lxc {

std::unique_ptr<tf::Resource> make_lxc(std::shared_ptr<const provider::CurrentServices> services);

}  // namespace paas::lxc
