#pragma once
// Quota: how much of something each source may hold at once, and all of them together.

#include <cstddef>
#include <map>

#include "libpaas/dns/address.hpp"

namespace paas::dns {

class Quota {
 public:
  struct Limits {
    std::size_t of_one = 0;
    std::size_t of_all = 0;
  };

  explicit Quota(Limits limits) : limits_(limits) {}

  // Whether there was one left for it.
  bool take(const Ip& source) {
    if (held_ >= limits_.of_all) return false;
    std::size_t& own = by_source_[source];
    if (own >= limits_.of_one) return false;
    ++own;
    ++held_;
    return true;
  }

  // REQUIRES: one that was taken for `source` and not given back.
  void give_back(const Ip& source) {
    const auto found = by_source_.find(source);
    if (--found->second == 0) by_source_.erase(found);
    --held_;
  }

  std::size_t held() const { return held_; }

 private:
  Limits limits_;
  std::map<Ip, std::size_t> by_source_;  // none that holds nothing
  std::size_t held_ = 0;
};

}  // namespace paas::dns
