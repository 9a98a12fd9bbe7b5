#include "libpaas/blueprint/schedule.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::blueprint {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

struct Field {
  std::string_view name;
  int lowest;
  int highest;
  std::vector<std::string_view> words;  // the first stands for `lowest`
};

const Field fields[] = {
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day", 1, 31, {}},
    {"month",
     1,
     12,
     {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
    {"weekday", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
};

tl::unexpected<Error> no_field(const Field& field, std::string_view text) {
  return fail(Errc::invalid, "the " + std::string(field.name) + " " + excerpt(text, 32) +
                                 " is no list of numbers from " + std::to_string(field.lowest) +
                                 " to " + std::to_string(field.highest) +
                                 ", of ranges, '*' and steps");
}

std::optional<int> number_of(const Field& field, std::string_view text) {
  const auto word = std::find(field.words.begin(), field.words.end(), lower(text));
  if (word != field.words.end()) {
    return field.lowest + static_cast<int>(word - field.words.begin());
  }
  if (text.empty() || text.front() == '-' || text.size() > 2) return {};
  const auto number = parse_integer<int>(text);
  if (!number || *number < field.lowest || *number > field.highest) return {};
  return number;
}

// Sets the bits of one field; 64 are enough for any.
Result<std::bitset<64>> bits_of(const Field& field, std::string_view text) {
  std::bitset<64> out;
  for (const std::string_view part : split(text, ',')) {
    const auto stepped = split(part, '/');
    int step = 1;
    if (stepped.size() > 2) return no_field(field, text);
    if (stepped.size() == 2) {
      const auto number = parse_integer<int>(stepped[1]);
      if (!number || *number < 1 || *number > field.highest) return no_field(field, text);
      step = *number;
    }
    int first = field.lowest;
    int last = field.highest;
    if (stepped[0] != "*") {
      const auto ends = split(stepped[0], '-');
      const auto from = number_of(field, ends[0]);
      const auto to = number_of(field, ends.back());
      if (ends.size() > 2 || !from || !to || *from > *to) return no_field(field, text);
      first = *from;
      // "5/10" counts on from 5.
      last = ends.size() == 1 && stepped.size() == 2 ? field.highest : *to;
    }
    for (int i = first; i <= last; i += step) out.set(static_cast<std::size_t>(i));
  }
  return out;
}

std::string_view expanded(std::string_view text) {
  if (text == "@hourly") return "0 * * * *";
  if (text == "@daily" || text == "@midnight") return "0 0 * * *";
  if (text == "@weekly") return "0 0 * * 0";
  if (text == "@monthly") return "0 0 1 * *";
  if (text == "@yearly" || text == "@annually") return "0 0 1 1 *";
  return text;
}

template <std::size_t Size>
std::bitset<Size> narrowed(const std::bitset<64>& bits) {
  return std::bitset<Size>(bits.to_ullong() & ((std::uint64_t{1} << Size) - 1));
}

bool day_comes(const Schedule& schedule) {
  static constexpr std::size_t longest[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (schedule.any_day || !schedule.any_weekday) return true;
  for (std::size_t month = 1; month <= 12; ++month) {
    for (std::size_t day = 1; schedule.months[month] && day <= longest[month]; ++day) {
      if (schedule.days[day]) return true;
    }
  }
  return false;
}

bool runs_on(const Schedule& schedule, sys_days day) {
  const std::chrono::year_month_day date(day);
  if (!schedule.months[unsigned{date.month()}]) return false;
  const bool by_day = schedule.days[unsigned{date.day()}];
  const bool by_weekday = schedule.weekdays[std::chrono::weekday(day).c_encoding()];
  if (schedule.any_day || schedule.any_weekday) return by_day && by_weekday;
  return by_day || by_weekday;
}

// The moment when clocks of the zone first show a time; if they never do, when they jump over it.
sys_seconds moment_of(const TimeZone& zone, sys_seconds local) {
  // Changes are rare: what holds a day before and a day after are the only offsets there can be.
  const auto before = zone.offset_at(local - days(1));
  const auto after = zone.offset_at(local + days(1));
  const sys_seconds early = local - before;
  if (zone.offset_at(early) == before) return early;
  const sys_seconds late = local - after;
  if (zone.offset_at(late) == after) return late;
  for (const TimeZone::Change& change : zone.changes) {
    if (change.from > local - days(2) && change.offset == after) return change.from;
  }
  return late;
}

// Step by step, by elapsed time.
std::optional<sys_seconds> next_by_interval(const Schedule& schedule, const TimeZone& zone,
                                            sys_seconds after, sys_seconds end) {
  auto moment = std::chrono::floor<minutes>(after) + minutes(1);
  while (moment <= end) {
    const auto local = moment + zone.offset_at(moment);
    const auto day = std::chrono::floor<days>(local);
    const auto time = local - day;
    if (!runs_on(schedule, day)) {
      // Not to midnight itself: a change of clocks may lie before it.
      const auto left = days(1) - time;
      moment += left > hours(4) ? std::chrono::floor<minutes>(left - hours(3)) : minutes(1);
      continue;
    }
    const auto hour = static_cast<std::size_t>(time / hours(1));
    const auto minute = static_cast<std::size_t>(time % hours(1) / minutes(1));
    if (schedule.hours[hour] && schedule.minutes[minute]) return moment;
    moment += minutes(1);
  }
  return {};
}

std::optional<sys_seconds> next_by_clock(const Schedule& schedule, const TimeZone& zone,
                                         sys_seconds after, sys_seconds end) {
  auto day = std::chrono::floor<days>(after) - days(2);
  for (; day <= std::chrono::floor<days>(end); day += days(1)) {
    if (!runs_on(schedule, day)) continue;
    for (std::size_t hour = 0; hour < schedule.hours.size(); ++hour) {
      for (std::size_t minute = 0; schedule.hours[hour] && minute < 60; ++minute) {
        if (!schedule.minutes[minute]) continue;
        const auto moment = moment_of(zone, sys_seconds(day) + hours(hour) + minutes(minute));
        if (moment > after) return moment;
      }
    }
  }
  return {};
}

}  // namespace

std::chrono::seconds TimeZone::offset_at(sys_seconds moment) const {
  const auto next = std::upper_bound(changes.begin(), changes.end(), moment,
                                     [](sys_seconds m, const Change& c) { return m < c.from; });
  return next == changes.begin() ? first_offset : (next - 1)->offset;
}

Result<Schedule> parse_schedule(std::string_view text) {
  if (text.starts_with('@') && expanded(text) == text) {
    return fail(Errc::invalid,
                excerpt(text, 32) + " is none of @hourly, @daily, @weekly, @monthly and @yearly");
  }
  const auto parts = words(expanded(text), " \t");
  if (parts.size() != std::size(fields)) {
    return fail(Errc::invalid,
                "must be five fields, minute hour day month weekday, like \"30 3 * * mon-fri\"");
  }
  std::bitset<64> bits[std::size(fields)];
  for (std::size_t i = 0; i < parts.size(); ++i) bits[i] = TRY(bits_of(fields[i], parts[i]));
  Schedule out;
  out.minutes = narrowed<60>(bits[0]);
  out.hours = narrowed<24>(bits[1]);
  out.days = narrowed<32>(bits[2]);
  out.months = narrowed<13>(bits[3]);
  if (bits[4][7]) bits[4].set(0);  // both are Sunday
  out.weekdays = narrowed<7>(bits[4]);
  out.any_day = parts[2].starts_with('*');
  out.any_weekday = parts[4].starts_with('*');
  out.by_interval = parts[1].starts_with('*');
  if (!day_comes(out)) return fail(Errc::invalid, "no month it names has such a day");
  return out;
}

bool is_time_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  const auto parts = split(name, '/');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && part.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_+-") == std::string_view::npos;
  });
}

std::optional<sys_seconds> next_run(const Schedule& schedule, const TimeZone& zone,
                                    sys_seconds after) {
  const sys_seconds end = after + days(8 * 366);
  return schedule.by_interval ? next_by_interval(schedule, zone, after, end)
                              : next_by_clock(schedule, zone, after, end);
}

}  // namespace paas::blueprint
