#include "provider/plugin/workers.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <latch>

namespace paas::plugin::workers_test {

TEST_CASE("tasks that wait for each other all run at once, up to the limit") {
  std::latch together(20);
  Workers workers(20);
  for (int i = 0; i < 20; ++i) workers.post([&] { together.arrive_and_wait(); });
  together.wait();
  CHECK(workers.size() == 20);
}

TEST_CASE("beyond the limit tasks queue, and none is lost") {
  std::atomic<int> done = 0;
  {
    Workers workers(3);
    for (int i = 0; i < 200; ++i) workers.post([&] { ++done; });
    CHECK(workers.size() <= 3);
  }
  CHECK(done == 200);
}

}  // namespace paas::plugin::workers_test
