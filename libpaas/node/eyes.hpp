#pragma once
// Eyes: looks at the engine, and asks for details only of what changed.

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/node/core.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/container_runtime.hpp"

namespace paas::node {

class Eyes {
 public:
  Eyes(ContainerRuntime& engine, const Clock& clock) : engine_(engine), clock_(clock) {}

  // Everything. Errors: those of the engine.
  Result<reconcile::Observed> look(std::stop_token stop);
  Result<LookedAt> look_at(const std::vector<std::string>& names, std::stop_token stop);
  // The engine spoke of it: what is known of it is old. Thread-safe.
  void doubt(const std::string& id);

 private:
  struct Known {
    model::ContainerSummary summary;
    model::ContainerInfo info;
  };
  Result<void> look_at_containers(reconcile::Observed& out, std::stop_token stop);

  ContainerRuntime& engine_;
  const Clock& clock_;
  std::map<std::string, Known> known_;  // by id
  std::chrono::steady_clock::time_point forget_at_{};
  std::mutex mutex_;
  std::set<std::string> doubts_;  // guarded by mutex_
};

}  // namespace paas::node
