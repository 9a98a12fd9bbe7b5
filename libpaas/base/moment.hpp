#pragma once
// Moments of the wall clock as text (RFC 3339).

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)
namespace paas {

using WallMoment = std::chrono::sys_time<std::chrono::nanoseconds>;

// RFC 3339 with or without a fraction, 'Z' or an offset. None for anything else, and for years
// before 1970 or after 2200; engines write the year 1 for "never".
std::optional<WallMoment> parse_moment(std::string_view text);

// "2026-11-21T18:52:54.898932634Z": UTC, the fraction without zeros at its end.
// REQUIRES: of the years 1970 to 2200.
std::string moment_text(WallMoment moment);

}  // namespace paas
#pragma GCC visibility pop
