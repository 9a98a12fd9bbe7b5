#pragma once
// Things that happen later: one thread that runs each at its time, holding the world's lock.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace paas::fake_pve {

using Moment = std::chrono::steady_clock::time_point;

class Timeline {
 public:
  // `guard` is held while an event runs.
  explicit Timeline(std::mutex& guard);
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // May be called from an event. Events of one moment run in the order they were added.
  void at(Moment moment, std::function<void()> event);

 private:
  void run();

  std::mutex& guard_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Moment, std::function<void()>> events_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace paas::fake_pve
