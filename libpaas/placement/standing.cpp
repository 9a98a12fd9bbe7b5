// The first half of a decision: who may stay.

#include <algorithm>
#include <map>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"

namespace paas::placement {

// Who comes first stays if not all can.
std::vector<Index> Decider::standing_order() const {
  std::vector<Index> out;
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    if (seating_[seat].from != nowhere) out.push_back(seat);
  }
  std::stable_sort(out.begin(), out.end(), [&](Index a, Index b) {
    const Kind& first = compiled_.kind(seating_[a].job);
    const Kind& second = compiled_.kind(seating_[b].job);
    if (first.priority != second.priority) return first.priority > second.priority;
    return first.dominant_share > second.dominant_share;
  });
  return out;
}

void Decider::get_up(Index seat, std::string because) {
  if (seating_[seat].node != nowhere) seating_.leave(seat);
  seating_.count_move(seat, 1);
  notes_[seat].because = std::move(because);
}

// What about the node, or about a quota, forbids it to stay; nothing if it may.
std::string Decider::why_not_stay(Index seat) const {
  const Index node = seating_[seat].from;
  const Index job = seating_[seat].job;
  const std::string& name = compiled_.node(node).name;
  if (compiled_.node(node).drained) return name + " is drained";
  static constexpr std::string_view of_node[] = {"arch", "label", "pin", "taint", "volume"};
  if (!compiled_.gate(job).open.has(node)) {
    std::vector<std::string> texts;
    for (const Refusal& refusal : refusals(seating_.ledger(), job, node)) {
      if (std::find(std::begin(of_node), std::end(of_node), refusal.reason) == std::end(of_node)) {
        continue;
      }
      texts.push_back(refusal.reason + (refusal.what.empty() ? "" : " ") + refusal.what);
    }
    return name + " does not suit it any more: " + join(texts, ", ");
  }
  if (!seating_.ledger().within_quota(job)) {
    return "the quota of project " + compiled_.project(compiled_.kind(job).project) +
           " does not allow it";
  }
  return {};
}

void Decider::seat_standing() {
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    if (seating_[seat].had_node && seating_[seat].from == nowhere) {
      const auto& current = compiled_.problem().current;
      get_up(seat, current.find(seating_.allocation(seat))->second + " is gone");
    }
  }
  std::vector<Index> leaving;
  for (const Index seat : standing_order()) {
    const Index node = seating_[seat].from;
    std::string why_not = why_not_stay(seat);
    if (!why_not.empty()) {
      notes_[seat].because = std::move(why_not);
      leaving.push_back(seat);
      continue;
    }
    const Shape& shape = compiled_.shape(seating_[seat].job);
    if (!shape.cards.empty() && !seating_.ledger().cards_for(shape, node)) {
      get_up(seat, compiled_.node(node).name + " has not the devices for it any more");
    } else if (!company_admits(seating_.ledger(), seating_[seat].job, node, Asking::seating)) {
      get_up(seat, "it may not share " + compiled_.node(node).name + " with what is there");
    } else {
      seating_.sit(seat, node);
      notes_[seat].because = "stays where it is";
    }
  }
  seat_waiting(leaving);
  part_the_incompatible();
  relieve_overbooked();
  part_the_incompatible();
}

// No more of an app than may are on the move; the others wait where they are.
void Decider::seat_waiting(std::vector<Index>& leaving) {
  std::sort(leaving.begin(), leaving.end());
  std::map<Index, int> moving;
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    if (seating_[seat].had_node && seating_[seat].from == nowhere) {
      ++moving[compiled_.job(seating_[seat].job).app];
    }
  }
  for (const Index seat : leaving) {
    const Index job = seating_[seat].job;
    const int most = compiled_.kind(job).max_unavailable;
    int& on_the_move = moving[compiled_.job(job).app];
    if (most < 0 || on_the_move < most) {
      ++on_the_move;
      get_up(seat, std::move(notes_[seat].because));
      continue;
    }
    notes_[seat].because += "; it waits, for no more than " + std::to_string(most) + " of " +
                            std::string(compiled_.app_name(compiled_.job(job).app)) +
                            " may be on the move at once";
    seating_.seat(seat).fixed = true;
    seating_.sit(seat, seating_[seat].from);
  }
}

