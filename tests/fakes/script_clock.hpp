#pragma once
// ScriptClock, ScriptRandom, CountingRandom: time and chance as a test wants them.

#include <atomic>
#include <chrono>

#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/random.hpp"

namespace paas::fakes {

// Time that passes only when somebody sleeps, or the test says so.
class ScriptClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::hours(24 * 365 * 50)) +
           passed_.load();
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + passed_.load();
  }
  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    advance(duration);
    return true;
  }
  void advance(std::chrono::milliseconds duration) { passed_ = passed_.load() + duration; }
  std::chrono::milliseconds passed() const { return passed_; }

 private:
  std::atomic<std::chrono::milliseconds> passed_{std::chrono::milliseconds{0}};
};

// The same number again and again.
class ScriptRandom final : public Random {
 public:
  explicit ScriptRandom(std::uint64_t value = 0) : value_(value) {}
  std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

// 1, 2, 3, …
class CountingRandom final : public Random {
 public:
  std::uint64_t next() override { return ++last_; }

 private:
  std::atomic<std::uint64_t> last_{0};
};

}  // namespace paas::fakes
