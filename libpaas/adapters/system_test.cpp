// The adapters over the machine itself: clock, chance, environment.

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <set>
#include <stop_token>

#include "libpaas/adapters/environment.hpp"
#include "libpaas/adapters/system_clock.hpp"
#include "libpaas/adapters/system_random.hpp"

namespace system_test {

using namespace paas;
using namespace std::chrono_literals;

TEST_CASE("a sleep lasts as long as asked, by the clock's own measure") {
  const auto clock = make_system_clock();
  const auto before = clock->steady();
  CHECK(clock->sleep(20ms, {}));
  CHECK(clock->steady() - before >= 20ms);
}

TEST_CASE("a sleep ends at once when asked to stop, and says so") {
  const auto clock = make_system_clock();
  std::stop_source stop;
  stop.request_stop();
  CHECK(!clock->sleep(24h, stop.get_token()));
}

TEST_CASE("chance does not repeat itself") {
  const auto random = make_system_random();
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(random->next());
  CHECK(seen.size() == 1'000);
}

TEST_CASE("the environment as a value") {
  REQUIRE(setenv("PAAS_SYSTEM_TEST", "a=b", 1) == 0);
  CHECK(process_environment().at("PAAS_SYSTEM_TEST") == "a=b");
  REQUIRE(unsetenv("PAAS_SYSTEM_TEST") == 0);
  CHECK(process_environment().count("PAAS_SYSTEM_TEST") == 0);
}

}  // namespace system_test
