#pragma once
// Births: how a container comes into being exactly once, under an id that is its own.
//
//   clear what an earlier attempt left (leftovers.hpp)
//        ▼
//   choose an id ─▶ POST create ─┬─ accepted ──────▶ tell the caller the id ─▶ wait for the task
//        ▲                       ├─ id is taken ───▶ the next one (unless it was given)
//        │                       └─ answer lost ───▶ look whether it is there and bears our mark
//        └──────────── nothing there, or somebody else's ◀──┘
//
// The mark stands in the description, with a random number; whoever creates takes it out once all
// the rest is done. The call itself is not cancelled when the caller wants to stop, or its outcome
// would be unknown; everything after it is.

#include <functional>
#include <stop_token>
#include <string>

#include "libpaas/base/log.hpp"
#include "libpaas/direct/inventory.hpp"
#include "libpaas/direct/leftovers.hpp"
#include "libpaas/ports/clock.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// Called with id and node as soon as something exists on the cluster; with 0 and "" when that is
// gone again, because its creation failed and left nothing. May be called several times: the last
// call counts.
using BornCallback = std::function<void(int vmid, const std::string& node)>;

// Thread-safe.
class Births {
 public:
  // Everything outlives this.
  Births(Pve& pve, Inventory& inventory, Clock& clock, Random& random, Log& log)
      : pve_(pve),
        inventory_(inventory),
        clock_(clock),
        random_(random),
        log_(log),
        leftovers_(pve, inventory, clock, random, log) {}

  // Runs the birth step of `spec` and returns the id. Errors: `conflict` for a given id that is
  // taken or a range without a free one; else as Pve. What `born` was called with last may exist,
  // whatever error follows.
  Result<int> bear(const ContainerSpec& spec, std::stop_token stop, const BornCallback& born,
                   const LeftoverCallback& leftover = {}, const OtherRequestCallback& other = {});

 private:
  struct Attempt;
  enum class Found { nothing, ours, others };

  Result<int> choose(const ContainerSpec& spec, const Attempt& attempt, std::stop_token stop);
  Result<bool> try_once(const ContainerSpec& spec, Attempt& attempt, std::stop_token stop,
                        const BornCallback& born);
  Result<bool> after_refusal(const ContainerSpec& spec, Attempt& attempt, Error refusal,
                             std::stop_token stop, const BornCallback& born);
  Result<bool> await_task(const proxmox::Upid& task, Attempt& attempt, std::stop_token stop,
                          const BornCallback& born);
  static void untell(Attempt& attempt, const BornCallback& born);
  Result<proxmox::Call> birth_call(const ContainerSpec& spec, const Attempt& attempt,
                                   std::stop_token stop);
  Result<Found> search(const ContainerSpec& spec, Attempt& attempt, std::stop_token stop,
                       const BornCallback& born);

  Pve& pve_;
  Inventory& inventory_;
  Clock& clock_;
  Random& random_;
  Log& log_;
  Leftovers leftovers_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
