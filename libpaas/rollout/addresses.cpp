#include "libpaas/rollout/addresses.hpp"

#include <algorithm>

#include "libpaas/base/net.hpp"

namespace paas::rollout {

std::optional<std::string> Addresses::take(const std::string& key, model::Moment now) {
  if (const auto has = by_key_.find(key); has != by_key_.end()) {
    return to_text(Ipv4{has->second});
  }
  // None rests longer than it has to, though the clock was set back.
  for (auto& [address, until] : resting_) until = std::min(until, now + quarantine_);
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

model::Moment Addresses::next_return(model::Moment now) const {
  std::size_t resting = 0;
  model::Moment out{};
  for (const auto& [address, told] : resting_) {
    const model::Moment until = std::min(told, now + quarantine_);
    if (until <= now) continue;
    ++resting;
    if (out == model::Moment{} || until < out) out = until;
  }
  const std::size_t count = last_ < first_ ? 0 : std::size_t{last_} - first_ + 1;
  return by_key_.size() + resting < count ? model::Moment{} : out;
}

Addresses::Entries Addresses::entries() const {
  return {first_, last_, next_, quarantine_, by_key_, resting_};
}

Result<Addresses> Addresses::from(Entries entries) {
  const auto wrong = [](const std::string& why) { return fail(Errc::invalid, why); };
  Addresses out;
  out.quarantine_ = entries.quarantine;
  if (entries.quarantine < model::Seconds{0} || entries.quarantine > std::chrono::days{1}) {
    return wrong("quarantine: must be from 0 s to one day");
  }
  const bool none = entries.first > entries.last;
  if (none && entries != Entries{.quarantine = entries.quarantine}) {
    return wrong("first: is behind the last");
  }
  if (!none) {
    if (entries.last - entries.first >= most) return wrong("last: more than 65536 addresses");
    if (entries.next < entries.first || entries.next > entries.last) {
      return wrong("next: is none of them");
    }
    out.first_ = entries.first;
    out.last_ = entries.last;
    out.next_ = entries.next;
  }
  for (const auto& [key, address] : entries.taken) {
    const std::string text = to_text(Ipv4{address});
    if (key.empty()) return wrong("taken: " + text + " has an empty key");
    if (address < out.first_ || address > out.last_) {
      return wrong("taken: " + text + " is none of them");
    }
    if (!out.by_address_.emplace(address, key).second) {
      return wrong("taken: two have " + text);
    }
  }
  for (const auto& [address, until] : entries.resting) {
    const std::string text = to_text(Ipv4{address});
    if (address < out.first_ || address > out.last_) {
      return wrong("resting: " + text + " is none of them");
    }
    if (out.by_address_.contains(address)) return wrong("resting: " + text + " is taken");
  }
  out.by_key_ = std::move(entries.taken);
  out.resting_ = std::move(entries.resting);
  return out;
}

}  // namespace paas::rollout
