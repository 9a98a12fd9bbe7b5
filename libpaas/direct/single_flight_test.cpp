#include "libpaas/direct/single_flight.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <latch>
#include <thread>
#include <vector>

namespace single_flight_test {

using namespace paas;
using direct::SingleFlight;

TEST_CASE("a value is fetched once and kept until it is forgotten", "[direct]") {
  SingleFlight<int> flight;
  int fetches = 0;
  const auto fetch = [&]() -> Result<int> { return ++fetches; };
  CHECK(flight.last() == nullptr);
  CHECK(*flight.get(fetch, {}).value() == 1);
  CHECK(*flight.get(fetch, {}).value() == 1);
  flight.forget();
  CHECK(*flight.last() == 1);
  CHECK(*flight.get(fetch, {}).value() == 2);
  CHECK(*flight.last() == 2);
}

TEST_CASE("a failure is not kept", "[direct]") {
  SingleFlight<int> flight;
  CHECK(!flight.get([]() -> Result<int> { return fail(Errc::unavailable, "no"); }, {}));
  CHECK(*flight.get([]() -> Result<int> { return 7; }, {}).value() == 7);
}

TEST_CASE("many who ask at once share one fetch", "[direct]") {
  SingleFlight<int> flight;
  std::atomic<int> fetches = 0;
  std::atomic<int> right = 0;
  std::latch all_there(16);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&] {
        all_there.arrive_and_wait();
        const auto value = flight.get([&]() -> Result<int> { return ++fetches; }, {});
        if (value && **value == 1) ++right;
      });
  }
  CHECK(fetches == 1);
  CHECK(right == 16);
}

TEST_CASE("a fetch that began before it was forgotten does not answer those who ask after",
          "[direct]") {
  SingleFlight<int> flight;
  const auto old = flight.get(
      [&]() -> Result<int> {
        flight.forget();
        return 1;
      },
      {});
  CHECK(*old.value() == 1);
  CHECK(*flight.get([]() -> Result<int> { return 2; }, {}).value() == 2);
}

TEST_CASE("whoever waits is released by its own stop, not by that of who fetches", "[direct]") {
  SingleFlight<int> flight;
  std::latch fetching(1), released(1);
  Errc first_code{};
  int second_value = 0;
  std::jthread first([&] {
    const auto mine = flight.get(
        [&]() -> Result<int> {
          fetching.count_down();
          released.wait();
          return fail(Errc::cancelled, "asked to stop");
        },
        {});
    first_code = mine ? Errc::internal : mine.error().code;
  });
  fetching.wait();
  std::stop_source stopping;
  stopping.request_stop();
  CHECK(flight.get([]() -> Result<int> { return 3; }, stopping.get_token()).error().code ==
        Errc::cancelled);
  std::jthread second([&] {
    const auto mine = flight.get([]() -> Result<int> { return 4; }, {});
    if (mine) second_value = **mine;
  });
  released.count_down();
  first.join();
  second.join();
  CHECK(first_code == Errc::cancelled);
  CHECK(second_value == 4);
}

}  // namespace single_flight_test
