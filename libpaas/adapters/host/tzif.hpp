#pragma once
// A time zone as the database of the host has it: TZif, version 2 or later (RFC 8536), with the
// footer (POSIX TZ) that tells of the time after its table.
//
// Our own reader, because every library that has one brings its own clock types and either a copy
// of the database (ICU, 30 MB) or a large part of abseil, and all that is wanted is a table.

#include <string_view>

#include "libpaas/base/result.hpp"
#include "libpaas/blueprint/schedule.hpp"

namespace paas::host {

// Until the end of the year 2100. Errors: `invalid`: no TZif, torn, out of bounds, version 1, leap
// seconds counted ("right/…").
Result<blueprint::TimeZone> parse_tzif(std::string_view bytes);

}  // namespace paas::host
