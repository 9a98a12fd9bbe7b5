// How those are seated who are decided together: gangs all or not at all, and who must be together
// where all of them find a place.

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "libpaas/placement/decide.hpp"

namespace paas::placement {

void Decider::seat_group(const std::vector<Index>& seats, bool tied) {
  before_.clear();
  said_.clear();
  for (const Index seat : seats) said_.emplace_back(seat, notes_[seat].because);
  if (tied) seat_as_one(seats);
  if (!seat_the_rest(seats, tied)) {
    // Somebody is without those it must be with: then only what goes directly.
    undo();
    seat_as_one(seats);
    note_company(seats);
  }
  refuse_gangs(seats, tied);
}

// False if somebody has a place, but not those it must be with.
bool Decider::seat_the_rest(const std::vector<Index>& seats, bool tied) {
  std::set<std::string_view> broken;  // gangs
  for (const Index seat : seats) {
    const std::string& gang = seating_.workload(seat).gang;
    if (seating_[seat].node != nowhere || broken.contains(gang) || seat_one(seat)) continue;
    note_refusal(seat);
    if (!gang.empty()) broken.insert(gang);
  }
  return !tied || std::all_of(seats.begin(), seats.end(), [&](Index seat) {
    return seating_[seat].node == nowhere || ties_hold(seat);
  });
}

// What is said about those who have no place with their company: where most of them would have
// one, and least is missing for the next.
void Decider::note_company(std::vector<Index> seats) {
  std::erase_if(seats, [&](Index seat) { return seating_[seat].node != nowhere; });
  if (seats.empty()) return;
  Sits most;
  Amount least = 0;
  const auto look_at = [&](Index node) {
    Sits now = fill(seats, node);
    const auto missing = std::find_if(seats.begin(), seats.end(),
                                      [&](Index seat) { return seating_[seat].node == nowhere; });
    Amount weight = 0;
    if (missing != seats.end()) {
      const auto cure = cure_for(seating_.ledger(), seating_[*missing].job);
      weight = cure ? cure->weight : 0;
    }
    leave_all(now);
    if (now.size() < most.size() || (now.size() == most.size() && weight >= least)) return;
    most = std::move(now);
    least = weight;
  };
  look_at(nowhere);
  for (const Index node : where_to_begin(seats.front())) {
    if (trials_left_ < 0) break;
    look_at(node);
  }
  sit_all(most);
  std::string missing;
  for (const Index seat : seats) {
    if (seating_[seat].node != nowhere) continue;
    note_refusal(seat);
    notes_[seat].beside = most;
    if (missing.empty()) missing = name_of(seating_.allocation(seat));
  }
  for (const auto& [seat, node] : most) {
    notes_[seat].because = missing.empty()
                               ? "those it must be with have no place"
                               : "it must be with others, and there is no place for " + missing;
  }
  leave_all(most);
}

// If a gang is not whole, none of it is placed, and whoever is in no such gang is placed anew.
void Decider::refuse_gangs(const std::vector<Index>& seats, bool tied) {
  std::map<std::string, Index> broken;  // gangs, and who of them has no place
  for (const Index seat : seats) {
    const std::string& gang = seating_.workload(seat).gang;
    if (!gang.empty() && seating_[seat].node == nowhere) broken.emplace(gang, seat);
  }
  if (broken.empty()) return;
  std::map<Index, Note> refused;
  for (const auto& [gang, missing] : broken) {
    Note& note = refused.emplace(missing, notes_[missing]).first->second;
    for (const Index seat : seats) {
      if (seating_.workload(seat).gang != gang || seating_[seat].node == nowhere) continue;
      note.beside.emplace_back(seat, seating_[seat].node);
    }
  }
  undo();
  std::vector<Index> others;
  std::vector<Index> members;
  for (const Index seat : seats) {
    const bool out = broken.contains(seating_.workload(seat).gang);
    (out ? members : others).push_back(seat);
  }
  if (!others.empty()) seat_group(others, tied);
  for (const Index seat : members) {
    const std::string& gang = seating_.workload(seat).gang;
    const Index missing = broken.at(gang);
    if (seat == missing) {
      notes_[seat] = std::move(refused.at(seat));
    } else {
      notes_[seat].because = "its gang " + gang + " is placed all or not at all, and " +
                             name_of(seating_.allocation(missing)) + " has no place";
    }
  }
}

void Decider::sit_all(const Sits& sits) {
  for (const auto& [seat, node] : sits) seating_.sit(seat, node);
}

void Decider::leave_all(const Sits& sits) {
  for (auto at = sits.rbegin(); at != sits.rend(); ++at) seating_.leave(at->first);
}

bool Decider::ties_hold(Index seat) {
  const Index node = seating_[seat].node;
  Cards cards = seating_.leave(seat);
  const bool out = company_admits(seating_.ledger(), seating_[seat].job, node, Asking::finished);
  seating_.sit(seat, node, std::move(cards));
  return out;
}

// Each on its best node, the first where it is told to.
Sits Decider::fill(const std::vector<Index>& seats, Index first_on) {
  Sits out;
  for (const Index seat : seats) {
    const bool told = out.empty() && first_on != nowhere && seat == seats.front();
    const Seat& one = seating_[seat];
    const Index node = told ? first_on : seating_.engine().best(one.job, one.from).node;
    --trials_left_;
    if (node == nowhere) continue;
    seating_.sit(seat, node);
    out.emplace_back(seat, node);
  }
  return out;
}

// The same, but whoever is without those it must be with is left out.
Sits Decider::seat_directly(const std::vector<Index>& seats, Index first_on) {
  Sits out = fill(seats, first_on);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = out.size(); i-- > 0;) {
      if (ties_hold(out[i].first)) continue;
      seating_.leave(out[i].first);
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
      changed = true;
    }
  }
  return out;
}

