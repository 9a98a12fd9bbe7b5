#pragma once
// When something has no place: the fewest moves of others that make one, and of those the cheapest.
// Found by iterative deepening: all ways of one move, then of two, and so on. Up to three moves the
// search is complete for capacities, cards, ports and who must be apart, unless the budget ends it.
// It does not move somebody so that others who must be together can follow, or so that a spread
// gets less uneven elsewhere: where that could have helped, nothing is said to be proven.

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
  int steps_of_others = 0;    // of those who run where they were
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

  // Whether the last search looked at every way of up to three moves.
  bool complete() const { return complete_ && left_ >= 0; }

 private:
  bool worth_trying(Index seat) const;
  void place_next(std::size_t at);
  void try_last(std::size_t at);
  void evict(std::size_t at, Index node, Index after);
  bool may_evict(Index blocker);
  bool fully_searched(Index seat) const;
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
  int reseats_left_ = 0;  // of those who were seated just now: no moves, but they cost work
  bool complete_ = true;
  Amount cost_ = 0;
  std::optional<MovePlan> best_;
};

}  // namespace paas::placement
