#pragma once
// Chance from the operating system.

#include <memory>

#include "libpaas/ports/random.hpp"

#pragma GCC visibility push(default)
namespace paas {

std::unique_ptr<Random> make_system_random();

}  // namespace paas
#pragma GCC visibility pop
