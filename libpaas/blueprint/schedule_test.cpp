#include "libpaas/blueprint/schedule.hpp"

#include <catch2/catch.hpp>

namespace blueprint_schedule_test {

using namespace paas;
using namespace paas::blueprint;
using namespace std::chrono;
using namespace std::chrono_literals;

sys_seconds at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  return sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)) +
         hours(hour) + minutes(minute);
}

// As Europe/Berlin is in 2026: UTC+1, from 29 March 01:00 UTC to 25 October 01:00 UTC UTC+2.
TimeZone berlin() {
  return {1h, {{at(2026, 3, 29, 1), 2h}, {at(2026, 10, 25, 1), 1h}, {at(2027, 3, 28, 1), 2h}}};
}

Schedule schedule(std::string_view text) {
  const auto read = parse_schedule(text);
  INFO(text);
  if (!read) FAIL(read.error().message);
  return *read;
}

std::vector<sys_seconds> runs(std::string_view text, const TimeZone& zone, sys_seconds after,
                              int count) {
  std::vector<sys_seconds> out;
  for (int i = 0; i < count; ++i) {
    const auto next = next_run(schedule(text), zone, out.empty() ? after : out.back());
    if (!next) break;
    out.push_back(*next);
  }
  return out;
}

TEST_CASE("schedule: fields are numbers, names, ranges, lists and steps") {
  CHECK(schedule("5 4 * * *").minutes.count() == 1);
  CHECK(schedule("*/15 * * * *").minutes.to_ullong() ==
        (1ULL | 1ULL << 15 | 1ULL << 30 | 1ULL << 45));
  CHECK(schedule("5/20 * * * *").minutes.to_ullong() == (1ULL << 5 | 1ULL << 25 | 1ULL << 45));
  CHECK(schedule("0 9-17/4 * * *").hours.to_ulong() == (1UL << 9 | 1UL << 13 | 1UL << 17));
  CHECK(schedule("0 0 * jan,DEC mon-fri").weekdays.to_ulong() == 0b0111110);
  CHECK(schedule("0 0 * * 7") == schedule("0 0 * * sun"));
  CHECK(schedule("@daily") == schedule("0 0 * * *"));
}

TEST_CASE("schedule: what is wrong is named") {
  const auto problem = [](std::string_view text) {
    const auto read = parse_schedule(text);
    return read ? std::string() : read.error().message;
  };
  CHECK_THAT(problem("60 * * * *"), Catch::StartsWith("the minute \"60\""));
  CHECK_THAT(problem("0 5-3 * * *"), Catch::StartsWith("the hour \"5-3\""));
  CHECK_THAT(problem("0 0 0 * *"), Catch::StartsWith("the day \"0\""));
  CHECK_THAT(problem("0 0 * */0 *"), Catch::StartsWith("the month"));
  CHECK_THAT(problem("0 0 * * monday"), Catch::StartsWith("the weekday"));
  CHECK_THAT(problem("0 0 * *"), Catch::Contains("five fields"));
  CHECK_THAT(problem("@never"), Catch::Contains("@hourly"));
  CHECK_THAT(problem("0 0 31 2,4 *"), Catch::Contains("no month"));
  CHECK(problem("0 0 29 2 *").empty());
  CHECK(problem("0 0 31 2 mon").empty());
}

TEST_CASE("schedule: the next run is after the moment asked of") {
  CHECK(runs("30 3 * * *", {}, at(2026, 1, 1, 3, 30), 1) == std::vector{at(2026, 1, 2, 3, 30)});
  CHECK(runs("30 3 * * *", {}, at(2026, 1, 1, 3, 29), 1) == std::vector{at(2026, 1, 1, 3, 30)});
  CHECK(runs("*/20 * * * *", {}, at(2026, 12, 31, 23, 45), 2) ==
        std::vector{at(2027, 1, 1), at(2027, 1, 1, 0, 20)});
}

TEST_CASE("schedule: a day of the month and a weekday are either, not both") {
  CHECK(runs("0 0 13 * fri", {}, at(2026, 3, 1), 4) ==
        std::vector{at(2026, 3, 6), at(2026, 3, 13), at(2026, 3, 20), at(2026, 3, 27)});
  CHECK(runs("0 0 13 2 tue", {}, at(2026, 2, 10), 2) ==
        std::vector{at(2026, 2, 13), at(2026, 2, 17)});
}

TEST_CASE("schedule: the 29th of February comes in leap years") {
  CHECK(runs("0 0 29 2 *", {}, at(2026, 1, 1), 2) == std::vector{at(2028, 2, 29), at(2032, 2, 29)});
}

TEST_CASE("schedule: a time that clocks jump over runs when they jump") {
  CHECK(runs("30 2 * * *", berlin(), at(2026, 3, 27, 12), 3) ==
        std::vector{at(2026, 3, 28, 1, 30), at(2026, 3, 29, 1), at(2026, 3, 30, 0, 30)});
}

TEST_CASE("schedule: a time that comes twice runs once") {
  CHECK(runs("30 2 * * *", berlin(), at(2026, 10, 23, 12), 3) ==
        std::vector{at(2026, 10, 24, 0, 30), at(2026, 10, 25, 0, 30), at(2026, 10, 26, 1, 30)});
}

TEST_CASE("schedule: what runs by the hour runs by elapsed time") {
  CHECK(runs("0 * * * *", berlin(), at(2026, 3, 29, 0), 3) ==
        std::vector{at(2026, 3, 29, 1), at(2026, 3, 29, 2), at(2026, 3, 29, 3)});
  CHECK(runs("0 * * * *", berlin(), at(2026, 10, 24, 23), 3) ==
        std::vector{at(2026, 10, 25, 0), at(2026, 10, 25, 1), at(2026, 10, 25, 2)});
}

TEST_CASE("schedule: midnight on a day whose night is longer is found") {
  CHECK(runs("0 */12 * * *", berlin(), at(2026, 10, 24, 12), 2) ==
        std::vector{at(2026, 10, 24, 22), at(2026, 10, 25, 11)});
}

TEST_CASE("schedule: names of time zones cannot leave their folder") {
  CHECK(is_time_zone_name("America/Argentina/Buenos_Aires"));
  CHECK(is_time_zone_name("Etc/GMT+5"));
  for (const auto* bad : {"", "/etc/passwd", "../UTC", "Europe//Berlin", "Europe/"}) {
    CHECK_FALSE(is_time_zone_name(bad));
  }
}

}  // namespace blueprint_schedule_test
