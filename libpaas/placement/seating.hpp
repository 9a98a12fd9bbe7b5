#pragma once
// Allocations and where they are, while a decision is made.

#include <memory>

#include "libpaas/placement/engine.hpp"
#include "libpaas/placement/refusals.hpp"

namespace paas::placement {

struct Seat {
  Index job = 0;
  int ordinal = 0;
  Index from = nowhere;   // where it was
  bool had_node = false;  // also if that node is gone
  bool fixed = false;     // must not be moved now
  Index node = nowhere;   // where it is
  Cards cards{};
};

class Seating {
 public:
  // All wanted allocations, by name and ordinal; none has a node yet.
  explicit Seating(const Compiled& compiled);

  const Compiled& compiled() const { return engine_.compiled(); }
  Engine& engine() { return engine_; }
  const Ledger& ledger() const { return engine_.ledger(); }
  const Scorer& scorer() const { return engine_.scorer(); }
  std::size_t size() const { return seats_.size(); }
  const Seat& operator[](Index seat) const { return seats_[seat]; }
  Seat& seat(Index seat) { return seats_[seat]; }
  const Workload& workload(Index seat) const {
    return compiled().problem().workloads[seats_[seat].job];
  }
  Allocation allocation(Index seat) const { return {workload(seat).name, seats_[seat].ordinal}; }
  // Whether it is where it was. To seat anybody else elsewhere is no move.
  bool settled(Index seat) const {
    return seats_[seat].node != nowhere && seats_[seat].node == seats_[seat].from;
  }
  // Whether its demands changed since it was placed.
  bool resized(Index seat) const { return resized_[seats_[seat].job]; }
  // What moving it costs; nothing while it does not run, or is on the move already.
  Amount cost(Index seat) const {
    return settled(seat) ? compiled().kind(seats_[seat].job).move_cost : 0;
  }
  int priority(Index seat) const { return compiled().kind(seats_[seat].job).priority; }

  // Seats on a node, ascending.
  const std::vector<Index>& on(Index node) const { return on_[node]; }

  // How many replicas of its app may be on the move; negative: as many as must.
  int most_moving(Index seat) const { return most_moving_[compiled().job(seats_[seat].job).app]; }
  // Whether a seat may go elsewhere: it is not fixed, and its app has not too many on the move.
  bool may_go(Index seat) const;
  // The same for the sake of others: then nobody is left alone who must be together with it.
  bool movable(Index seat) const { return may_go(seat) && !needed(seat); }
  // Whether somebody must be together with it where it is, and would be with nobody else.
  bool needed(Index seat) const;
  // Whether some app that a workload must be together with has no place any more, but had one.
  bool left_alone(Index seat) const;
  // Counts a running seat as on the move, or not any more.
  void count_move(Index seat, int change) {
    if (seats_[seat].had_node) moving_[compiled().job(seats_[seat].job).app] += change;
  }

  // REQUIRES: the seat has no node.
  void sit(Index seat, Index node) { sit(seat, node, best_cards(seat, node)); }
  void sit(Index seat, Index node, Cards cards);
  // Gives what it had, so that it can sit there again. REQUIRES: the seat has a node.
  Cards leave(Index seat);

  // Who stands in the way of a seat on a node: without some of these it cannot have it. Empty if
  // nobody's going helps. REQUIRES: the node does not take it.
  std::vector<Index> blockers(Index seat, Index node) const;

 private:
  Cards best_cards(Index seat, Index node) const;
  void add_sharers(const Tie& tie, Index seat, Index node, std::vector<Index>& out) const;

  Engine engine_;
  std::vector<Seat> seats_;
  std::vector<std::vector<Index>> on_;
  std::vector<std::vector<Index>> of_app_;
  std::vector<bool> resized_;                // by job
  std::vector<int> moving_, most_moving_;    // by app
  std::vector<std::vector<Index>> seekers_;  // by app: seats that must be together with it
};

}  // namespace paas::placement
