#include "libpaas/adapters/host/time_zones.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "libpaas/adapters/host/process.hpp"
#include "libpaas/adapters/host/tzif.hpp"
#include "libpaas/base/text.hpp"

namespace host_time_zones_test {

using namespace paas;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

const std::string folder = "/usr/share/zoneinfo";

// With a table without changes, one offset of one hour, and this footer.
std::string tzif(const std::string& footer) {
  const auto header = [](char letters) {
    std::string out = "TZif2" + std::string(15, '\0');
    out += std::string(16, '\0') + std::string("\0\0\0\1", 4) + std::string("\0\0\0", 3) + letters;
    return out;
  };
  const std::string type("\0\0\x0e\x10\0\0", 6);
  return header(4) + type + std::string("ABC\0", 4) + header(4) + type + std::string("ABC\0", 4) +
         "\n" + footer + "\n";
}

// Python's zoneinfo reads the same files by code of its own.
constexpr const char* reference = R"(
import datetime, sys, zoneinfo
utc = datetime.timezone.utc
for name in sys.argv[1:]:
    zone = zoneinfo.ZoneInfo(name)
    for moment in range(-2300000000, 4102444800, 1234567):
        at = datetime.datetime(1970, 1, 1, tzinfo=utc) + datetime.timedelta(seconds=moment)
        print(name, moment, int(at.astimezone(zone).utcoffset().total_seconds()))
)";

TEST_CASE("time zones: as others read them, from 1897 to 2100") {
  const std::vector<std::string> names = {"UTC",
                                          "Europe/Berlin",
                                          "Europe/Dublin",
                                          "Europe/London",
                                          "Asia/Kolkata",
                                          "America/New_York",
                                          "America/Santiago",
                                          "Australia/Lord_Howe",
                                          "Asia/Tehran",
                                          "America/Nuuk",
                                          "Africa/Casablanca",
                                          "Pacific/Apia",
                                          "Asia/Gaza",
                                          "America/St_Johns",
                                          "Antarctica/Troll",
                                          "Pacific/Kiritimati",
                                          "Africa/Monrovia"};
  if (!std::filesystem::exists(folder + "/Europe/Berlin")) {
    WARN("NOT RUN: this host has no time zone database");
    return;
  }
  Command command;
  command.words = {"/usr/bin/python3", "-c", reference};
  command.words.insert(command.words.end(), names.begin(), names.end());
  command.environment["PYTHONTZPATH"] = folder;
  const auto told = host::make_process()->run(command, {});
  REQUIRE(told);
  REQUIRE(told->exit_code == 0);
  const auto zones = host::make_time_zones(folder);
  std::map<std::string, blueprint::TimeZone> read;
  for (const std::string& name : names) {
    INFO(name);
    const auto zone = zones->find(name);
    REQUIRE(zone);
    read[name] = *zone;
  }
  std::size_t compared = 0;
  std::string different;
  for (const std::string_view line : split(told->output, '\n')) {
    const auto parts = words(line);
    if (parts.size() != 3) continue;
    const sys_seconds moment{std::chrono::seconds(*parse_integer<std::int64_t>(parts[1]))};
    const auto want = *parse_integer<std::int64_t>(parts[2]);
    if (read.at(std::string(parts[0])).offset_at(moment).count() != want) {
      different = std::string(line);
    }
    ++compared;
  }
  CHECK(different.empty());
  CHECK(compared > 80'000);
}

TEST_CASE("time zones: every one of the host's database is read") {
  std::size_t count = 0;
  std::error_code problem;
  std::filesystem::recursive_directory_iterator entries(folder, problem);
  for (; !problem && entries != std::filesystem::recursive_directory_iterator();
       entries.increment(problem)) {
    if (!entries->is_regular_file(problem)) continue;
    std::ifstream in(entries->path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!bytes.starts_with("TZif")) continue;
    const std::string name = std::filesystem::relative(entries->path(), folder).string();
    if (name.starts_with("right/")) continue;
    INFO(name);
    const auto zone = host::parse_tzif(bytes);
    CHECK(zone);
    ++count;
  }
  if (count == 0) WARN("NOT RUN: this host has no time zone database");
}

TEST_CASE("time zones: the footer's rules, of every kind") {
  struct Case {
    const char* footer;
    sys_days day;  // noon in UTC
    std::chrono::seconds offset;
  };
  const auto in = [](int month, int day) { return sys_days(year(2050) / month / day); };
  const Case cases[] = {
      {"ABC-1", in(7, 1), 1h},
      {"<+0330>-3:30", in(7, 1), 3h + 30min},
      {"ABC5DEF,M3.2.0,M11.1.0", in(1, 1), -5h},
      {"ABC5DEF,M3.2.0,M11.1.0", in(7, 1), -4h},
      {"ABC-10:30DEF-11,M10.1.0,M4.1.0", in(1, 1), 11h},
      {"ABC-10:30DEF-11,M10.1.0,M4.1.0", in(7, 1), 10h + 30min},
      {"ABC0DEF,J60/0,J61/0", in(3, 1), 1h},
      {"ABC0DEF,J60/0,J61/0", in(2, 28), 0h},
      {"ABC0DEF,59/0,60/0", in(3, 1), 1h},
      {"ABC2DEF,M3.5.0/-1,M10.5.0/-1", in(7, 1), -1h},
      {"ABC3DEF,0/0,J365/25", in(12, 31), -2h},  // for ever
      {"ABC3DEF,0/0,J365/25", in(1, 1), -2h},
  };
  for (const Case& one : cases) {
    INFO(one.footer);
    const auto zone = host::parse_tzif(tzif(one.footer));
    REQUIRE(zone);
    CHECK(zone->offset_at(one.day + 12h) == one.offset);
  }
}

TEST_CASE("time zones: what is torn or wrong is refused") {
  const std::string good = tzif("ABC-1");
  REQUIRE(host::parse_tzif(good));
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK(host::parse_tzif(good.substr(0, length)).error().code == Errc::invalid);
  }
  for (const char* footer :
       {"A-1", "ABC", "ABC-25", "ABC-1DEF", "ABC-1DEF,M3.5.0", "ABC-1DEF,M13.5.0,M10.5.0",
        "ABC-1DEF,M3.6.0,M10.5.0", "ABC-1DEF,M3.5.7,M10.5.0", "ABC-1DEF,J0,J60", "ABC-1 ",
        "ABC-1DEF,366,5", "ABC-1DEF,M3.5.0/168,M10.5.0", "<ABC-1", "ABC-1DEF,M3.5.0,M10.5.0,"}) {
    INFO(footer);
    CHECK(host::parse_tzif(tzif(footer)).error().code == Errc::invalid);
  }
  std::string counted = good;
  counted[32] = '\x7f';  // changes
  CHECK(host::parse_tzif(counted).error().code == Errc::invalid);
  counted = good;
  counted[4] = '\0';  // version 1
  CHECK(host::parse_tzif(counted).error().code == Errc::invalid);
}

TEST_CASE("time zones: names that are not there, and UTC that always is") {
  const auto zones = host::make_time_zones("/nowhere");
  CHECK(zones->find("UTC"));
  CHECK(zones->find("Europe/Berlin").error().code == Errc::not_found);
  CHECK(zones->find("../etc/passwd").error().code == Errc::invalid);
  CHECK(host::make_time_zones(folder)->find("Europe").error().code == Errc::invalid);
}

}  // namespace host_time_zones_test
