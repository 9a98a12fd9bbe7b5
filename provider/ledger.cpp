#include "provider/ledger.hpp"

#include <algorithm>

#include "libpaas/direct/inventory.hpp"

namespace paas::provider {
namespace {

constexpr unsigned mib_shift = 20;

}  // namespace

std::vector<Overbooking> Ledger::book(Booking booking, const List& list) {
  const std::lock_guard lock(mutex_);
  if (!list_) read(list);
  const std::string node = booking.node;
  const auto before = bookings_.find(booking.name);
  if (before != bookings_.end() && before->second.vmid != 0 && booking.vmid == 0)
    return too_much(before->second.node);
  if (before != bookings_.end()) {
    Sums& sums = asked_[before->second.node];
    sums.memory_mib -= before->second.memory_mib;
    for (const auto& [storage, mib] : before->second.disk_mib) sums.disk_mib[storage] -= mib;
  }
  if (booking.vmid != 0) stand_for(booking.vmid);
  Sums& sums = asked_[node];
  sums.memory_mib += booking.memory_mib;
  for (const auto& [storage, mib] : booking.disk_mib) sums.disk_mib[storage] += mib;
  const std::string name = booking.name;
  bookings_.insert_or_assign(name, std::move(booking));
  return too_much(node);
}

void Ledger::gone(int vmid) {
  const std::lock_guard lock(mutex_);
  stand_for(vmid);
}

void Ledger::read(const List& list) {
  list_ = list;
  for (const proxmox::Guest& guest : list->guests)
    if (guest.status == "running" && !stood_for_.contains(guest.vmid))
      running_bytes_[guest.node] += guest.memory_bytes;
}

void Ledger::stand_for(int vmid) {
  if (!stood_for_.insert(vmid).second || !list_) return;
  const auto guest = direct::guest_in(*list_, vmid);
  if (guest && guest->status == "running") running_bytes_[guest->node] -= guest->memory_bytes;
}

std::vector<Overbooking> Ledger::too_much(const std::string& node) const {
  std::vector<Overbooking> out;
  const auto asked = asked_.find(node);
  if (asked == asked_.end()) return out;
  const auto running = running_bytes_.find(node);
  const std::uint64_t others = running == running_bytes_.end() ? 0 : running->second >> mib_shift;
  for (const proxmox::Node& one : list_->nodes) {
    const std::uint64_t total = one.memory_bytes >> mib_shift;
    if (one.name == node && total != 0 && asked->second.memory_mib + others > total)
      out.push_back({"", asked->second.memory_mib, others, total});
  }
  for (const proxmox::Storage& storage : list_->storages) {
    const auto wanted = asked->second.disk_mib.find(storage.name);
    if (storage.node != node || storage.shared || storage.total_bytes == 0 ||
        wanted == asked->second.disk_mib.end())
      continue;
    const std::uint64_t used = storage.used_bytes >> mib_shift;
    const std::uint64_t total = storage.total_bytes >> mib_shift;
    if (wanted->second != 0 && wanted->second + used > total)
      out.push_back({storage.name, wanted->second, used, total});
  }
  return out;
}

}  // namespace paas::provider
