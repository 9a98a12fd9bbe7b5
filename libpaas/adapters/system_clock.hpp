#pragma once
// The clock of the machine.

#include <memory>

#include "libpaas/ports/clock.hpp"

#pragma GCC visibility push(default)
namespace paas {

std::unique_ptr<Clock> make_system_clock();

}  // namespace paas
#pragma GCC visibility pop
