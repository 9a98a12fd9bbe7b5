#pragma once
// VmidPool: the ids this process has taken for new containers, so that no two of its creations try
// the same one. Against other processes only the creation itself decides (it is atomic).

#include <mutex>
#include <optional>
#include <set>

#include "libpaas/direct/container.hpp"
#include "libpaas/ports/random.hpp"
#include "libpaas/proxmox/inventory.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// Thread-safe.
class VmidPool {
 public:
  // The lowest id of the range that no guest is known to have and nobody here has taken, now taken.
  // After `lost` ids went to somebody else it skips some free ones, the more the oftener that
  // happened: whoever else is counting up, or however many guests we may not see, is soon behind
  // us. nullopt: the range is used up.
  std::optional<int> take(const VmidRange& range, const proxmox::Resources& known, int lost,
                          Random& random);

  // Takes an id that was given rather than chosen.
  void take(int vmid);

  // Whether somebody here has taken it.
  bool has_taken(int vmid) const;

  // The id is free again: nothing came of it, or its container is gone.
  void give_back(int vmid);

 private:
  mutable std::mutex mutex_;
  std::set<int> taken_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
