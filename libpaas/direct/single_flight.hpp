#pragma once
// SingleFlight: a value that is fetched once and shared by all who ask.
//
// The first who needs it fetches; those who ask meanwhile wait for the same answer, failures too.
// A failure is not kept: the next who asks tries again. Thread-safe.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

template <class T>
class SingleFlight {
 public:
  using Shared = std::shared_ptr<const T>;

  // The value, fetched if need be. Whoever waits for somebody else's fetch is released by its own
  // `stop`, and does not fail because that other one was stopped.
  Result<Shared> get(const std::function<Result<T>()>& fetch, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      if (value_) return value_;
      if (!flight_) break;
      const std::shared_ptr<Flight> flight = flight_;
      if (!landed_.wait(lock, stop, [&] { return flight->outcome.has_value(); }))
        return fail(Errc::cancelled, "asked to stop");
      const bool others_stop =
          !*flight->outcome && flight->outcome->error().code == Errc::cancelled;
      if (!others_stop) return *flight->outcome;
    }
    const auto flight = std::make_shared<Flight>();
    flight_ = flight;
    lock.unlock();
    Result<T> fetched = fetch();
    lock.lock();
    if (fetched)
      flight->outcome = Result<Shared>(std::make_shared<const T>(std::move(fetched).take()));
    else
      flight->outcome = Result<Shared>(tl::unexpected<Error>(std::move(fetched).error()));
    if (flight_ == flight) {
      flight_.reset();
      if (*flight->outcome) value_ = last_ = **flight->outcome;
    }
    landed_.notify_all();
    return *flight->outcome;
  }

  // The latest value, however old; null if there never was one.
  Shared last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

  // Who asks from now on gets a value fetched from now on.
  void forget() {
    const std::lock_guard lock(mutex_);
    value_.reset();
    flight_.reset();
  }

 private:
  struct Flight {
    std::optional<Result<Shared>> outcome;
  };

  mutable std::mutex mutex_;
  std::condition_variable_any landed_;
  std::shared_ptr<Flight> flight_;
  Shared value_;
  Shared last_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
