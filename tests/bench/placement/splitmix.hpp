#pragma once
// The generator of everything that is random here: splitmix64, so that a seed means the same
// numbers everywhere.

#include <cstdint>
#include <utility>
#include <vector>

namespace paas::bench {

class Splitmix {
 public:
  explicit Splitmix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t out = state_;
    out = (out ^ (out >> 30)) * 0xbf58476d1ce4e5b9ULL;
    out = (out ^ (out >> 27)) * 0x94d049bb133111ebULL;
    return out ^ (out >> 31);
  }
  // In [0, 1), by the upper 53 bits.
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  // In [0, count). REQUIRES: count > 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }

 private:
  std::uint64_t state_;
};

// Fisher and Yates, from the end.
template <class T>
void shuffle(std::vector<T>& items, Splitmix& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace paas::bench
