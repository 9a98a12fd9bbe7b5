// The second half of a decision: who gets which node.
#include "libpaas/placement/place.hpp"

#include <algorithm>
#include <limits>
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
  for (const Group& group : groups_of(seating_)) seat_group(group.seats, group.tied);
  // Whoever was pushed out may find a place elsewhere.
  std::sort(victims_.begin(), victims_.end(), [&](Index a, Index b) {
    return std::tuple(-seating_.priority(a), a) < std::tuple(-seating_.priority(b), b);
  });
  for (const Index seat : victims_) {
    if (!seat_directly(seat)) note_refusal(seat, notes_[seat].because);
  }
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

std::vector<Index> Decider::victims_on(Index seat, Index node) {
  const Index job = seating_[seat].job;
  struct Gone {
    Index seat;
    Index node;
    bool settled;
    Cards cards;
  };
  std::vector<Gone> out;
  const auto fits = [&] { return takes(seating_.ledger(), job, node); };
  while (!fits()) {
    Index victim = nowhere;
    const auto key = [&](Index other) {
      return std::tuple(seating_.priority(other),
                        -compiled_.kind(seating_[other].job).dominant_share, other);
    };
    for (const Index other : seating_.blockers(seat, node)) {
      if (seating_.priority(other) >= seating_.priority(seat) || !seating_.movable(other)) continue;
      // A gang that was placed just now would be in parts.
      if (!seating_.settled(other) && !seating_.workload(other).gang.empty()) continue;
      if (victim == nowhere || key(other) < key(victim)) victim = other;
    }
    if (victim == nowhere) break;
    const Index there = seating_[victim].node;
    const bool settled = seating_.settled(victim);
    out.push_back({victim, there, settled, seating_.leave(victim)});
    if (settled) seating_.count_move(victim, 1);
  }
  const bool enough = fits();
  std::vector<Index> victims;
  // From the one chosen last: whoever can stay after all does.
  for (auto at = out.rbegin(); at != out.rend(); ++at) {
    seating_.sit(at->seat, at->node, at->cards);
    if (!enough || fits()) continue;
    seating_.leave(at->seat);
    victims.push_back(at->seat);
  }
  for (const Gone& gone : out) {
    if (seating_[gone.seat].node == nowhere) seating_.sit(gone.seat, gone.node, gone.cards);
    if (gone.settled) seating_.count_move(gone.seat, -1);
  }
  return victims;
}

bool Decider::seat_by_preemption(Index seat) {
  if (!compiled_.problem().rules.preempt) return false;
  using Price = std::tuple<int, std::size_t, Amount>;  // highest priority, how many, their cost
  Index best = nowhere;
  Price lowest;
  std::vector<Index> victims;
  for (const Index node : compiled_.by_name()) {
    if (!compiled_.gate(seating_[seat].job).open.has(node)) continue;
    std::vector<Index> here = victims_on(seat, node);
    if (here.empty()) continue;
    Price price{std::numeric_limits<int>::min(), here.size(), 0};
    for (const Index victim : here) {
      std::get<0>(price) = std::max(std::get<0>(price), seating_.priority(victim));
      std::get<2>(price) += seating_.cost(victim);
    }
    if (best != nowhere && price >= lowest) continue;
    best = node;
    lowest = price;
    victims = std::move(here);
  }
  if (best == nowhere) return false;
  remember(seat);
  std::vector<std::string> names;
  for (const Index victim : victims) {
    remember(victim);
    if (seating_.settled(victim)) seating_.count_move(victim, 1);
    seating_.leave(victim);
    notes_[victim] = {};
    notes_[victim].because = name_of(seating_.allocation(seat)) + " has a higher priority";
    notes_[victim].preempted = true;
    victims_.push_back(victim);
    names.push_back(name_of(seating_.allocation(victim)));
  }
  seating_.sit(seat, best);
  note_options(seat, "takes the place of " + join(names, ", "));
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
  note.refused = counts_.of(job);
  if (!note.because.empty()) note.because += "; ";
  note.because += placing::takers_text(found.count);
  seating_.sit(seat, node, std::move(cards));
}

// `because` is what is known already.
void Decider::note_refusal(Index seat, std::string because) {
  const Index job = seating_[seat].job;
  const bool preempted = notes_[seat].preempted;
  if (!preempted) {
    if (!because.empty()) because += "; ";
    because += seating_.ledger().within_quota(job)
                   ? "no node takes it"
                   : "the quota of project " + compiled_.project(compiled_.kind(job).project) +
                         " does not allow it";
  }
  notes_[seat] = Note{std::move(because)};
  notes_[seat].preempted = preempted;
  if (!reasons_) return;
  notes_[seat].refused = counts_.of(job);
  notes_[seat].remedy = remedy_for(seating_.ledger(), job);
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
    choice.refused = note.refused;
    choice.remedy = note.remedy;
    if (one.node == nowhere) {
      choice.act = note.preempted && one.had_node ? Act::preempt : Act::refuse;
    } else if (!one.had_node) {
      choice.act = Act::place;
    } else if (one.node != one.from) {
      choice.act = Act::move;
    } else {
      choice.act = Act::keep;
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
