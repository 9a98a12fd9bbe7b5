#pragma once
// The few threads of a node: one that does as it is told in order, and some that come when there is
// work and go when there is none.

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace paas::node {

// Tasks are done by at most `most` threads; with one, in order. Those that wait when it is
// destroyed are dropped, those under way waited for.
class Pool {
 public:
  explicit Pool(std::size_t most) : most_(most) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void add(std::function<void()> task);

 private:
  void run(std::list<std::jthread>::iterator self);

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // these are guarded by mutex_
  std::list<std::jthread> threads_;
  std::list<std::jthread> leaving_;  // ended, or about to
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace paas::node
