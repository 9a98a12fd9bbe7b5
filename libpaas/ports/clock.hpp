#pragma once
// Clock: time as an input. Tests bring their own and never wait.

#include <chrono>
#include <stop_token>

#pragma GCC visibility push(default)
namespace paas {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
  // For intervals: never goes back.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
  // Returns early, with false, when asked to stop.
  virtual bool sleep(std::chrono::milliseconds duration, std::stop_token stop) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
