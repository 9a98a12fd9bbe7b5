#pragma once
// Effects: the one gate through which everything passes that a node does to the world, so that the
// moments at which it can be killed are counted by the program itself (tests/soak/agent.py).

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#pragma GCC visibility push(default)
namespace paas::node {

class Effects {
 public:
  // Called before (`done` is false) and after each effect: its name ("container.create"), and how
  // many there were with it. Thread-safe.
  using Hook = std::function<void(std::string_view name, std::uint64_t count, bool done)>;

  explicit Effects(Hook hook) : hook_(std::move(hook)) {}

  template <class F>
  auto pass(std::string_view name, F&& effect) {
    const std::uint64_t count = ++count_;
    if (hook_) hook_(name, count, false);
    auto outcome = std::forward<F>(effect)();
    if (hook_) hook_(name, count, true);
    return outcome;
  }

 private:
  Hook hook_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace paas::node
#pragma GCC visibility pop
