#pragma once
// Deadline: a stop token that fires when somebody asks us to stop, or when our own patience ends.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "libpaas/base/result.hpp"

namespace paas::provider {

class Deadline {
 public:
  // `limit` counts from now. `attribute` is where the user may change it: "timeouts.create".
  Deadline(std::stop_token outer, std::chrono::milliseconds limit, std::string attribute);

  std::stop_token token() const { return source_.get_token(); }
  bool passed() const { return passed_; }

  // The error as a user should see it: one that our patience brought about says so.
  Error explain(Error error) const;

 private:
  void watch(std::stop_token done);

  const std::chrono::steady_clock::time_point end_;
  const std::chrono::milliseconds limit_;
  const std::string attribute_;
  std::stop_source source_;
  std::atomic<bool> passed_ = false;
  std::stop_callback<std::function<void()>> outer_;
  std::jthread watch_;  // last: ends before the rest goes
};

}  // namespace paas::provider
