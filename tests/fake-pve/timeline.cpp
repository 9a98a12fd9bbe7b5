#include "tests/fake-pve/timeline.hpp"

namespace paas::fake_pve {

Timeline::Timeline(std::mutex& guard) : guard_(guard), thread_([this] { run(); }) {}

Timeline::~Timeline() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Timeline::at(Moment moment, std::function<void()> event) {
  {
    const std::lock_guard lock(mutex_);
    events_.emplace(moment, std::move(event));
  }
  changed_.notify_all();
}

void Timeline::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (events_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Moment next = events_.begin()->first;
    if (std::chrono::steady_clock::now() < next) {
      changed_.wait_until(lock, next);
      continue;
    }
    auto event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    lock.unlock();
    {
      const std::lock_guard held(guard_);
      event();
    }
    lock.lock();
  }
}

}  // namespace paas::fake_pve
