// What is said about those who have no place: when all others are seated, so that it is true of the
// decision as it stands.

#include <algorithm>
#include <set>

#include "libpaas/placement/decide.hpp"

namespace paas::placement {

// Since its turn came there may be room: others moved or lost their place, or a spread evened out.
// Gangs were decided as one and stay as they are.
void Decider::seat_latecomers() {
  std::vector<Index> waiting;
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    if (seating_[seat].node != nowhere || !notes_[seat].refused) continue;
    if (seating_.workload(seat).gang.empty()) waiting.push_back(seat);
  }
  std::stable_sort(waiting.begin(), waiting.end(),
                   [&](Index a, Index b) { return seating_.priority(a) > seating_.priority(b); });
  for (bool seated = true; seated;) {
    seated = false;
    std::set<Index> hopeless;  // jobs
    for (const Index seat : waiting) {
      const Index job = seating_[seat].job;
      if (seating_[seat].node != nowhere || hopeless.contains(job)) continue;
      const bool found = seat_late(seat);
      seated = seated || found;
      if (!found) hopeless.insert(job);
    }
  }
}

// Where its company is; to be the first of it is of no use any more.
bool Decider::seat_late(Index seat) {
  const Spot spot = seating_.engine().best(seating_[seat].job, seating_[seat].from);
  if (spot.node == nowhere) return false;
  seating_.sit(seat, spot.node);
  const bool holds = ties_hold(seat);
  seating_.leave(seat);
  return holds && seat_directly(seat);
}

Sits Decider::seat_company(Index seat) {
  Sits out;
  for (const auto& [other, node] : notes_[seat].beside) {
    const Index job = seating_[other].job;
    if (seating_[other].node != nowhere) continue;
    if (!takes(seating_.ledger(), job, node, Asking::beginning)) continue;
    seating_.sit(other, node);
    out.emplace_back(other, node);
  }
  return out;
}

void Decider::explain_refusals() {
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    if (seating_[seat].node != nowhere || !notes_[seat].refused) continue;
    const Sits company = seat_company(seat);
    explain_refusal(seat);
    leave_all(company);
  }
}

// Whether there is a place for it, but not for it and those it is placed with.
bool Decider::is_left_out(Index seat) const {
  const Index job = seating_[seat].job;
  const auto& ties = compiled_.kind(job).ties;
  const bool company = std::any_of(ties.begin(), ties.end(),
                                   [](const Tie& tie) { return tie.kind == TieKind::together; });
  if (!company && seating_.workload(seat).gang.empty()) return false;
  const auto& nodes = compiled_.by_name();
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](Index node) { return takes(seating_.ledger(), job, node); });
}

void Decider::explain_refusal(Index seat) {
  const Index job = seating_[seat].job;
  Note& note = notes_[seat];
  if (!note.preempted) {
    if (!note.because.empty()) note.because += "; ";
    if (!seating_.ledger().within_quota(job)) {
      note.because += "the quota of project " + compiled_.project(compiled_.kind(job).project) +
                      " does not allow it";
    } else {
      note.because += is_left_out(seat) ? "there is no place for all that must be placed with it"
                                        : "no node takes it";
    }
  }
  if (!reasons_) return;
  note.refused_by = counts_.of(job);
  note.remedy = remedy_for(seating_.ledger(), job);
}

}  // namespace paas::placement
