#include "libpaas/adapters/pve/retry.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace pve_retry_test {

using namespace paas;
using namespace paas::pve;
using proxmox::Method;
using std::chrono::milliseconds;

Error error_of(Errc code, std::string message = "text") {
  return {code, std::move(message), {}, {}};
}

TEST_CASE("a read is repeated whenever another attempt may help") {
  CHECK(repeat_of(Method::get, 0, error_of(Errc::unavailable)) == Repeat::passing);
  CHECK(repeat_of(Method::get, 0, error_of(Errc::unknown_outcome)) == Repeat::passing);
  for (const int status : {429, 502, 503, 504, 595, 596, 597, 599}) {
    CHECK(repeat_of(Method::get, status, error_of(Errc::unknown_outcome)) == Repeat::passing);
  }
}

TEST_CASE("a write is repeated only when it cannot have happened") {
  const Method method = GENERATE(Method::post, Method::put, Method::del);
  CHECK(repeat_of(method, 0, error_of(Errc::unavailable)) == Repeat::passing);
  CHECK(repeat_of(method, 595, error_of(Errc::unavailable)) == Repeat::passing);
  CHECK(repeat_of(method, 0, error_of(Errc::unknown_outcome)) == Repeat::no);
  for (const int status : {502, 503, 504, 596, 597, 599}) {
    CHECK(repeat_of(method, status, error_of(Errc::unknown_outcome)) == Repeat::no);
  }
}

TEST_CASE("locks of others are waited for") {
  const Method method = GENERATE(Method::get, Method::post, Method::put, Method::del);
  for (const char* text :
       {"can't lock file '/run/lock/lxc/pve-config-210.lock' - got timeout",
        "cfs-lock 'storage-nfs' error: got lock request timeout", "CT is locked (backup)"}) {
    CHECK(repeat_of(method, 500, error_of(Errc::conflict, text)) == Repeat::contended);
  }
}

TEST_CASE("what will fail again is not repeated") {
  const Method method = GENERATE(Method::get, Method::post, Method::put, Method::del);
  CHECK(repeat_of(method, 0, error_of(Errc::denied)) == Repeat::no);
  CHECK(repeat_of(method, 0, error_of(Errc::cancelled)) == Repeat::no);
  CHECK(repeat_of(method, 0, error_of(Errc::invalid)) == Repeat::no);
  for (const int status : {400, 401, 403, 500, 501}) {
    CHECK(repeat_of(method, status, error_of(Errc::internal)) == Repeat::no);
  }
  // Without quorum nothing can be written until somebody acts.
  CHECK(repeat_of(method, 500, error_of(Errc::unavailable, "no quorum!")) == Repeat::no);
}

TEST_CASE("delays double, with chance, up to a bound") {
  const RetryLimits limits;
  const auto delay = [&](int attempts, std::uint64_t chance) {
    return retry_delay(Repeat::passing, attempts, milliseconds{0}, chance, limits);
  };
  CHECK(delay(1, 0) == milliseconds{100});
  CHECK(delay(1, 100) == milliseconds{200});
  CHECK(delay(2, 0) == milliseconds{200});
  CHECK(delay(3, 400) == milliseconds{800});
  CHECK(retry_delay(Repeat::contended, 19, milliseconds{0}, 0, limits) == milliseconds{2'500});
}

TEST_CASE("attempts and time come to an end") {
  const RetryLimits limits;
  CHECK(!retry_delay(Repeat::no, 1, milliseconds{0}, 0, limits));
  CHECK(!retry_delay(Repeat::passing, limits.attempts, milliseconds{0}, 0, limits));
  CHECK(!retry_delay(Repeat::passing, 1, limits.total, 0, limits));
  CHECK(retry_delay(Repeat::contended, limits.attempts, limits.total, 0, limits));
  CHECK(!retry_delay(Repeat::contended, limits.contended_attempts, milliseconds{0}, 0, limits));
  CHECK(!retry_delay(Repeat::contended, 1, limits.contended_total, 0, limits));
}

TEST_CASE("whatever chance says, a call ends within its time") {
  rc::check("sum of delays", [](std::uint64_t seed) {
    const RetryLimits limits;
    milliseconds elapsed{0};
    int attempts = 1;
    while (const auto delay =
               retry_delay(Repeat::contended, attempts, elapsed,
                           seed * 31U + static_cast<std::uint64_t>(attempts), limits)) {
      RC_ASSERT(delay->count() >= limits.first_delay.count() / 2);
      RC_ASSERT(*delay <= limits.longest_delay);
      elapsed += *delay;
      ++attempts;
    }
    RC_ASSERT(elapsed <= limits.contended_total);
    RC_ASSERT(attempts <= limits.contended_attempts);
  });
}

}  // namespace pve_retry_test
