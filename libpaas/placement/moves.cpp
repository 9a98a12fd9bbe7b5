#include "libpaas/placement/moves.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace paas::placement {
namespace {

constexpr int most_moves = 8;
constexpr int most_proven_moves = 3;
constexpr int most_reseats = 3;

}  // namespace

bool MoveSearch::spend(std::int64_t units) {
  left_ -= units;
  return left_ >= 0;
}

// Moving others about makes no more room than there is in all.
bool MoveSearch::worth_trying(Index seat) const {
  const Compiled& compiled = seating_.compiled();
  const Ledger& ledger = seating_.ledger();
  const Index job = seating_[seat].job;
  if (!ledger.within_quota(job)) return false;
  for (const Need& need : compiled.shape(job).needs) {
    Amount free = 0;
    for (Index n = 0; n < compiled.node_count(); ++n) {
      free += std::max<Amount>(ledger.free(n)[need.resource], 0);
    }
    if (free < need.amount) return false;
  }
  for (Index n = 0; n < compiled.node_count(); ++n) {
    if (!compiled.gate(job).open.has(n)) continue;
    const auto& needs = compiled.shape(job).needs;
    if (std::all_of(needs.begin(), needs.end(), [&](const Need& need) {
          return compiled.capacity(n)[need.resource] >= need.amount;
        })) {
      return true;
    }
  }
  return false;
}

std::optional<MovePlan> MoveSearch::find(Index seat) {
  best_.reset();
  complete_ = left_ > 0 && fully_searched(seat);
  if (!worth_trying(seat)) return std::nullopt;
  bool newcomers = false;
  for (Index other = 0; other < seating_.size(); ++other) {
    newcomers = newcomers || (seating_[other].node != nowhere && !seating_.settled(other));
  }
  for (int moves = newcomers ? 0 : 1; moves <= most_moves && left_ > 0; ++moves) {
    pending_.assign(1, seat);
    origin_.assign(1, nowhere);
    moves_left_ = moves;
    reseats_left_ = newcomers ? most_reseats : 0;
    cost_ = 0;
    place_next(0);
    if (!best_) continue;
    best_->proven = complete() && moves <= most_proven_moves;
    break;
  }
  return best_;
}

// Whether moving who is in its way is all that can make room for it.
bool MoveSearch::fully_searched(Index seat) const {
  const Kind& kind = seating_.compiled().kind(seating_[seat].job);
  return std::none_of(kind.ties.begin(), kind.ties.end(),
                      [](const Tie& tie) { return tie.kind == TieKind::together; }) &&
         std::none_of(kind.spreads.begin(), kind.spreads.end(),
                      [](const SpreadTie& spread) { return spread.max_skew > 0; });
}

void MoveSearch::record() {
  MovePlan plan;
  plan.node = seating_[pending_[0]].node;
  plan.cost = cost_;
  for (std::size_t i = 1; i < pending_.size(); ++i) {
    plan.steps.push_back({pending_[i], seating_[pending_[i]].node});
    if (seating_[pending_[i]].from == origin_[i]) ++plan.steps_of_others;
  }
  best_ = std::move(plan);
}

bool MoveSearch::all_have_room(std::size_t from) {
  const Compiled& compiled = seating_.compiled();
  for (std::size_t i = from; i < pending_.size(); ++i) {
    const Index job = seating_[pending_[i]].job;
    const auto& nodes = compiled.by_name();
    if (!spend(1)) return false;
    if (std::none_of(nodes.begin(), nodes.end(), [&](Index node) {
          return node != origin_[i] && takes(seating_.ledger(), job, node);
        })) {
      return false;
    }
  }
  return true;
}

// Where the last one goes costs nothing, so the best node will do.
void MoveSearch::try_last(std::size_t at) {
  const Index seat = pending_[at];
  const Spot spot = seating_.engine().best(seating_[seat].job);
  if (spot.node == nowhere || spot.node == origin_[at]) return;
  seating_.sit(seat, spot.node);
  record();
  seating_.leave(seat);
}

void MoveSearch::place_next(std::size_t at) {
  if (beaten() || !spend(1)) return;
  if (at == pending_.size()) return record();
  const Index seat = pending_[at];
  if (at > 0 && at + 1 == pending_.size()) try_last(at);
  for (const Index node : seating_.compiled().by_name()) {
    if (beaten() || left_ < 0) return;
    if (node == origin_[at] || !seating_.compiled().gate(seating_[seat].job).open.has(node)) {
      continue;
    }
    if (takes(seating_.ledger(), seating_[seat].job, node)) {
      seating_.sit(seat, node);
      place_next(at + 1);
      seating_.leave(seat);
    } else if (moves_left_ > 0 || reseats_left_ > 0) {
      evict(at, node, nowhere);
    }
  }
}

bool MoveSearch::may_evict(Index blocker) {
  if (std::find(pending_.begin(), pending_.end(), blocker) != pending_.end()) return false;
  if ((seating_.settled(blocker) ? moves_left_ : reseats_left_) == 0) return false;
  if (!seating_.movable(blocker)) {
    complete_ = complete_ && !seating_.may_go(blocker);
    return false;
  }
  complete_ = complete_ && fully_searched(blocker);
  return true;
}

// One of those in the way goes; of several that must, in ascending order.
void MoveSearch::evict(std::size_t at, Index node, Index after) {
  // Job, node and whether it runs: replicas side by side are alike.
  std::vector<std::tuple<Index, Index, bool>> tried;
  for (const Index blocker : seating_.blockers(pending_[at], node)) {
    if ((after != nowhere && blocker <= after) || !may_evict(blocker)) continue;
    const bool settled = seating_.settled(blocker);
    const std::tuple alike{seating_[blocker].job, seating_[blocker].node, settled};
    if (std::find(tried.begin(), tried.end(), alike) != tried.end()) continue;
    tried.push_back(alike);
    if (!spend(1)) return;
    pending_.push_back(blocker);
    origin_.push_back(seating_[blocker].node);
    const Amount cost = seating_.cost(blocker);
    int& left = settled ? moves_left_ : reseats_left_;
    Cards cards = seating_.leave(blocker);
    if (settled) seating_.count_move(blocker, 1);
    cost_ += cost;
    --left;
    if (!beaten()) go_on(at, node, blocker);
    ++left;
    cost_ -= cost;
    if (settled) seating_.count_move(blocker, -1);
    seating_.sit(blocker, origin_.back(), std::move(cards));
    origin_.pop_back();
    pending_.pop_back();
  }
}

void MoveSearch::go_on(std::size_t at, Index node, Index evicted) {
  const Index seat = pending_[at];
  if (!takes(seating_.ledger(), seating_[seat].job, node)) {
    if (moves_left_ > 0 || reseats_left_ > 0) evict(at, node, evicted);
    return;
  }
  if (moves_left_ == 0 && reseats_left_ == 0 && !all_have_room(at + 1)) return;
  seating_.sit(seat, node);
  place_next(at + 1);
  seating_.leave(seat);
}

}  // namespace paas::placement
