#include "libpaas/rollout/addresses.hpp"

#include "libpaas/base/net.hpp"

namespace paas::rollout {

std::optional<std::string> Addresses::take(const std::string& key, model::Moment now) {
  if (const auto has = by_key_.find(key); has != by_key_.end()) {
    return to_text(Ipv4{has->second});
  }
  std::erase_if(resting_, [&](const auto& entry) { return entry.second <= now; });
  const std::uint32_t count = last_ - first_ + 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t address = first_ + (next_ - first_ + i) % count;
    if (by_address_.contains(address) || resting_.contains(address)) continue;
    next_ = first_ + (address - first_ + 1) % count;
    by_key_.emplace(key, address);
    by_address_.emplace(address, key);
    return to_text(Ipv4{address});
  }
  return {};
}

void Addresses::give_back(const std::string& key, model::Moment now) {
  const auto has = by_key_.find(key);
  if (has == by_key_.end()) return;
  resting_[has->second] = now + quarantine_;
  by_address_.erase(has->second);
  by_key_.erase(has);
}

}  // namespace paas::rollout
