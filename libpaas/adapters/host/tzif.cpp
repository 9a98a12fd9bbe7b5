#include "libpaas/adapters/host/tzif.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace paas::host {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr std::uint64_t most_changes = 20'000;
constexpr std::uint64_t most_types = 256;
constexpr std::uint64_t most_letters = 2'048;
constexpr std::uint64_t most_leaps = 1'000;
constexpr std::size_t most_footer = 256;
constexpr int last_year = 2100;
constexpr int first_year_of_rules = 1900;

tl::unexpected<Error> no_tzif(const char* why) {
  return fail(Errc::invalid, std::string("no time zone of the database (TZif): ") + why);
}

// --- The table ---

class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}
  std::optional<std::string_view> take(std::uint64_t count) {
    if (count > rest_.size()) return {};
    const std::string_view out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char byte : bytes) out = out << 8 | static_cast<std::uint8_t>(byte);
  return out;
}

struct Header {
  char version = 0;
  std::uint64_t utc_marks = 0, standard_marks = 0, leaps = 0, changes = 0, types = 0, letters = 0;
  std::uint64_t size(std::uint64_t time_size) const {
    return changes * time_size + changes + types * 6 + letters + leaps * (time_size + 4) +
           standard_marks + utc_marks;
  }
};

Result<Header> take_header(Bytes& bytes) {
  const auto raw = bytes.take(44);
  if (!raw || raw->substr(0, 4) != "TZif") return no_tzif("it does not begin like one");
  const auto count = [&](std::size_t index) { return big_endian(raw->substr(20 + index * 4, 4)); };
  const Header out{(*raw)[4], count(0), count(1), count(2), count(3), count(4), count(5)};
  const bool marks = (out.utc_marks == 0 || out.utc_marks == out.types) &&
                     (out.standard_marks == 0 || out.standard_marks == out.types);
  if (out.changes > most_changes || out.types > most_types || out.letters > most_letters ||
      out.leaps > most_leaps || !marks) {
    return no_tzif("its counts are out of bounds");
  }
  return out;
}

std::optional<seconds> offset_of(std::uint64_t raw) {
  const seconds out(static_cast<std::int32_t>(static_cast<std::uint32_t>(raw)));
  if (out < -hours(25) || out > hours(26)) return {};
  return out;
}

// `body`: the block with 64-bit times. REQUIRES: body.size() == header.size(8).
Result<blueprint::TimeZone> table_of(const Header& header, std::string_view body) {
  if (header.types == 0) return no_tzif("it has no offset");
  if (header.leaps != 0) return no_tzif("it counts leap seconds");
  const std::string_view times = body.substr(0, header.changes * 8);
  const std::string_view indexes = body.substr(header.changes * 8, header.changes);
  std::vector<seconds> offsets;
  for (std::uint64_t i = 0; i < header.types; ++i) {
    const auto offset = offset_of(big_endian(body.substr(header.changes * 9 + i * 6, 4)));
    if (!offset) return no_tzif("an offset is out of bounds");
    offsets.push_back(*offset);
  }
  blueprint::TimeZone out;
  out.first_offset = offsets.front();
  std::optional<sys_seconds> before;
  for (std::uint64_t i = 0; i < header.changes; ++i) {
    const auto time = static_cast<std::int64_t>(big_endian(times.substr(i * 8, 8)));
    const auto index = static_cast<std::uint8_t>(indexes[i]);
    if (time < -(std::int64_t{1} << 59) || time > (std::int64_t{1} << 40)) {
      return no_tzif("a time is out of bounds");
    }
    const sys_seconds from{seconds(time)};
    if (before && from <= *before) return no_tzif("its times do not ascend");
    if (index >= offsets.size()) return no_tzif("a time has no offset");
    before = from;
    out.changes.push_back({from, offsets[index]});
  }
  return out;
}

// --- The footer: "CET-1CEST,M3.5.0,M10.5.0/3" ---

// A day of a year and a time of that day, as the rule of a change.
struct Rule {
  enum class Kind { julian, zero_based, weekday } kind = Kind::weekday;
  int day = 0;  // of the year: 1..365 without the leap day, or 0..365
  int month = 0, week = 0, weekday = 0;
  seconds time = hours(2);
};

struct Footer {
  seconds standard{0};
  std::optional<seconds> summer{};
  Rule begin{}, end{};
};

class FooterReader {
 public:
  explicit FooterReader(std::string_view text) : rest_(text) {}

  std::optional<Footer> read() {
    Footer out;
    const auto standard = name() ? time(24) : std::nullopt;
    if (!standard) return {};
    out.standard = -*standard;  // POSIX counts to the west
    if (rest_.empty()) return out;
    if (!name()) return {};
    out.summer = out.standard + hours(1);
    if (!rest_.empty() && rest_.front() != ',') {
      const auto summer = time(24);
      if (!summer) return {};
      out.summer = -*summer;
    }
    const auto begin = rule();
    const auto end = begin ? rule() : std::nullopt;
    if (!end || !rest_.empty()) return {};
    out.begin = *begin;
    out.end = *end;
    return out;
  }

