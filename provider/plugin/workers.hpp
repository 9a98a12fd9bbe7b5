#pragma once
// Workers: threads that run calls. As many as are needed at once, up to a limit; then calls queue.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace paas::plugin {

class Workers {
 public:
  // Starts one thread; throws std::system_error where even that is refused. The others start when
  // a task finds none free.
  explicit Workers(std::size_t most);
  // Waits for everything that was posted.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Never blocks. Tasks must not throw.
  void post(std::function<void()> task);
  // How many threads there are now.
  std::size_t size() const;

 private:
  void work();

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace paas::plugin
