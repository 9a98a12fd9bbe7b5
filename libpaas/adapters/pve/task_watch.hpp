#pragma once
// Follows one task to its end.

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/pve.hpp"

namespace paas::pve {

struct TaskPatience {
  std::chrono::milliseconds first_interval{20};  // between two looks; grows by half each time
  std::chrono::milliseconds longest_interval{1'000};
  std::chrono::milliseconds total{std::chrono::hours{1}};
  std::chrono::milliseconds out_of_sight{std::chrono::minutes{5}};  // while no look succeeds
};

// Called with each line of the task's log, in order, as it comes; empty: lines are read only to
// explain a failure.
using LineSink = std::function<void(const std::string& line)>;

// Errors: as Pve::wait; `unknown_outcome` when nobody could tell for too long how the task fares.
Result<void> watch_task(Pve& pve, Clock& clock, const TaskPatience& patience,
                        const proxmox::Upid& task, const LineSink& sink, std::stop_token stop);

}  // namespace paas::pve
