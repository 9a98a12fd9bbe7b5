#pragma once
// When a job runs: five fields of cron, in a time zone. Pure: the rules of the zone come as data.

#include <array>
#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::blueprint {

struct Schedule {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // of the month, 1..31
  std::bitset<13> months;   // 1..12
  std::bitset<7> weekdays;  // 0 is Sunday
  // As cron has it: if both are restricted, either is enough.
  bool any_day = true;
  bool any_weekday = true;
  bool by_interval = true;  // the hours are '*', or stepped from there
  bool operator==(const Schedule&) const = default;
};

// "minute hour day month weekday": '*', numbers, ranges, lists, steps, names of months and
// weekdays; or one of @hourly, @daily, @weekly, @monthly, @yearly. Errors: `invalid`, naming the
// field; also for a day that never comes ("0 0 31 2 *").
Result<Schedule> parse_schedule(std::string_view text);

// A time zone as its changes: from each moment on, so many seconds east of Greenwich.
struct TimeZone {
  struct Change {
    std::chrono::sys_seconds from;
    std::chrono::seconds offset;
    bool operator==(const Change&) const = default;
  };
  std::chrono::seconds first_offset{0};  // before all changes
  std::vector<Change> changes{};         // ascending
  std::chrono::seconds offset_at(std::chrono::sys_seconds moment) const;
};

// "Europe/Berlin", "UTC": how the time zone database names them; no path can leave its folder.
bool is_time_zone_name(std::string_view name);

// The first moment after `after` at which the schedule runs; none within eight years.
//
// Where clocks go back, a time that comes twice runs once, the first time; where they go forward, a
// time that is left out runs at the moment of the change. Schedules whose hour begins with '*'
// ("*/15 * * * *") run by elapsed time through both.
std::optional<std::chrono::sys_seconds> next_run(const Schedule& schedule, const TimeZone& zone,
                                                 std::chrono::sys_seconds after);

}  // namespace paas::blueprint
#pragma GCC visibility pop
