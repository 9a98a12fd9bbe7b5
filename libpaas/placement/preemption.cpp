// Who has to go for a higher priority: of the lowest priorities, then the fewest, then the
// cheapest.

#include <algorithm>
#include <limits>
#include <tuple>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"

namespace paas::placement {

// Whether a seat may be pushed out for another one as things are.
bool Decider::may_be_pushed(Index other, Index by) const {
  if (seating_.priority(other) >= seating_.priority(by) || !seating_.movable(other)) return false;
  // A gang that was placed just now would be in parts.
  return seating_.settled(other) || seating_.workload(other).gang.empty();
}

Decider::Gone Decider::push_out(Index seat) {
  const Index node = seating_[seat].node;
  const bool settled = seating_.settled(seat);
  Gone out{seat, node, settled, seating_.leave(seat)};
  if (settled) seating_.count_move(seat, 1);
  return out;
}

void Decider::take_back(const Gone& gone) {
  seating_.sit(gone.seat, gone.node, gone.cards);
  if (gone.settled) seating_.count_move(gone.seat, -1);
}

Decider::VictimPrice Decider::with(const VictimPrice& price, Index victim) const {
  const auto& [priority, count, cost] = price;
  return {std::max(priority, seating_.priority(victim)), count + 1, cost + seating_.cost(victim)};
}

// Whether a seat is with those it must be with where it stands.
bool Decider::company_stays(Index seat) {
  const Index node = seating_[seat].node;
  Cards cards = seating_.leave(seat);
  const bool out = company_admits(seating_.ledger(), seating_[seat].job, node, Asking::standing);
  seating_.sit(seat, node, std::move(cards));
  return out;
}

// Keeps what it finds for less than `lowest`. First one after the other, which is quick and gives
// a bound; then all sets that may be better, as long as there is budget.
void Decider::look_for_victims(Index seat, Index node, VictimPrice& lowest,
                               std::vector<Index>& victims) {
  const Index job = seating_[seat].job;
  const auto fits = [&] { return takes(seating_.ledger(), job, node); };
  const auto key = [&](Index other) {
    return std::tuple(seating_.priority(other), -compiled_.kind(seating_[other].job).dominant_share,
                      other);
  };
  std::vector<Gone> gone;
  std::vector<Index> all;  // who could be of use
  while (!fits()) {
    Index victim = nowhere;
    for (const Index other : seating_.blockers(seat, node)) {
      if (!may_be_pushed(other, seat)) continue;
      all.push_back(other);
      if (victim == nowhere || key(other) < key(victim)) victim = other;
    }
    if (victim == nowhere) break;
    gone.push_back(push_out(victim));
  }
  const bool enough = fits();
  std::vector<Index> here;
  // From the one chosen last: whoever can stay after all does.
  for (auto at = gone.rbegin(); at != gone.rend(); ++at) {
    take_back(*at);
    if (!enough || (fits() && company_stays(at->seat))) continue;
    push_out(at->seat);
    here.push_back(at->seat);
  }
  for (const Gone& each : gone) {
    if (seating_[each.seat].node == nowhere) take_back(each);
  }
  if (here.empty()) return;
  VictimPrice price = no_victims;
  for (const Index victim : here) price = with(price, victim);
  if (price < lowest) {
    lowest = price;
    victims = std::move(here);
  }
  std::sort(all.begin(), all.end(), [&](Index a, Index b) {
    return std::tuple(seating_.priority(a), seating_.cost(a), a) <
           std::tuple(seating_.priority(b), seating_.cost(b), b);
  });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<Index> set;
  search_victims({seat, node, all}, 0, no_victims, set, lowest, victims);
}

void Decider::search_victims(const Wanted& wanted, std::size_t from, const VictimPrice& price,
                             std::vector<Index>& set, VictimPrice& lowest,
                             std::vector<Index>& victims) {
  for (std::size_t i = from; i < wanted.victims.size(); ++i) {
    const Index victim = wanted.victims[i];
    const VictimPrice next = with(price, victim);
    if (next >= lowest || !may_be_pushed(victim, wanted.seat)) continue;
    if (--victims_left_ < 0) return;
    const Gone gone = push_out(victim);
    set.push_back(victim);
    if (takes(seating_.ledger(), seating_[wanted.seat].job, wanted.node)) {
      lowest = next;
      victims = set;
    } else {
      search_victims(wanted, i + 1, next, set, lowest, victims);
    }
    set.pop_back();
    take_back(gone);
  }
}

// Leaves those of the victims who have found no place meanwhile, and says who took theirs. Who
// took it may have lost it to a still higher priority: that one has it now.
void Decider::name_winners() {
  std::sort(victims_.begin(), victims_.end());
  victims_.erase(std::unique(victims_.begin(), victims_.end()), victims_.end());
  std::erase_if(victims_, [&](Index victim) { return seating_[victim].node != nowhere; });
  for (const Index victim : victims_) {
    Index by = notes_[victim].pushed_by;
    while (seating_[by].node == nowhere && notes_[by].pushed_by != nowhere) {
      by = notes_[by].pushed_by;
    }
    notes_[victim].because = name_of(seating_.allocation(by)) + " has a higher priority";
  }
}

bool Decider::seat_by_preemption(Index seat) {
  if (!compiled_.problem().rules.preempt) return false;
  Index best = nowhere;
  VictimPrice lowest{std::numeric_limits<int>::max(), 0, 0};
  std::vector<Index> victims;
  for (const Index node : compiled_.by_name()) {
    if (!compiled_.gate(seating_[seat].job).open.has(node)) continue;
    const VictimPrice before = lowest;
    look_for_victims(seat, node, lowest, victims);
    if (lowest < before) best = node;
  }
  if (best == nowhere) return false;
  remember(seat);
  std::vector<std::string> names;
  for (const Index victim : victims) {
    remember(victim);
    if (seating_.settled(victim)) seating_.count_move(victim, 1);
    seating_.leave(victim);
    notes_[victim] = {};
    notes_[victim].pushed_by = seat;
    notes_[victim].preempted = true;
    victims_.push_back(victim);
    names.push_back(name_of(seating_.allocation(victim)));
  }
  seating_.sit(seat, best);
  note_options(seat, "takes the place of " + join(names, ", "));
  return true;
}

}  // namespace paas::placement
