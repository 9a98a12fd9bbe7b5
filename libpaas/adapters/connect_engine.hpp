#pragma once
// The container engine of this host for a program: finds the socket, asks what answers there, and
// speaks its language.

#include <memory>
#include <stop_token>
#include <string>

#include "libpaas/base/log.hpp"
#include "libpaas/ports/container_runtime.hpp"

#pragma GCC visibility push(default)
namespace paas {

struct EngineOptions {
  // "unix:///run/podman/podman.sock", or the path alone; empty: Podman's usual one, else Docker's.
  std::string socket{};
  // A folder that is there and is ours; files in it are mounted into containers.
  std::string scratch_dir = "/var/lib/paas";
  Log* log = nullptr;  // one debug line a request, without bodies; null: silent
};

// Errors: `unavailable` (nobody listens), `denied`, `invalid` (no engine, or one that is too old).
// The runtime goes on by itself when the engine is stopped and started again.
Result<std::unique_ptr<ContainerRuntime>> connect_engine(const EngineOptions& options,
                                                         std::stop_token stop);

}  // namespace paas
#pragma GCC visibility pop
