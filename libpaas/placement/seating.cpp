#include "libpaas/placement/seating.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

namespace paas::placement {

Seating::Seating(const Compiled& compiled)
    : engine_(compiled),
      on_(compiled.node_count()),
      of_app_(compiled.problem().workloads.size()),
      moving_(of_app_.size()),
      most_moving_(of_app_.size(), -1),
      seekers_(of_app_.size()) {
  const auto& workloads = compiled.problem().workloads;
  std::vector<Index> jobs(workloads.size());
  std::iota(jobs.begin(), jobs.end(), Index{0});
  std::sort(jobs.begin(), jobs.end(),
            [&](Index a, Index b) { return workloads[a].name < workloads[b].name; });
  const auto& names = compiled.problem().resized;
  const std::set<std::string_view> resized(names.begin(), names.end());
  for (const Workload& workload : workloads) resized_.push_back(resized.contains(workload.name));
  const Assignment& current = compiled.problem().current;
  for (const Index job : jobs) {
    const int own = compiled.kind(job).max_unavailable;
    int& most = most_moving_[compiled.job(job).app];
    if (own >= 0 && (most < 0 || own < most)) most = own;
    for (int ordinal = 0; ordinal < workloads[job].replicas; ++ordinal) {
      Seat seat;
      seat.job = job;
      seat.ordinal = ordinal;
      const auto was = current.find({workloads[job].name, ordinal});
      if (was != current.end()) {
        seat.had_node = true;
        seat.from = compiled.find_node(was->second);
      }
      const Index app = compiled.job(job).app;
      of_app_[app].push_back(static_cast<Index>(seats_.size()));
      for (const Tie& tie : compiled.kind(job).ties) {
        if (tie.kind != TieKind::together || tie.app == nowhere) continue;
        seekers_[tie.app].push_back(static_cast<Index>(seats_.size()));
      }
      seats_.push_back(std::move(seat));
    }
  }
}

bool Seating::may_go(Index seat) const {
  const Seat& one = seats_[seat];
  if (one.fixed || one.node == nowhere) return false;
  const int most = most_moving(seat);
  return most < 0 || !settled(seat) || moving_[compiled().job(one.job).app] < most;
}

bool Seating::needed(Index seat) const {
  const Seat& one = seats_[seat];
  const Index app = compiled().job(one.job).app;
  return std::any_of(seekers_[app].begin(), seekers_[app].end(), [&](Index other) {
    const Seat& seeker = seats_[other];
    if (other == seat || seeker.node == nowhere) return false;
    const auto& ties = compiled().kind(seeker.job).ties;
    return std::any_of(ties.begin(), ties.end(), [&](const Tie& tie) {
      if (tie.kind != TieKind::together || tie.app != app) return false;
      const auto& domains = compiled().levels()[tie.level].domain_of;
      if (domains[seeker.node] == nowhere || domains[seeker.node] != domains[one.node]) {
        return false;
      }
      const Index counter = tie.counter + (tie.own ? compiled().app(app).first_counter : 0);
      const std::uint32_t with_seeker = tie.own ? 2 : 1;
      const Tallies& tallies = ledger().tallies();
      if (tallies.count(counter, domains[one.node]) > with_seeker) return false;
      return !tie.own || tallies.total(counter) > with_seeker;
    });
  });
}

bool Seating::left_alone(Index seat) const {
  const Index own = compiled().job(seats_[seat].job).app;
  const auto& ties = compiled().kind(seats_[seat].job).ties;
  return std::any_of(ties.begin(), ties.end(), [&](const Tie& tie) {
    if (tie.kind != TieKind::together || tie.app == nowhere || tie.app == own) return false;
    bool got_up = false;
    for (const Index other : of_app_[tie.app]) {
      if (seats_[other].node != nowhere) return false;
      got_up = got_up || seats_[other].had_node;
    }
    return got_up;
  });
}

Cards Seating::best_cards(Index seat, Index node) const {
  const Shape& shape = compiled().shape(seats_[seat].job);
  if (shape.cards.empty()) return {};
  return engine_.scorer().best_cards(shape, node).value_or(Cards{});
}

void Seating::sit(Index seat, Index node, Cards cards) {
  Seat& one = seats_[seat];
  one.node = node;
  one.cards = std::move(cards);
  engine_.take(one.job, node, one.cards);
  on_[node].insert(std::lower_bound(on_[node].begin(), on_[node].end(), seat), seat);
}

Cards Seating::leave(Index seat) {
  Seat& one = seats_[seat];
  engine_.remove(one.job, one.node, one.cards);
  auto& here = on_[one.node];
  here.erase(std::lower_bound(here.begin(), here.end(), seat));
  one.node = nowhere;
  return std::exchange(one.cards, {});
}

std::vector<Index> Seating::blockers(Index seat, Index node) const {
  const Index job = seats_[seat].job;
  const Kind& kind = compiled().kind(job);
  const Shape& shape = compiled().shape(job);
  std::vector<Index> out;
  if (!compiled().gate(job).open.has(node) || !ledger().within_quota(job)) return out;
  const Amount* free = ledger().free(node);
  const bool cards_short = !shape.cards.empty() && !ledger().cards_for(shape, node);
  for (const Index other : on_[node]) {
    const Kind& theirs = compiled().kind(seats_[other].job);
    const auto& needs = compiled().shape(seats_[other].job).needs;
    const bool amounts = std::any_of(shape.needs.begin(), shape.needs.end(), [&](const Need& need) {
      return free[need.resource] < need.amount &&
             std::any_of(
                 needs.begin(), needs.end(),
                 [&](const Need& n) { return n.resource == need.resource; });
    });
    const bool ports = std::any_of(kind.ports.begin(), kind.ports.end(), [&](std::uint16_t port) {
      return std::binary_search(theirs.ports.begin(), theirs.ports.end(), port);
    });
    if (amounts || ports || (cards_short && !seats_[other].cards.empty())) out.push_back(other);
  }
  for (const Tie& tie : kind.ties) {
    if (tie.kind == TieKind::apart && tie.app != nowhere) add_sharers(tie, seat, node, out);
  }
  for (const SpreadTie& spread : kind.spreads) {
    const auto& domains = compiled().levels()[spread.level].domain_of;
    if (spread.max_skew == 0 || domains[node] == nowhere) continue;
    for (const Index other : of_app_[compiled().job(job).app]) {
      const Index there = seats_[other].node;
      if (there != nowhere && domains[there] == domains[node]) out.push_back(other);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void Seating::add_sharers(const Tie& tie, Index seat, Index node, std::vector<Index>& out) const {
  const auto& domains = compiled().levels()[tie.level].domain_of;
  if (domains[node] == nowhere) return;
  for (const Index other : of_app_[tie.app]) {
    const Index there = seats_[other].node;
    if (other == seat || there == nowhere || domains[there] != domains[node]) continue;
    const auto& fed = compiled().kind(seats_[other].job).fed;
    const bool counts = !tie.mirrored || std::any_of(fed.begin(), fed.end(), [&](const auto& own) {
      return own.first == tie.counter;
    });
    if (counts) out.push_back(other);
  }
}

}  // namespace paas::placement
