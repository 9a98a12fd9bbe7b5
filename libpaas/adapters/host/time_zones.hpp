#pragma once
// TimeZones from the database of the host.

#include <memory>
#include <string>

#include "libpaas/ports/time_zones.hpp"

namespace paas::host {

// `folder`: "/usr/share/zoneinfo". UTC is there without it. Each call reads: who asks keeps.
std::unique_ptr<TimeZones> make_time_zones(std::string folder);

}  // namespace paas::host
