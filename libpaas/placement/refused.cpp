// What is said about those who have no place: when all others are seated, so that it is true of the
// decision as it stands.

#include <algorithm>
#include <set>

#include "libpaas/base/document.hpp"
#include "libpaas/base/text.hpp"
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

// What it asks for by a name that no node knows: "no node has a resource "cpus"; did you mean
// "cpu"?"
std::string Decider::unknown_names(Index job) const {
  std::set<std::string> out;
  const auto check = [&](const char* noun, std::string_view name,
                         const std::set<std::string_view>& known) {
    if (known.contains(name)) return;
    const auto meant = nearest(name, {known.begin(), known.end()});
    out.insert(std::string("no node has a ") + noun + " " + std::string(name) +
               (meant.empty() ? "" : "; did you mean " + std::string(meant) + "?"));
  };
  const auto check_level = [&](const std::string& level) {
    if (level != "node" && level != "host") check("label", level, known_labels_);
  };
  const Workload& workload = compiled_.problem().workloads[job];
  for (const auto& [name, amount] : workload.requests) {
    if (amount > 0) check("resource", name, known_resources_);
  }
  for (const Term& term : workload.required) {
    if (term.op != Operator::not_in && term.op != Operator::absent) {
      check("label", term.label, known_labels_);
    }
  }
  for (const Relation& relation : workload.relations) {
    if (!relation.apart && !relation.weight) check_level(relation.level);
  }
  for (const Spread& spread : workload.spreads) {
    if (spread.max_skew) check_level(spread.level);
  }
  return join({out.begin(), out.end()}, "; ");
}

// Who would have to make way, but may not for its disruption budget; nothing if there is no such.
std::string Decider::held_by_budget(Index seat) const {
  if (!compiled_.problem().rules.preempt) return {};
  const Index job = seating_[seat].job;
  for (const Index node : compiled_.by_name()) {
    if (takes(seating_.ledger(), job, node)) continue;
    for (const Index other : seating_.blockers(seat, node)) {
      if (seating_.priority(other) >= seating_.priority(seat) || seating_.may_go(other)) continue;
      if (seating_.most_moving(other) < 0) continue;
      return name_of(seating_.allocation(other)) + " on " + compiled_.node(node).name +
             " has a lower priority, but no more than " +
             std::to_string(seating_.most_moving(other)) + " of " +
             std::string(compiled_.app_name(compiled_.job(seating_[other].job).app)) +
             " may be on the move at once";
    }
  }
  return {};
}

void Decider::explain_refusals() {
  const auto left_out = [&](Index seat) {
    return seating_[seat].node == nowhere && notes_[seat].refused;
  };
  Index first = 0;
  while (first < seating_.size() && !left_out(first)) ++first;
  if (first == seating_.size()) return;
  for (Index node = 0; node < compiled_.node_count(); ++node) {
    for (const auto& [name, amount] : compiled_.node(node).capacity) known_resources_.insert(name);
    for (const auto& [name, value] : compiled_.node(node).labels) known_labels_.insert(name);
  }
  for (Index seat = first; seat < seating_.size(); ++seat) {
    if (!left_out(seat)) continue;
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
  const std::string held = note.preempted ? "" : held_by_budget(seat);
  if (!held.empty()) note.because += "; " + held;
  const std::string unknown =
      compiled_.node_count() > 0 ? unknown_names(job) : "there are no nodes";
  if (!unknown.empty()) note.because += "; " + unknown;
  if (!reasons_) return;
  note.refused_by = counts_.of(job);
  note.remedy = remedy_for(seating_.ledger(), job);
}

}  // namespace paas::placement
