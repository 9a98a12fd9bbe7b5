#include <algorithm>
#include <set>
#include <tuple>

#include "libpaas/placement/decide.hpp"
#include "libpaas/placement/what_if.hpp"

namespace paas::placement {
namespace rebalancing {

// The best single move there is: the greatest gain, of equals the cheapest.
class Search {
 public:
  explicit Search(Seating& seating)
      : seating_(seating), left_(seating.compiled().problem().rules.search_budget) {}

  bool next(Move& out) {
    Index best = nowhere;
    Index to = nowhere;
    std::int64_t most = 0;
    for (Index seat = 0; seat < seating_.size() && left_ > 0; ++seat, --left_) {
      if (!seating_.movable(seat) || moved_.contains(seat)) continue;
      const auto [node, gain] = gain_of(seat);
      if (gain <= 0) continue;
      const bool wins = best == nowhere || std::tuple(gain, -seating_.cost(seat)) >
                                               std::tuple(most, -seating_.cost(best));
      if (!wins) continue;
      best = seat;
      to = node;
      most = gain;
    }
    if (best == nowhere) return false;
    const Compiled& compiled = seating_.compiled();
    out = {seating_.allocation(best), compiled.node(seating_[best].node).name,
           compiled.node(to).name, seating_.cost(best), most};
    seating_.count_move(best, 1);
    seating_.leave(best);
    seating_.sit(best, to);
    moved_.insert(best);
    return true;
  }

 private:
  // Scores are differences of one sum over all nodes, so that the gain is theirs.
  std::pair<Index, std::int64_t> gain_of(Index seat) {
    const Index node = seating_[seat].node;
    const Index job = seating_[seat].job;
    Cards cards = seating_.leave(seat);
    const Spot spot = seating_.engine().best(job);
    std::int64_t gain = 0;
    if (spot.node != nowhere && spot.node != node && takes(seating_.ledger(), job, node)) {
      gain = spot.score - seating_.engine().scorer().parts(job, node, nowhere).sum();
    }
    seating_.sit(seat, node, std::move(cards));
    return {spot.node, gain};
  }

  Seating& seating_;
  std::int64_t left_;
  std::set<Index> moved_;
};

}  // namespace rebalancing

std::vector<Move> rebalance(const Problem& problem, int max_moves) {
  const Compiled compiled(problem);
  Decider decider(compiled, false);
  decider.seat_standing();
  rebalancing::Search search(decider.seating());
  std::vector<Move> out;
  Move move;
  while (static_cast<int>(out.size()) < max_moves && search.next(move)) out.push_back(move);
  return out;
}

}  // namespace paas::placement
