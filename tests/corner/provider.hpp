#pragma once
// The corner provider.

#include <memory>

#include "provider/tf/resource.hpp"

namespace paas::corner {

std::unique_ptr<tf::Provider> make_provider();

}  // namespace paas::corner
