#include "libpaas/dns/zone.hpp"

#include <algorithm>
#include <cstring>

namespace paas::dns {
namespace {

std::uint32_t mixed(std::uint32_t hash, Zone::Asker asker) {
  std::uint32_t out = hash ^ asker * 0x9E3779B1u;
  out ^= out >> 15;
  out *= 0x85EBCA6Bu;
  return out ^ out >> 13;
}

template <class Range>
const Range* range_around(const std::vector<Range>& ranges, const Ip& ip) {
  const auto behind =
      std::upper_bound(ranges.begin(), ranges.end(), ip,
                       [](const Ip& wanted, const Range& range) { return wanted < range.first; });
  if (behind == ranges.begin() || (behind - 1)->last < ip) return nullptr;
  return &*(behind - 1);
}

}  // namespace

Key::Key(View name) : size_(std::min(name.size(), bytes_.size())) {
  std::uint32_t hash = 0x811C9DC5u;
  for (std::size_t i = 0; i < size_; ++i) {
    const std::uint8_t byte = fold(name[i]);
    bytes_[i] = byte;
    hash = (hash ^ byte) * 0x01000193u;
  }
  hash_ = hash;
}

Zone::Zone() : table_(1) {}

std::optional<Zone::Asker> Zone::asker(const Ip& source) const {
  if (const Range* project = range_around(projects_, source)) return project->asker;
  if (range_around(clients_, source) != nullptr) return Asker{0};
  return {};
}

bool Zone::names_all_of(const Network& block) const {
  const Range* range = range_around(ours_, block.first());
  return range != nullptr && block.last() <= range->last;
}

const Entry* Zone::find_in(const Key& key, Asker asker) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t slot = mixed(key.hash(), asker) & mask; table_[slot] != 0;
       slot = (slot + 1) & mask) {
    const Entry& entry = entries_[table_[slot] - 1];
    if (entry.project == asker && entry.key_bytes == key.name().size() &&
        std::memcmp(block(entry.key_at), key.name().data(), entry.key_bytes) == 0) {
      return &entry;
    }
  }
  return nullptr;
}

void Zone::insert(const Key& key, Asker asker, std::uint32_t entry_plus_one) {
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = mixed(key.hash(), asker) & mask;
  while (table_[slot] != 0) slot = (slot + 1) & mask;
  table_[slot] = entry_plus_one;
}

const Entry* Zone::find(const Key& key, Asker asker) const {
  const Entry* everybodys = find_in(key, 0);
  if (asker == 0 || (everybodys != nullptr && everybodys->declared)) return everybodys;
  const Entry* own = find_in(key, asker);
  return own != nullptr ? own : everybodys;
}

Rotor::Rotor(std::uint64_t chance) {
  for (std::uint32_t& next : next_) {  // splitmix64
    chance += 0x9E3779B97F4A7C15u;
    std::uint64_t mix = (chance ^ chance >> 30) * 0xBF58476D1CE4E5B9u;
    mix = (mix ^ mix >> 27) * 0x94D049BB133111EBu;
    next = static_cast<std::uint32_t>(mix >> 32);
  }
}

}  // namespace paas::dns
