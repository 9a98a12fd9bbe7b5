#include "libpaas/direct/vmid_pool.hpp"

#include <algorithm>

namespace paas::direct {
namespace {

constexpr int most_doublings = 16;

}  // namespace

std::optional<int> VmidPool::take(const VmidRange& range, const proxmox::Resources& known, int lost,
                                  Random& random) {
  const std::lock_guard lock(mutex_);
  std::uint64_t skip = 0;
  if (lost > 0) skip = random.next() % (std::uint64_t{1} << std::min(lost, most_doublings));
  std::optional<int> lowest;
  auto guest = std::lower_bound(known.guests.begin(), known.guests.end(), range.first,
                                [](const proxmox::Guest& g, int id) { return g.vmid < id; });
  auto ours = taken_.lower_bound(range.first);
  for (int id = range.first; id <= range.last; ++id) {
    while (guest != known.guests.end() && guest->vmid < id) ++guest;
    while (ours != taken_.end() && *ours < id) ++ours;
    const bool used =
        (guest != known.guests.end() && guest->vmid == id) || (ours != taken_.end() && *ours == id);
    if (used) continue;
    if (!lowest) lowest = id;
    if (skip == 0) {
      lowest = id;
      break;
    }
    --skip;
  }
  if (lowest) taken_.insert(*lowest);
  return lowest;
}

void VmidPool::take(int vmid) {
  const std::lock_guard lock(mutex_);
  taken_.insert(vmid);
}

bool VmidPool::has_taken(int vmid) const {
  const std::lock_guard lock(mutex_);
  return taken_.contains(vmid);
}

void VmidPool::give_back(int vmid) {
  const std::lock_guard lock(mutex_);
  taken_.erase(vmid);
}

}  // namespace paas::direct
