#pragma once
// When something has no place: the fewest moves of others that make one, and of those the cheapest.
// Found by iterative deepening: all ways of one move, then of two, and so on. Up to three moves the
// search is complete for capacities, cards, ports and who must be apart, unless the budget ends it.

#include <optional>
#include <vector>

#include "libpaas/placement/seating.hpp"

namespace paas::placement {

struct MovePlan {
  struct Step {
    Index seat;
    Index to;
    bool operator==(const Step&) const = default;
  };
  Index node = nowhere;       // of the one that gets a place
  std::vector<Step> steps{};  // the moves of others
  Amount cost = 0;
  bool proven = false;  // that nothing is fewer, or as few and cheaper
};

class MoveSearch {
 public:
  // `budget` is for all calls together. Keeps a reference.
  MoveSearch(Seating& seating, std::int64_t budget) : seating_(seating), left_(budget) {}

  // None if there is no way, or none was found. Leaves the seating as it was.
  // REQUIRES: the seat has no node, and no node takes it.
  std::optional<MovePlan> find(Index seat);

  // Whether the budget is spent.
  bool exhausted() const { return left_ < 0; }

 private:
  bool worth_trying(Index seat) const;
  void place_next(std::size_t at);
  void try_last(std::size_t at);
  void evict(std::size_t at, Index node, Index after);
  void go_on(std::size_t at, Index node, Index evicted);
  bool all_have_room(std::size_t from);
  bool spend(std::int64_t units);
  bool beaten() const { return best_ && cost_ >= best_->cost; }
  void record();

  Seating& seating_;
  std::int64_t left_;
  std::vector<Index> pending_;  // the one to place, then those evicted for it
  std::vector<Index> origin_;   // where they were
  int moves_left_ = 0;
  Amount cost_ = 0;
  std::optional<MovePlan> best_;
};

}  // namespace paas::placement
