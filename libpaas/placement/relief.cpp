// Who leaves a node that has too little for all that is on it.

#include <algorithm>
#include <limits>
#include <tuple>

#include "libpaas/placement/decide.hpp"

namespace paas::placement {
namespace relieving {

constexpr std::size_t most_leavers = 3;  // that are looked for together
constexpr std::size_t most_tried = 64;   // sets of leavers

}  // namespace relieving

bool Decider::overbooked(Index node) const {
  const Amount* free = seating_.ledger().free(node);
  return std::any_of(free, free + compiled_.resource_count(),
                     [](Amount amount) { return amount < 0; });
}

bool Decider::relieved_without(Index node, const std::vector<Index>& leavers) const {
  const Amount* free = seating_.ledger().free(node);
  for (Index r = 0; r < compiled_.resource_count(); ++r) {
    Amount left = free[r];
    for (const Index seat : leavers) {
      for (const Need& need : compiled_.shape(seating_[seat].job).needs) {
        left += need.resource == r ? need.amount : 0;
      }
    }
    if (left < 0) return false;
  }
  return true;
}

// Who is on a node and uses what it lacks.
std::vector<Index> Decider::users_of_lack(Index node) const {
  const Amount* free = seating_.ledger().free(node);
  std::vector<Index> out;
  for (const Index seat : seating_.on(node)) {
    const auto& needs = compiled_.shape(seating_[seat].job).needs;
    const bool uses = std::any_of(needs.begin(), needs.end(),
                                  [&](const Need& need) { return free[need.resource] < 0; });
    if (uses) out.push_back(seat);
  }
  return out;
}

// … and may go.
std::vector<Index> Decider::of_use(Index node) const {
  std::vector<Index> out = users_of_lack(node);
  std::erase_if(out, [&](Index seat) { return !seating_.may_go(seat); });
  return out;
}

// All sets of so many that alone would do, the best first: the lowest priorities, then workloads
// that help most nodes, so that few workloads are disturbed, then the cheapest.
std::vector<std::vector<Index>> Decider::leavers_of(Index node, std::size_t count,
                                                    const std::vector<Index>& among) {
  using Key = std::tuple<bool, int, int, Amount>;
  std::vector<std::pair<Key, std::vector<Index>>> found;
  std::vector<Index> set;
  const auto pick = [&](const auto& self, std::size_t from) -> void {
    if (--relief_left_ < 0) return;
    if (set.size() == count) {
      if (!relieved_without(node, set)) return;
      Key key{false, std::numeric_limits<int>::min(), 0, 0};
      for (const Index seat : set) {
        auto& [needed, priority, helps, cost] = key;
        needed = needed || seating_.needed(seat);
        priority = std::max(priority, seating_.priority(seat));
        helps -= helps_[seating_[seat].job];
        cost += seating_.cost(seat);
      }
      found.emplace_back(key, set);
      return;
    }
    for (std::size_t i = from; i < among.size(); ++i) {
      set.push_back(among[i]);
      self(self, i + 1);
      set.pop_back();
    }
  };
  pick(pick, 0);
  std::sort(found.begin(), found.end());
  std::vector<std::vector<Index>> out;
  for (auto& [key, leavers] : found) out.push_back(std::move(leavers));
  return out;
}

// Whether all of these find a place elsewhere, and may go there.
bool Decider::can_leave(const std::vector<Index>& leavers) {
  const Index node = seating_[leavers.front()].node;
  std::vector<Gone> gone;
  bool out = true;
  for (const Index seat : leavers) {
    if (!seating_.may_go(seat)) {
      out = false;
      break;
    }
    gone.push_back(push_out(seat));
  }
  Sits there;
  for (const Gone& each : gone) {
    const Index to = out ? seating_.engine().best(seating_[each.seat].job).node : nowhere;
    out = out && to != nowhere && to != node;
    if (!out) break;
    seating_.sit(each.seat, to);
    there.emplace_back(each.seat, to);
  }
  leave_all(there);
  for (auto at = gone.rbegin(); at != gone.rend(); ++at) take_back(*at);
  return out;
}

// The fewest who can go and whose going is enough; those who were resized before all others.
std::vector<Index> Decider::who_leaves(Index node) {
  std::vector<Index> all = of_use(node);
  std::vector<Index> resized;
  for (const Index seat : all) {
    if (seating_.resized(seat)) resized.push_back(seat);
  }
  for (const auto* among : {&resized, &all}) {
    bool fewer_would_do = false;
    for (std::size_t count = 1; count <= relieving::most_leavers; ++count) {
      auto sets = leavers_of(node, count, *among);
      if (sets.size() > relieving::most_tried) sets.resize(relieving::most_tried);
      for (const auto& set : sets) {
        if (!can_leave(set)) continue;
        proven_ = proven_ && !fewer_would_do && relief_left_ >= 0;
        return set;
      }
      fewer_would_do = fewer_would_do || !sets.empty();
    }
  }
  return {};
}

// Nobody finds a place elsewhere as things are, but moves of others may make one: who was resized,
// or of those who alone would do the best, or whoever helps most.
Index Decider::who_relieves(Index node) {
  const std::vector<Index> all = of_use(node);
  Index best = nowhere;
  const auto key = [&](Index seat) {
    return std::tuple(!seating_.resized(seat), !relieved_without(node, {seat}),
                      seating_.needed(seat), seating_.priority(seat), -helps_[seating_[seat].job],
                      -compiled_.kind(seating_[seat].job).dominant_share);
  };
  for (const Index seat : all) {
    if (best == nowhere || key(seat) < key(best)) best = seat;
  }
  // That who was resized goes is a rule; anybody else could have been another.
  if (best != nowhere && !seating_.resized(best)) proven_ = proven_ && all.size() == 1;
  return best;
}

void Decider::relieve(Index node) {
  const std::string because = compiled_.node(node).name + " has too little for all that is on it";
  for (const Index seat : who_leaves(node)) get_up(seat, because);
  while (overbooked(node)) {
    const Index seat = who_relieves(node);
    if (seat == nowhere) {
      for (const Index other : users_of_lack(node)) {
        notes_[other].waits = true;
        notes_[other].because =
            because + "; it waits, for no more of what is here may be on the move at once";
      }
      return;
    }
    get_up(seat, because);
  }
}

void Decider::relieve_overbooked() {
  std::vector<Index> over;
  for (const Index node : compiled_.by_name()) {
    if (overbooked(node)) over.push_back(node);
  }
  helps_.assign(compiled_.job_count(), 0);
  for (const Index node : over) {
    std::vector<Index> jobs;
    for (const Index seat : seating_.on(node)) {
      if (relieved_without(node, {seat})) jobs.push_back(seating_[seat].job);
    }
    jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
    for (const Index job : jobs) ++helps_[job];
  }
  for (const Index node : over) relieve(node);
}

}  // namespace paas::placement
