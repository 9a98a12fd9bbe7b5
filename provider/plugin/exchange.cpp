#include <vector>

#include "provider/plugin/exchange.hpp"

namespace paas::plugin {

void Calls::begin(std::stop_source& call) {
  const std::lock_guard lock(mutex_);
  in_flight_.insert(&call);
}

void Calls::end(std::stop_source& call) {
  const std::lock_guard lock(mutex_);
  in_flight_.erase(&call);
  if (in_flight_.empty()) idle_.notify_all();
}

void Calls::stop_all() {
  std::vector<std::stop_source> calls;  // handles: a call may end while we go through them
  {
    const std::lock_guard lock(mutex_);
    for (const std::stop_source* call : in_flight_) calls.push_back(*call);
  }
  for (std::stop_source& call : calls) call.request_stop();
}

bool Calls::wait_idle(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, patience, [this] { return in_flight_.empty(); });
}

}  // namespace paas::plugin
