#include "libpaas/node/threads.hpp"

#include <chrono>

namespace paas::node {
namespace {

constexpr std::chrono::seconds patience_of_idle_threads{10};

}  // namespace

Pool::~Pool() {
  std::list<std::jthread> threads;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    tasks_.clear();
    threads.swap(threads_);
    threads.splice(threads.end(), leaving_);
  }
  changed_.notify_all();
  threads.clear();  // joins
}

void Pool::add(std::function<void()> task) {
  std::list<std::jthread> gone;  // joined behind the lock
  const std::lock_guard lock(mutex_);
  gone.swap(leaving_);
  if (ending_) return;
  tasks_.push_back(std::move(task));
  if (tasks_.size() <= idle_ || threads_.size() >= most_) {
    changed_.notify_one();
    return;
  }
  threads_.emplace_back();
  const auto self = std::prev(threads_.end());
  *self = std::jthread([this, self] { run(self); });
}

void Pool::run(std::list<std::jthread>::iterator self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    const bool woken = changed_.wait_for(lock, patience_of_idle_threads,
                                         [this] { return ending_ || !tasks_.empty(); });
    --idle_;
    if (ending_) return;
    if (!woken) {
      leaving_.splice(leaving_.end(), threads_, self);
      return;
    }
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace paas::node
