#pragma once
// ScriptHttp: an Http that answers as the test says, and time and chance to go with it.

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/http.hpp"
#include "libpaas/ports/random.hpp"

namespace paas::fakes {

// Thread-safe: the handler is called by one at a time.
class ScriptHttp final : public Http {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit ScriptHttp(Handler handler) : handler_(std::move(handler)) {}

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    const std::lock_guard lock(mutex_);
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped");
    seen_.push_back(request);
    return handler_(request);
  }

  std::vector<HttpRequest> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  Handler handler_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> seen_;
};

inline HttpResponse answer(std::string body, int status = 200, std::string reason = "OK") {
  return {status, std::move(reason), {}, std::move(body)};
}

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

}  // namespace paas::fakes
