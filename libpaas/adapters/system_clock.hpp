#pragma once
// The clock of the machine.

#include <memory>

#include "libpaas/ports/clock.hpp"

namespace paas {

std::unique_ptr<Clock> make_system_clock();

}  // namespace paas
