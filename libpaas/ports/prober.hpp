#pragma once
// Prober: asks a container by its address whether it is well. Commands in the container are run by
// the engine (Sessions::exec) instead.

#include <stop_token>
#include <string>

#include "libpaas/health/health.hpp"
#include "libpaas/model/container.hpp"

#pragma GCC visibility push(default)
namespace paas {

class Prober {
 public:
  virtual ~Prober() = default;
  // REQUIRES: probe.kind is http or tcp. Never fails: what goes wrong is the answer. Redirects are
  // not followed, at most 64 KiB of an answer are read. Thread-safe.
  virtual health::Answer ask(const std::string& address, const model::Probe& probe,
                             std::stop_token stop) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