// Who must be together with somebody that got up gets up, too; and so on.
void Decider::part_the_incompatible() {
  for (bool changed = true; changed;) {
    changed = false;
    for (Index seat = 0; seat < seating_.size(); ++seat) {
      const Index node = seating_[seat].node;
      if (node == nowhere || !seating_.may_go(seat)) continue;
      const auto& ties = compiled_.kind(seating_[seat].job).ties;
      if (std::none_of(ties.begin(), ties.end(),
                       [](const Tie& tie) { return tie.kind == TieKind::together; })) {
        continue;
      }
      Cards cards = seating_.leave(seat);
      if (company_admits(seating_.ledger(), seating_[seat].job, node, Asking::standing)) {
        seating_.sit(seat, node, std::move(cards));
        continue;
      }
      get_up(seat, "what it must be together with is not with " + compiled_.node(node).name +
                       " any more");
      changed = true;
    }
  }
}

bool Decider::overbooked(Index node) const {
  const Amount* free = seating_.ledger().free(node);
  return std::any_of(free, free + compiled_.resource_count(),
                     [](Amount amount) { return amount < 0; });
}

bool Decider::relieved_without(Index seat) const {
  const Amount* free = seating_.ledger().free(seating_[seat].node);
  const auto& needs = compiled_.shape(seating_[seat].job).needs;
  for (Index r = 0; r < compiled_.resource_count(); ++r) {
    Amount left = free[r];
    for (const Need& need : needs) left += need.resource == r ? need.amount : 0;
    if (left < 0) return false;
  }
  return true;
}

// Of those who alone would do: the lowest priority, then the workload that helps most nodes, so
// that few workloads are disturbed, then the cheapest. If none would do alone: who helps at all.
Index Decider::who_relieves(Index node, const std::vector<int>& helps) const {
  Index best = nowhere;
  const auto key = [&](Index seat) {
    const bool alone = relieved_without(seat);
    const Amount share = compiled_.kind(seating_[seat].job).dominant_share;
    return std::tuple(!alone, seating_.priority(seat), -helps[seating_[seat].job],
                      alone ? seating_.cost(seat) : -share);
  };
  const Amount* free = seating_.ledger().free(node);
  for (const Index seat : seating_.on(node)) {
    const auto& needs = compiled_.shape(seating_[seat].job).needs;
    const bool of_use = std::any_of(needs.begin(), needs.end(),
                                    [&](const Need& need) { return free[need.resource] < 0; });
    if (!of_use || !seating_.may_go(seat)) continue;
    if (best == nowhere || key(seat) < key(best)) best = seat;
  }
  return best;
}

void Decider::relieve_overbooked() {
  std::vector<Index> over;
  for (const Index node : compiled_.by_name()) {
    if (overbooked(node)) over.push_back(node);
  }
  std::vector<int> helps(compiled_.job_count());
  for (const Index node : over) {
    std::vector<Index> jobs;
    for (const Index seat : seating_.on(node)) {
      if (relieved_without(seat)) jobs.push_back(seating_[seat].job);
    }
    jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
    for (const Index job : jobs) ++helps[job];
  }
  for (const Index node : over) {
    while (overbooked(node)) {
      const Index seat = who_relieves(node, helps);
      if (seat == nowhere) {
        for (const Index other : seating_.on(node)) {
          notes_[other].because = compiled_.node(node).name +
                                  " has too little for all that is on it; it waits, for no more "
                                  "of what is here may be on the move at once";
        }
        break;
      }
      get_up(seat, compiled_.node(node).name + " has too little for all that is on it");
    }
  }
}

}  // namespace paas::placement
