#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "libpaas/placement/decide.hpp"
#include "libpaas/placement/random_problem_test.hpp"
#include "libpaas/placement/what_if.hpp"

namespace paas::placement::rebalance_test {

Problem standing(std::uint64_t seed) {
  Problem out = random_problem::problem(seed);
  out.rules.search_budget = 200'000;
  return out;
}

// Who stands, by allocation.
struct Floor {
  explicit Floor(const Problem& problem) : compiled(problem), decider(compiled, false) {
    decider.seat_standing();
    for (Index seat = 0; seat < seating().size(); ++seat) {
      if (seating()[seat].node != nowhere) by_name[seating().allocation(seat)] = seat;
    }
  }
  Seating& seating() { return decider.seating(); }
  std::int64_t score(Index seat, Index node) {
    return seating().engine().scorer().parts(seating()[seat].job, node, nowhere).sum();
  }
  // Moves the seat; its gain.
  std::int64_t move(Index seat, Index to) {
    const Index from = seating()[seat].node;
    seating().leave(seat);
    REQUIRE(takes(seating().ledger(), seating()[seat].job, to));
    const std::int64_t gain = score(seat, to) - score(seat, from);
    seating().sit(seat, to);
    return gain;
  }

  Compiled compiled;
  Decider decider;
  std::map<Allocation, Index> by_name{};
};

std::int64_t gain_of(const std::vector<Move>& moves) {
  std::int64_t out = 0;
  for (const Move& move : moves) out += move.gain;
  return out;
}

// The best single move again and again, each by asking every node: what chains must not be worse
// than.
std::int64_t greedy_gain(const Problem& problem, int max_moves) {
  Floor floor(problem);
  Seating& seating = floor.seating();
  std::set<Index> moved;
  std::int64_t out = 0;
  for (int i = 0; i < max_moves; ++i) {
    struct {
      std::int64_t gain = 0;
      Amount cost = 0;
      Index seat = nowhere, to = nowhere;
    } best;
    for (Index seat = 0; seat < seating.size(); ++seat) {
      if (!seating.movable(seat) || moved.contains(seat)) continue;
      const Index from = seating[seat].node;
      const Amount cost = seating.cost(seat);
      Cards cards = seating.leave(seat);
      const Spot spot = seating.engine().best_by_scan(seating[seat].job);
      if (spot.node != nowhere && spot.node != from &&
          takes(seating.ledger(), seating[seat].job, from)) {
        const std::int64_t gain = spot.score - floor.score(seat, from);
        if (gain > best.gain || (gain > 0 && gain == best.gain && cost < best.cost)) {
          best = {gain, cost, seat, spot.node};
        }
      }
      seating.sit(seat, from, std::move(cards));
    }
    if (best.seat == nowhere) break;
    seating.count_move(best.seat, 1);
    seating.leave(best.seat);
    seating.sit(best.seat, best.to);
    moved.insert(best.seat);
    out += best.gain;
  }
  return out;
}

TEST_CASE("rebalance: each move can be made in turn and gains what is said") {
  CHECK(rc::check("on random clusters", [](std::uint64_t seed) {
    const Problem problem = standing(seed);
    const int most = static_cast<int>(seed % 6);
    const std::vector<Move> moves = rebalance(problem, most);
    RC_ASSERT(static_cast<int>(moves.size()) <= most);
    RC_ASSERT(moves == rebalance(problem, most));
    Floor floor(problem);
    std::set<Allocation> moved;
    for (const Move& move : moves) {
      RC_ASSERT(moved.insert(move.allocation).second);
      const Index seat = floor.by_name.at(move.allocation);
      RC_ASSERT(floor.compiled.node(floor.seating()[seat].node).name == move.from);
      RC_ASSERT(floor.move(seat, floor.compiled.find_node(move.to)) == move.gain);
    }
    RC_ASSERT(moves.empty() || gain_of(moves) > 0);
  }));
}

TEST_CASE("rebalance: never worse than single moves, and within its budget") {
  CHECK(rc::check("on random clusters", [](std::uint64_t seed) {
    Problem problem = standing(seed);
    const int most = 1 + static_cast<int>(seed % 5);
    RC_ASSERT(gain_of(rebalance(problem, most)) >= greedy_gain(problem, most));
    problem.rules.search_budget = 0;
    RC_ASSERT(rebalance(problem, most).empty());
  }));
}

TEST_CASE("rebalance: moves that only gain together are found, too") {
  bool gained = false;
  for (std::uint64_t seed = 1; seed <= 300 && !gained; ++seed) {
    const Problem problem = standing(seed);
    gained = gain_of(rebalance(problem, 4)) > greedy_gain(problem, 4);
  }
  CHECK(gained);
}

}  // namespace paas::placement::rebalance_test
