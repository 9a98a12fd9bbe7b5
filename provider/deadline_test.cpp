#include "provider/deadline.hpp"

#include <catch2/catch.hpp>

namespace paas::deadline_test {

using provider::Deadline;

void wait_for_stop(std::stop_token token) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait(lock, token, [] { return false; });
}

TEST_CASE("patience that ends stops the work and says which attribute raises it") {
  Deadline deadline({}, std::chrono::milliseconds(1), "timeouts.create");
  wait_for_stop(deadline.token());
  CHECK(deadline.passed());
  const Error error = deadline.explain({Errc::cancelled, "asked to stop", {}, {}});
  CHECK(error.code == Errc::timeout);
  CHECK(error.remedy.find("timeouts.create") != std::string::npos);
  CHECK(error.remedy.find("on the cluster goes on") != std::string::npos);
  // Who knows better what becomes of it says so.
  const Error known = deadline.explain({Errc::cancelled, "asked to stop", {}, "It is tainted."});
  CHECK(known.remedy == "Raise timeouts.create if it needs longer. It is tainted.");
  CHECK(deadline.explain({Errc::denied, "no", {}, {}}).code == Errc::denied);
}

TEST_CASE("a request to stop from outside is passed on, and is no end of patience") {
  std::stop_source outer;
  Deadline deadline(outer.get_token(), std::chrono::hours(1), "timeouts.create");
  CHECK_FALSE(deadline.token().stop_requested());
  outer.request_stop();
  CHECK(deadline.token().stop_requested());
  CHECK_FALSE(deadline.passed());
  CHECK(deadline.explain({Errc::cancelled, "asked to stop", {}, {}}).code == Errc::cancelled);
}

}  // namespace paas::deadline_test
