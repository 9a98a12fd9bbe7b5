#include "provider/plugin/exchange.hpp"

#include <catch2/catch.hpp>
#include <thread>

namespace paas::plugin::exchange_test {

using namespace std::chrono_literals;

TEST_CASE("all calls in flight are stopped, later ones are not") {
  Calls calls;
  std::stop_source first;
  std::stop_source second;
  std::stop_source ended;
  std::stop_source later;
  calls.begin(first);
  calls.begin(second);
  calls.begin(ended);
  calls.end(ended);
  calls.stop_all();
  calls.begin(later);
  CHECK(first.stop_requested());
  CHECK(second.stop_requested());
  CHECK_FALSE(ended.stop_requested());
  CHECK_FALSE(later.stop_requested());
}

TEST_CASE("one can wait until none is in flight") {
  Calls calls;
  CHECK(calls.wait_idle(0ms));
  std::stop_source call;
  calls.begin(call);
  CHECK_FALSE(calls.wait_idle(1ms));
  std::thread other([&] { calls.end(call); });
  CHECK(calls.wait_idle(60'000ms));
  other.join();
}

TEST_CASE("a call may end because it is stopped") {
  Calls calls;
  std::stop_source call;
  calls.begin(call);
  const std::stop_callback ends_it(call.get_token(), [&] { calls.end(call); });
  calls.stop_all();
  CHECK(calls.wait_idle(0ms));
}

}  // namespace paas::plugin::exchange_test
