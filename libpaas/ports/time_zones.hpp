#pragma once
// TimeZones: the host's time zone database (tzdata, RFC 8536).

#include <string>

#include "libpaas/base/result.hpp"
#include "libpaas/blueprint/schedule.hpp"

#pragma GCC visibility push(default)
namespace paas {

class TimeZones {
 public:
  virtual ~TimeZones() = default;
  // "Europe/Berlin". Changes until 2100 are in it, those that the file gives by its footer (POSIX
  // TZ) too. Errors: `not_found`, `invalid`.
  virtual Result<blueprint::TimeZone> find(const std::string& name) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
