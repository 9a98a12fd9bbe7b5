#pragma once
// StepRunner: carries out one step on a container that exists, and waits until it has happened.

#include <chrono>
#include <stop_token>

#include "libpaas/direct/container.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/proxmox/calls.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// Thread-safe.
class StepRunner {
 public:
  // Everything outlives this.
  StepRunner(Pve& pve, Clock& clock) : pve_(pve), clock_(clock) {}

  // Errors: as Pve, with the step's text as context. What is so already is success: a start of a
  // running container, a stop of a stopped one.
  // REQUIRES: the step is no birth (CreateContainer, CloneContainer).
  Result<void> run(const Step& step, std::stop_token stop);

 private:
  Result<void> set_pool(const SetPool& step, std::stop_token stop);
  Result<void> set_ha(const SetHa& step, std::stop_token stop);
  Result<void> start(const proxmox::ContainerRef& container, std::stop_token stop);
  Result<void> stop_it(const proxmox::ContainerRef& container, std::stop_token stop);
  Result<void> migrate(const MigrateContainer& step, std::stop_token stop);
  Result<void> await_status(const proxmox::ContainerRef& container, std::string_view wanted,
                            std::stop_token stop);

  Pve& pve_;
  Clock& clock_;
};

// GET …/status/current.
struct LiveStatus {
  bool running = false;
  bool managed_by_ha = false;
};
Result<LiveStatus> live_status(Pve& pve, const proxmox::ContainerRef& container,
                               std::stop_token stop);

// Waits for the tasks of the same user that work on the container, however they end. Whether there
// were any. Errors: of reading them.
Result<bool> await_own_tasks(Pve& pve, const proxmox::ContainerRef& container,
                             std::stop_token stop);

}  // namespace paas::direct
#pragma GCC visibility pop