// Nodes that take it if the others follow, best first.
std::vector<Index> Decider::where_to_begin(Index seat) const {
  std::vector<Spot> spots;
  const Index job = seating_[seat].job;
  const Ledger& ledger = seating_.ledger();
  for (const Index node : compiled_.by_name()) {
    if (!takes(ledger, job, node, Asking::beginning)) continue;
    const auto parts = seating_.scorer().parts(job, node, seating_[seat].from);
    spots.push_back({node, parts.sum()});
  }
  std::stable_sort(spots.begin(), spots.end(),
                   [](const Spot& a, const Spot& b) { return a.score > b.score; });
  std::vector<Index> out;
  for (const Spot& spot : spots) out.push_back(spot.node);
  return out;
}

// One after the other, where most of those who are left find a place with it.
Sits Decider::seat_in_cells(std::vector<Index> seats) {
  Sits out;
  while (!seats.empty()) {
    Sits most;
    for (const Index node : where_to_begin(seats.front())) {
      if (trials_left_ < 0) {
        proven_ = false;
        break;
      }
      Sits now = seat_directly(seats, node);
      leave_all(now);
      if (now.size() > most.size()) most = std::move(now);
      if (most.size() == seats.size()) break;
    }
    sit_all(most);
    out.insert(out.end(), most.begin(), most.end());
    if (most.empty()) {
      seats.erase(seats.begin());
      continue;
    }
    std::erase_if(seats, [&](Index seat) { return seating_[seat].node != nowhere; });
  }
  leave_all(out);
  return out;
}

bool Decider::stood_with_others(Index seat) const {
  const auto& ties = compiled_.kind(seating_[seat].job).ties;
  return seating_[seat].from != nowhere &&
         std::any_of(ties.begin(), ties.end(),
                     [](const Tie& tie) { return tie.kind == TieKind::together && !tie.own; });
}

// Who got up only because its company did stays if the company finds a place within reach. Nothing
// if that is not so for all.
Sits Decider::seat_around(const std::vector<Index>& seats) {
  const auto allowed = [&](Index seat) {
    return takes(seating_.ledger(), seating_[seat].job, seating_[seat].from, Asking::seating);
  };
  Sits stay;
  std::vector<Index> rest;
  for (const Index seat : seats) {
    if (stood_with_others(seat) && allowed(seat)) {
      seating_.sit(seat, seating_[seat].from);
      stay.emplace_back(seat, seating_[seat].from);
    } else {
      rest.push_back(seat);
    }
  }
  Sits out;
  if (!stay.empty() && !rest.empty()) {
    for (const Index node : where_to_begin(rest.front())) {
      if (trials_left_ < 0 || !out.empty()) break;
      Sits now = fill(rest, node);
      const bool holds =
          now.size() == rest.size() &&
          std::all_of(seats.begin(), seats.end(), [&](Index seat) { return ties_hold(seat); });
      leave_all(now);
      if (holds) out = std::move(now);
    }
  }
  leave_all(stay);
  if (!out.empty()) out.insert(out.begin(), stay.begin(), stay.end());
  return out;
}

// As many as can be, directly.
void Decider::seat_as_one(const std::vector<Index>& seats) {
  Sits found = seat_around(seats);
  if (found.empty()) {
    found = seat_directly(seats, nowhere);
    leave_all(found);
  }
  if (found.size() < seats.size()) {
    Sits cells = seat_in_cells(seats);
    if (cells.size() > found.size()) found = std::move(cells);
  }
  take_seats(found);
}

void Decider::take_seats(const Sits& found) {
  sit_all(found);
  for (const auto& [seat, node] : found) {
    before_.push_back({seat, nowhere, {}, notes_[seat]});
    ++newcomers_;
  }
  for (const auto& [seat, node] : found) note_options(seat, notes_[seat].because);
}

// Together with those who wait for their turn, but stood with it and may stay then.
bool Decider::seat_with_followers(const std::vector<Index>& seats,
                                  const std::vector<Index>& followers) {
  std::vector<Index> all = seats;
  for (const Index follower : followers) {
    const bool open = seating_[follower].node == nowhere &&
                      std::find(seats.begin(), seats.end(), follower) == seats.end();
    const auto& ties = compiled_.kind(seating_[follower].job).ties;
    const bool follows = std::any_of(ties.begin(), ties.end(), [&](const Tie& tie) {
      return tie.kind == TieKind::together && std::any_of(seats.begin(), seats.end(), [&](Index s) {
               return compiled_.job(seating_[s].job).app == tie.app;
             });
    });
    if (open && follows) all.push_back(follower);
  }
  if (all.size() == seats.size()) return false;
  const Sits found = seat_around(all);
  take_seats(found);
  return !found.empty();
}

}  // namespace paas::placement
