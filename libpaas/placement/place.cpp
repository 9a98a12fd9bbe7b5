// The second half of a decision: who gets which node.
#include "libpaas/placement/place.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"
#include "libpaas/placement/groups.hpp"

namespace paas::placement {
namespace placing {

constexpr std::size_t most_alternatives = 3;

std::string takers_text(std::size_t count) {
  if (count == 1) return "the only node that takes it";
  return "the best of " + std::to_string(count) + " nodes that take it";
}

}  // namespace placing

Decider::Decider(const Compiled& compiled, bool reasons)
    : compiled_(compiled),
      reasons_(reasons),
      seating_(compiled),
      search_(seating_, compiled.problem().rules.search_budget),
      trials_left_(compiled.problem().rules.search_budget / work_of_a_trial),
      counts_(seating_.ledger()),
      notes_(seating_.size()) {}

void Decider::seat_others() {
  std::vector<Index> followers;
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    const bool alone = seating_.workload(seat).gang.empty();
    if (seating_[seat].node == nowhere && alone && stood_with_others(seat)) {
      followers.push_back(seat);
    }
  }
  for (Group& group : groups_of(seating_)) {
    std::erase_if(group.seats, [&](Index seat) { return seating_[seat].node != nowhere; });
    if (group.seats.empty() || seat_with_followers(group.seats, followers)) continue;
    seat_group(group.seats, group.tied);
  }
  name_winners();
  // Whoever was pushed out may find a place elsewhere.
  std::sort(victims_.begin(), victims_.end(), [&](Index a, Index b) {
    return std::tuple(-seating_.priority(a), a) < std::tuple(-seating_.priority(b), b);
  });
  for (const Index seat : victims_) {
    if (!seat_directly(seat)) note_refusal(seat);
  }
  seat_latecomers();
  explain_refusals();
}

void Decider::remember(Index seat) {
  before_.push_back({seat, seating_[seat].node, seating_[seat].cards, notes_[seat]});
}

// As it was before the group was tried.
void Decider::undo() {
  for (const auto& [seat, because] : said_) notes_[seat] = Note{because};
  for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
    if (seating_[at->seat].node != nowhere) seating_.leave(at->seat);
  }
  // Who was remembered first is put back last, to where it was at the very beginning.
  std::map<Index, Before*> first;
  for (Before& each : before_) first.emplace(each.seat, &each);
  for (auto& [seat, was] : first) {
    if (was->node != nowhere) {
      seating_.sit(seat, was->node, was->cards);
      seating_.count_move(seat, seating_[seat].from == was->node ? -1 : 0);
    }
    notes_[seat] = std::move(was->note);
    std::erase(victims_, seat);
  }
  before_.clear();
  hopeless_.clear();
}

bool Decider::seat_one(Index seat) {
  return seat_directly(seat) || seat_by_moves(seat) || seat_by_preemption(seat);
}

bool Decider::seat_directly(Index seat) {
  const Seat& one = seating_[seat];
  const Spot spot = seating_.engine().best(one.job, one.from);
  if (spot.node == nowhere) return false;
  remember(seat);
  seating_.sit(seat, spot.node);
  ++newcomers_;
  note_options(seat, notes_[seat].because);
  return true;
}

bool Decider::seat_by_moves(Index seat) {
  const Index job = seating_[seat].job;
  if (std::find(hopeless_.begin(), hopeless_.end(), job) != hopeless_.end()) return false;
  const auto plan = search_.find(seat);
  if (!plan) {
    proven_ = proven_ && search_.complete();
    hopeless_.push_back(job);
    return false;
  }
  // Had those who were seated before gone elsewhere, fewer moves might have done.
  proven_ = proven_ && (plan->steps_of_others == 0 || (plan->proven && newcomers_ == 0));
  ++newcomers_;
  remember(seat);
  std::vector<std::string> names;
  for (const MovePlan::Step& step : plan->steps) {
    remember(step.seat);
    if (seating_.settled(step.seat)) {
      seating_.count_move(step.seat, 1);
      names.push_back(name_of(seating_.allocation(step.seat)));
    }
    seating_.leave(step.seat);
  }
  seating_.sit(seat, plan->node);
  for (const MovePlan::Step& step : plan->steps) seating_.sit(step.seat, step.to);
  note_options(seat, names.empty() ? "" : "room is made by moving " + join(names, ", "));
  for (const MovePlan::Step& step : plan->steps) {
    note_options(step.seat, "makes room for " + name_of(seating_.allocation(seat)));
  }
  return true;
}

// Where it could have gone as things are. REQUIRES: the seat has a node.
void Decider::note_options(Index seat, std::string because) {
  Note& note = notes_[seat];
  note = Note{std::move(because)};
  if (!reasons_) return;
  const Index node = seating_[seat].node;
  const Index from = seating_[seat].from;
  Cards cards = seating_.leave(seat);
  const Index job = seating_[seat].job;
  const Scorer& scorer = seating_.engine().scorer();
  Takers found = takers(scorer, job, from, placing::most_alternatives + 1);
  note.chosen = option_of(scorer, job, node, from);
  std::erase_if(found.best, [&](const Option& o) { return o.node == note.chosen.node; });
  if (found.best.size() > placing::most_alternatives) found.best.pop_back();
  note.alternatives = std::move(found.best);
  note.refused_by = counts_.of(job);
  if (!note.because.empty()) note.because += "; ";
  note.because += placing::takers_text(found.count);
  seating_.sit(seat, node, std::move(cards));
}

void Decider::note_refusal(Index seat) {
  Note note{std::move(notes_[seat].because)};
  note.preempted = notes_[seat].preempted;
  note.pushed_by = notes_[seat].pushed_by;
  note.refused = true;
  notes_[seat] = std::move(note);
}

Decision Decider::decision() const {
  Decision out;
  out.moves_proven_minimal = proven_;
  for (Index seat = 0; seat < seating_.size(); ++seat) {
    const Seat& one = seating_[seat];
    const Note& note = notes_[seat];
    Choice choice{seating_.allocation(seat)};
    if (one.had_node) choice.from = compiled_.problem().current.find(choice.allocation)->second;
    if (one.node != nowhere) choice.node = compiled_.node(one.node).name;
    choice.because = note.because;
    choice.chosen = note.chosen;
    choice.alternatives = note.alternatives;
    choice.refused = note.refused_by;
    choice.remedy = note.remedy;
    if (one.node == nowhere) {
      choice.act = note.preempted && one.had_node ? Act::preempt : Act::refuse;
    } else if (!one.had_node) {
      choice.act = Act::place;
    } else if (one.node != one.from) {
      choice.act = Act::move;
    } else {
      choice.act = Act::keep;
      choice.waits = note.waits;
      if (!note.waits) choice.because = "stays where it is";
      choice.chosen = {};
      choice.alternatives.clear();
      choice.refused.clear();
    }
    out.choices.push_back(std::move(choice));
  }
  std::sort(out.choices.begin(), out.choices.end(),
            [](const Choice& a, const Choice& b) { return a.allocation < b.allocation; });
  return out;
}

Decision place(const Problem& problem) {
  const Compiled compiled(problem);
  Decider decider(compiled);
  decider.seat_standing();
  decider.seat_others();
  return decider.decision();
}

}  // namespace paas::placement
