// The first half of a decision: who may stay.

#include <algorithm>
#include <map>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"

namespace paas::placement {

// Who comes first stays if not all can; who was resized comes last, lest others go for it.
std::vector<Index> Decider::standing_order() const {
  std::vector<Index> out;
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    if (seating_[seat].from != nowhere) out.push_back(seat);
  }
  std::stable_sort(out.begin(), out.end(), [&](Index a, Index b) {
    if (seating_.resized(a) != seating_.resized(b)) return seating_.resized(b);
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
  if (!seating_.ledger().within_quota(job)) return "it may not stay";
  const Shape& shape = compiled_.shape(job);
  if (!shape.cards.empty() && !seating_.ledger().cards_for(shape, node)) {
    return name + " has not the devices for it any more";
  }
  if (company_admits(seating_.ledger(), job, node, Asking::seating)) return {};
  for (const Refusal& refusal : refusals(seating_.ledger(), job, node)) {
    if (refusal.reason == "apart") return "it may not be with " + refusal.what + " any more";
    if (refusal.reason == "port") return "port " + refusal.what + " of " + name + " is taken";
  }
  return "it may not share " + name + " with what is there";
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
    seating_.sit(seat, node);
    notes_[seat].because = "stays where it is";
  }
  seat_waiting(leaving);
  // Whether others could have gone instead, and fewer, is not looked into.
  proven_ = leaving.size() <= 1;
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
    const int most = seating_.most_moving(seat);
    int& on_the_move = moving[compiled_.job(job).app];
    if (most < 0 || on_the_move < most) {
      ++on_the_move;
      get_up(seat, std::move(notes_[seat].because));
      continue;
    }
    seating_.sit(seat, seating_[seat].from);
    wait(seat, std::move(notes_[seat].because));
  }
}

// Stays for now, whatever stands against it.
void Decider::wait(Index seat, std::string because) {
  const Index job = seating_[seat].job;
  seating_.seat(seat).fixed = true;
  notes_[seat].waits = true;
  notes_[seat].because = std::move(because) + "; it waits, for no more than " +
                         std::to_string(seating_.most_moving(seat)) + " of " +
                         std::string(compiled_.app_name(compiled_.job(job).app)) +
                         " may be on the move at once";
}

// Who must be together with somebody that got up gets up, too; and so on.
void Decider::part_the_incompatible() {
  for (bool changed = true; changed;) {
    changed = false;
    for (Index seat = 0; seat < seating_.size(); ++seat) {
      const Index node = seating_[seat].node;
      if (node == nowhere || seating_[seat].fixed) continue;
      const auto& ties = compiled_.kind(seating_[seat].job).ties;
      if (std::none_of(ties.begin(), ties.end(),
                       [](const Tie& tie) { return tie.kind == TieKind::together; })) {
        continue;
      }
      Cards cards = seating_.leave(seat);
      if (!seating_.left_alone(seat) &&
          company_admits(seating_.ledger(), seating_[seat].job, node, Asking::standing)) {
        seating_.sit(seat, node, std::move(cards));
        continue;
      }
      std::string because =
          "what it must be together with is not with " + compiled_.node(node).name + " any more";
      seating_.sit(seat, node, std::move(cards));
      if (seating_.may_go(seat)) {
        get_up(seat, std::move(because));
        changed = true;
      } else {
        wait(seat, std::move(because));
      }
    }
  }
}

}  // namespace paas::placement
