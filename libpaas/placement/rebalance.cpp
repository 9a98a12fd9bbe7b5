// Moves that make a placement better. What is looked for, step by step, is the chain of moves with
// the greatest gain a move: one alone; two, the first of which makes room for the second; or all
// that leave a node. Beside that stands the plain greedy search for single moves, whose answer is
// given unless the chains gain more.

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "libpaas/placement/decide.hpp"
#include "libpaas/placement/what_if.hpp"

namespace paas::placement {
namespace rebalancing {

struct Step {
  Index seat = nowhere;
  Index from = nowhere;
  Index to = nowhere;
  Amount cost = 0;
  std::int64_t gain = 0;
};
using Chain = std::vector<Step>;

std::int64_t gain_of(const Chain& chain) {
  std::int64_t out = 0;
  for (const Step& step : chain) out += step.gain;
  return out;
}

// More gain a move; of equals fewer moves, then the cheaper ones.
bool better(const Chain& a, const Chain& b) {
  if (b.empty()) return !a.empty();
  const auto size_a = static_cast<std::int64_t>(a.size());
  const auto size_b = static_cast<std::int64_t>(b.size());
  const std::int64_t gain_a = gain_of(a) * size_b;
  const std::int64_t gain_b = gain_of(b) * size_a;
  const auto cost = [](const Chain& chain) {
    Amount out = 0;
    for (const Step& step : chain) out += step.cost;
    return out;
  };
  return std::tuple(gain_a, -size_a, -cost(a)) > std::tuple(gain_b, -size_b, -cost(b));
}

class Search {
 public:
  // `budget` is what may be spent; what is left of it stands there afterwards.
  Search(const Compiled& compiled, std::int64_t& budget)
      : decider_(compiled, false), seating_(decider_.seating()), left_(budget) {
    decider_.seat_standing();
  }

  Allocation name(Index seat) const { return seating_.allocation(seat); }

  // At most `most` moves that gain, each of which can be made after those before it.
  Chain run(std::size_t most, bool chains) {
    Chain out;
    while (out.size() < most) {
      best_.clear();
      longest_ = most - out.size();
      look_at_singles();
      if (chains && longest_ > 1) {
        look_at_nodes();
        look_at_pairs();
      }
      if (best_.empty()) break;
      for (const Step& step : best_) {
        make(step.seat, step.to);
        moved_.insert(step.seat);
        out.push_back(step);
      }
      made_.clear();
    }
    return out;
  }

 private:
  // A move that was tried.
  struct Made {
    Index seat;
    Index from;
    Cards cards;
  };

  bool spend() { return --left_ >= 0; }
  bool may_move(Index seat) const { return seating_.movable(seat) && !moved_.contains(seat); }

  void make(Index seat, Index to) {
    const Index from = seating_[seat].node;
    seating_.count_move(seat, 1);
    made_.push_back({seat, from, seating_.leave(seat)});
    seating_.sit(seat, to);
  }

  void undo() {
    for (; !made_.empty(); made_.pop_back()) {
      Made& last = made_.back();
      seating_.leave(last.seat);
      seating_.sit(last.seat, last.from, std::move(last.cards));
      seating_.count_move(last.seat, -1);
    }
  }

  // Scores are differences of one sum over all nodes, so that the gain is theirs.
  std::int64_t score(Index seat, Index node) const {
    return seating_.engine().scorer().parts(seating_[seat].job, node, nowhere).sum();
  }
  bool takes_it(Index seat, Index node) const {
    return takes(seating_.ledger(), seating_[seat].job, node);
  }