 private:
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  bool name() {
    const bool quoted = skip('<');
    std::size_t length = 0;
    while (length < rest_.size()) {
      const char c = rest_[length];
      const bool fits = is_letter(c) || (quoted && (is_digit(c) || c == '+' || c == '-'));
      if (!fits) break;
      ++length;
    }
    rest_.remove_prefix(length);
    return length >= 3 && (!quoted || skip('>'));
  }
  std::optional<int> number(int lowest, int highest) {
    int out = 0;
    std::size_t length = 0;
    while (length < rest_.size() && length < 3 && is_digit(rest_[length])) {
      out = out * 10 + (rest_[length++] - '0');
    }
    rest_.remove_prefix(length);
    if (length == 0 || out < lowest || out > highest) return {};
    return out;
  }
  // [+-]hh[:mm[:ss]]
  std::optional<seconds> time(int most_hours) {
    const bool minus = skip('-');
    if (!minus) skip('+');
    const auto hour = number(0, most_hours);
    if (!hour) return {};
    seconds out = hours(*hour);
    if (skip(':')) {
      const auto minute = number(0, 59);
      if (!minute) return {};
      out += minutes(*minute);
      if (skip(':')) {
        const auto second = number(0, 59);
        if (!second) return {};
        out += seconds(*second);
      }
    }
    return minus ? -out : out;
  }
  std::optional<Rule> rule() {
    if (!skip(',')) return {};
    Rule out;
    std::optional<int> day;
    if (skip('M')) {
      const auto month = number(1, 12);
      const auto week = month && skip('.') ? number(1, 5) : std::nullopt;
      day = week && skip('.') ? number(0, 6) : std::nullopt;
      if (!day) return {};
      out.month = *month;
      out.week = *week;
      out.weekday = *day;
    } else {
      const bool julian = skip('J');
      out.kind = julian ? Rule::Kind::julian : Rule::Kind::zero_based;
      day = julian ? number(1, 365) : number(0, 365);
      if (!day) return {};
      out.day = *day;
    }
    if (skip('/')) {
      const auto at = time(167);  // version 3 has more than a day
      if (!at) return {};
      out.time = *at;
    }
    return out;
  }

  std::string_view rest_;
};

// The moment of a rule in one year, while clocks are so far east.
sys_seconds moment_of(const Rule& rule, int in, seconds offset) {
  const sys_days first = year(in) / 1 / 1;
  sys_days day = first;
  switch (rule.kind) {
    case Rule::Kind::julian: {
      const bool behind_leap_day = year(in).is_leap() && rule.day >= 60;
      day = first + days(rule.day - 1 + (behind_leap_day ? 1 : 0));
      break;
    }
    case Rule::Kind::zero_based:
      day = first + days(rule.day);
      break;
    case Rule::Kind::weekday: {
      const auto month = year(in) / rule.month;
      const std::chrono::weekday weekday(static_cast<unsigned>(rule.weekday));
      day = rule.week == 5 ? sys_days(month / weekday[std::chrono::last])
                           : sys_days(month / weekday[static_cast<unsigned>(rule.week)]);
      break;
    }
  }
  return sys_seconds(day) + rule.time - offset;
}

void extend(blueprint::TimeZone& zone, const Footer& footer) {
  const bool has_table = !zone.changes.empty();
  const sys_seconds known = has_table ? zone.changes.back().from : sys_seconds::min();
  const seconds now = has_table ? zone.changes.back().offset : zone.first_offset;
  if (!footer.summer) {
    // A table that ends in another offset than its footer says is not one of this database.
    if (!has_table) zone.first_offset = footer.standard;
    return;
  }
  int from = first_year_of_rules;
  if (has_table) {
    const std::chrono::year_month_day date(std::chrono::floor<days>(known));
    from = std::clamp(int{date.year()} - 1, first_year_of_rules, last_year);
  }
  std::vector<blueprint::TimeZone::Change> changes;
  for (int in = from; in <= last_year; ++in) {
    changes.push_back({moment_of(footer.end, in, *footer.summer), footer.standard});
    changes.push_back({moment_of(footer.begin, in, footer.standard), *footer.summer});
  }
  // Where both are at one moment it is summer for ever, and the later one counts.
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.from < b.from; });
  seconds current = now;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const bool overtaken = i + 1 < changes.size() && changes[i + 1].from == changes[i].from;
    if (overtaken || (has_table && changes[i].from <= known)) continue;
    if (changes[i].offset == current) continue;
    current = changes[i].offset;
    zone.changes.push_back(changes[i]);
  }
}

}  // namespace

Result<blueprint::TimeZone> parse_tzif(std::string_view bytes) {
  Bytes rest(bytes);
  const Header first = TRY(take_header(rest));
  if (first.version < '2') return no_tzif("it is of version 1");
  if (!rest.take(first.size(4))) return no_tzif("it is torn");
  const Header header = TRY(take_header(rest));
  const auto body = rest.take(header.size(8));
  if (!body) return no_tzif("it is torn");
  blueprint::TimeZone out = TRY(table_of(header, *body));
  const std::string_view footer = rest.rest();
  if (footer.size() < 2 || footer.size() > most_footer || footer.front() != '\n' ||
      footer.find('\n', 1) != footer.size() - 1) {
    return no_tzif("its footer is torn");
  }
  const std::string_view rules = footer.substr(1, footer.size() - 2);
  if (rules.empty()) return out;
  const auto read = FooterReader(rules).read();
  if (!read) return no_tzif("its footer is no rule");
  extend(out, *read);
  return out;
}

}  // namespace paas::host
