#pragma once
// Gate: lets a number of callers through at once; the others wait, unless asked to stop.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "libpaas/base/result.hpp"

namespace paas::pve {

class Gate {
 public:
  // REQUIRES: places > 0.
  explicit Gate(int places) : free_(places) {}

  // One place, given back when this ends. Must not outlive its gate.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    friend class Gate;
    explicit Pass(Gate* gate) : gate_(gate) {}
    Gate* gate_;
  };

  // Errors: `cancelled`. Thread-safe.
  Result<Pass> enter(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    left_.wait(lock, stop, [this] { return free_ > 0; });
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped before anything was sent");
    --free_;
    return Pass(this);
  }

 private:
  void leave() {
    const std::lock_guard lock(mutex_);
    ++free_;
    left_.notify_all();  // one who was woken may have been stopped, and take nothing
  }

  std::mutex mutex_;
  std::condition_variable_any left_;
  int free_;
};

}  // namespace paas::pve
