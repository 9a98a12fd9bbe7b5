#pragma once
// Chance from the operating system.

#include <memory>

#include "libpaas/ports/random.hpp"

namespace paas {

std::unique_ptr<Random> make_system_random();

}  // namespace paas
