#pragma once
// Leftovers: what a creation left behind whose program was killed before it could tell anybody.
//
// A new container bears a mark until all that belongs to its creation is done: what was asked for
// (a hash of it), and a random number of the one attempt. A later creation that asks for the very
// same on the same node, and finds a container with that mark which nobody works on, removes it,
// also when it runs: it is in no state, and its addresses, or its id, are wanted again.
//
//   listed: same node, host name or id, not of this run ─▶ our tasks for it have ended
//     ─▶ marked with the same request? ─▶ unchanged, without a task, for half a minute?
//     ─▶ claim it (a change that only one can make; the mark stays) ─▶ stop ─▶ destroy
//
// Anything else is left alone: a mark that goes away is somebody who is at work. A container of the
// same host name, on whichever node, that bears the mark of another request is only named: it may
// be of a creation that goes on elsewhere, or of one that was killed and asked for something else.

#include <functional>
#include <stop_token>
#include <string>

#include "libpaas/base/log.hpp"
#include "libpaas/direct/inventory.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/ports/random.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// What a specification asks of a creation, in 16 hexadecimal digits: equal for equal requests.
// Passwords and keys are not in it, so that nothing can be guessed from it.
std::string request_name(const ContainerSpec& spec);

// The description of a container that is being created: "being created (request NAME-ATTEMPT)".
std::string birth_mark(const std::string& request, std::uint64_t attempt);

// Whether the description is the mark of any attempt at this request.
bool bears_mark(const std::string& description, const std::string& request);

// Told of each container that an interrupted creation has left: whether it was removed.
using LeftoverCallback = std::function<void(int vmid, const Result<void>& removed)>;

// Told of each container of the same host name that bears the mark of another request.
using OtherRequestCallback = std::function<void(int vmid, const std::string& node)>;

// Thread-safe.
class Leftovers {
 public:
  // Everything outlives this.
  Leftovers(Pve& pve, Inventory& inventory, Clock& clock, Random& random, Log& log)
      : pve_(pve), inventory_(inventory), clock_(clock), random_(random), log_(log) {}

  // Removes what earlier creations of the same specification have left. What cannot be read,
  // claimed or removed stays: it keeps nobody from creating. Error: `cancelled`.
  Result<void> clear(const ContainerSpec& spec, std::stop_token stop,
                     const LeftoverCallback& found = {}, const OtherRequestCallback& other = {});

 private:
  void name_others(const ContainerSpec& spec, const proxmox::Resources& list, std::stop_token stop,
                   const OtherRequestCallback& other);
  Result<bool> is_abandoned(const proxmox::Guest& guest, const ContainerSpec& spec,
                            const std::string& request, std::stop_token stop);
  Result<void> remove(const proxmox::Guest& guest, const std::string& request,
                      std::stop_token stop);

  Pve& pve_;
  Inventory& inventory_;
  Clock& clock_;
  Random& random_;
  Log& log_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
