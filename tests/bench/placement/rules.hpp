#pragma once
// How the peers choose a node, as they have published it. Written for this bench; figures of the
// real programs are in docs/benchmarks.md where they are known.

#include <array>
#include <compare>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/placement/world.hpp"

namespace paas::bench {

// What a node has left. Cards are sorted, the freest first.
struct Free {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  int cards = 0;
  std::array<int, 16> card_milli{};
  auto operator<=>(const Free&) const = default;

  static Free all_of(const WorldNode& node);
  std::int64_t all_cards() const;
};

bool fits(const Shape& shape, const WorldNode& node, const Free& free);
// `card` is which of the cards a shape takes that wants one; who wants several takes wholly free
// ones. REQUIRES: it fits.
Free less(const Free& free, const Shape& shape, int card);

struct PeerRule {
  struct Look {
    const WorldNode& node;
    const Free& before;
    const Free& after;
  };
  std::string name;
  std::function<double(const Look&)> score;  // the highest wins, of equals the first name
  // Which card a shape takes that wants a single one: the one by which the score is highest, of
  // equals the freest; or the fullest that has enough.
  bool cards_by_score = false;
  // Nomad's penalty for replicas of the same job on the node: -(them + 1) / replicas, which goes
  // into a mean with the score.
  bool anti_affinity = false;
  // Nomad's candidates: nodes in an order that is shuffled for each job, taken up where the last
  // replica left off, until log2 of their number, rounded up, was feasible. Up to three with a
  // score of zero or less are put off until nothing else is left.
  bool sampled = false;
};

PeerRule first_fit();
// Least left. Without cards: of CPU and memory together, as parts of the node. With cards: of CPU
// and cards, as parts of the largest node there is (128 cores, 8 cards), in whole percents.
PeerRule best_fit();
// 20 - 10^(free CPU) - 10^(free memory), of 0..18, in eighteenths; free are parts of the node after
// placing.
PeerRule nomad(bool anti_affinity, bool sampled);
// LeastAllocated and BalancedAllocation, equally weighted. `older`: as in 1.20, where the balance
// is 1 - |CPU - memory|; now it is 1 - half of that.
PeerRule kubernetes(bool older);
// Fragmentation gradient descent: what of the node's cards is expected to be unusable, over the
// shapes that make 95 % of the world's; a change counts in whole hundredths of a sigmoid, as in the
// published artefact. In a world without cards: parts of CPU and memory that the shapes cannot use.
PeerRule fgd(const World& world);

}  // namespace paas::bench
