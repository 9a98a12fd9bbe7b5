#include "libpaas/base/moment.hpp"

#include <array>
#include <cstdio>

#include "libpaas/base/text.hpp"

namespace paas {

std::optional<WallMoment> parse_moment(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t size) -> std::optional<int> {
    const auto digits = text.substr(at, size);
    if (digits.find_first_not_of("0123456789") != digits.npos) return {};
    return parse_integer<int>(digits);
  };
  // "2026-11-21T18:52:54.898932634Z"
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':') {
    return {};
  }
  const auto year = part(0, 4), month = part(5, 2), day = part(8, 2);
  const auto hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970 || *year > 2200 || *hour > 23 || *minute > 59 || *second > 60) {
    return {};
  }
  std::size_t at = 19;
  std::int64_t ns = 0;
  if (text[at] == '.') {
    std::int64_t unit = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      ns += unit * (text[at] - '0');
    }
  }
  std::chrono::minutes offset{0};
  const auto zone = text.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const auto hours = part(at + 1, 2), minutes = part(at + 4, 2);
    if (!hours || !minutes) return {};
    offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    if (zone[0] == '-') offset = -offset;
  } else if (zone != "Z") {
    return {};
  }
  return WallMoment(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                    std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
                    std::chrono::nanoseconds(ns) - offset);
}

std::string moment_text(WallMoment moment) {
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(moment - day);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09d", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                int(time.minutes().count()), int(time.seconds().count()),
                int(time.subseconds().count()));
  std::string out = text.data();
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out + "Z";
}

}  // namespace paas