  // Who stands where he could not go has his reasons, and stays. `to` may be left to the engine,
  // which knows no better node if that is the one where the seat is.
  std::optional<Step> judged(Index seat, Index to = nowhere) {
    if (!spend()) return {};
    Step out{seat, seating_[seat].node, to, seating_.cost(seat), 0};
    Cards cards = seating_.leave(seat);
    if (takes_it(seat, out.from)) {
      if (to == nowhere) out.to = seating_.engine().best(seating_[seat].job).node;
      const bool can = out.to != nowhere && out.to != out.from && takes_it(seat, out.to);
      if (can) out.gain = score(seat, out.to) - score(seat, out.from);
      if (!can) out.to = nowhere;
    } else {
      out.to = nowhere;
    }
    seating_.sit(seat, out.from, std::move(cards));
    if (out.to == nowhere) return {};
    return out;
  }

  // The best node that is another one.
  std::optional<Step> judged_elsewhere(Index seat) {
    std::optional<Step> best = judged(seat);
    if (best) return best;
    for (const Index node : seating_.compiled().by_name()) {
      if (node == seating_[seat].node || !takes_it(seat, node)) continue;
      const auto step = judged(seat, node);
      if (step && (!best || step->gain > best->gain)) best = step;
    }
    return best;
  }

  void offer(const Chain& chain) {
    if (gain_of(chain) > 0 && better(chain, best_)) best_ = chain;
  }

  void look_at_singles() {
    for (Index seat = 0; seat < seating_.size() && left_ > 0; ++seat) {
      if (!may_move(seat)) continue;
      if (const auto step = judged(seat)) offer({*step});
    }
  }

  // All who are on a node leave it, one after the other.
  void look_at_nodes() {
    for (const Index node : seating_.compiled().by_name()) {
      const std::vector<Index> here = seating_.on(node);
      if (here.size() < 2 || here.size() > longest_) continue;
      Chain chain;
      for (const Index seat : here) {
        if (!may_move(seat)) break;
        const auto step = judged_elsewhere(seat);
        if (!step) break;
        make(seat, step->to);
        chain.push_back(*step);
      }
      undo();
      if (left_ < 0) return;
      if (chain.size() == here.size()) offer(chain);
    }
  }

  // One who has no room on a node gets it, because somebody there goes elsewhere.
  void look_at_pairs() {
    for (Index seat = 0; seat < seating_.size(); ++seat) {
      if (!may_move(seat)) continue;
      for (const Index node : seating_.compiled().by_name()) {
        const Index job = seating_[seat].job;
        if (node == seating_[seat].node || !seating_.compiled().gate(job).open.has(node)) continue;
        if (!spend()) return;
        if (takes_it(seat, node)) continue;
        for (const Index other : seating_.blockers(seat, node)) {
          if (other != seat && seating_[other].node == node && may_move(other)) {
            look_at_pair(other, seat, node);
          }
        }
      }
    }
  }

  void look_at_pair(Index first, Index second, Index node) {
    Chain chain;
    if (const auto step = judged_elsewhere(first)) {
      make(first, step->to);
      chain.push_back(*step);
      const auto then = may_move(second) ? judged(second, node) : std::nullopt;
      if (then) chain.push_back(*then);
    }
    undo();
    if (chain.size() == 2) offer(chain);
  }

  Decider decider_;
  Seating& seating_;
  std::int64_t& left_;
  std::set<Index> moved_;
  std::vector<Made> made_;
  std::size_t longest_ = 0;
  Chain best_;
};

}  // namespace rebalancing

std::vector<Move> rebalance(const Problem& problem, int max_moves) {
  const Compiled compiled(problem);
  const auto most = static_cast<std::size_t>(std::max(max_moves, 0));
  std::int64_t budget = problem.rules.search_budget;
  rebalancing::Search greedy(compiled, budget);
  rebalancing::Chain chain = greedy.run(most, false);
  if (most > 1 && budget > 0) {
    rebalancing::Search search(compiled, budget);
    rebalancing::Chain other = search.run(most, true);
    if (gain_of(other) > gain_of(chain)) chain = std::move(other);
  }
  std::vector<Move> out;
  for (const rebalancing::Step& step : chain) {
    out.push_back({greedy.name(step.seat), compiled.node(step.from).name,
                   compiled.node(step.to).name, step.cost, step.gain});
  }
  return out;
}

}  // namespace paas::placement
