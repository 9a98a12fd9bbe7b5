#pragma once
// A cluster in one call, for programs: the HTTP client, clock, chance and the Pve port over them.

#include <memory>

#include "libpaas/adapters/pve/options.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/http.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/ports/random.hpp"

#pragma GCC visibility push(default)
namespace paas {

// Owns what it is made of. May be moved; what it points to stays where it is.
class PveConnection {
 public:
  PveConnection(const pve::PveOptions& options, Log& log);

  Pve& pve() { return *pve_; }
  Clock& clock() { return *clock_; }
  Random& random() { return *random_; }

 private:
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<Http> http_;
  std::unique_ptr<Pve> pve_;
};

// Nothing is sent before the first call. The log outlives what is returned.
//
//   auto options = pve::resolve({}, process_environment());   // PROXMOX_VE_ENDPOINT, …
//   auto cluster = connect_pve(*options, silent_log());
//   auto version = cluster.pve().call({.path = "/version"}, {});
PveConnection connect_pve(const pve::PveOptions& options, Log& log);

}  // namespace paas
#pragma GCC visibility pop
