#include "libpaas/placement/bonuses.hpp"

#include <algorithm>

#include "libpaas/placement/refusals.hpp"

namespace paas::placement {
namespace {

constexpr std::size_t few_domains = 256;

}  // namespace

Bonuses::Bonuses(const Scorer& scorer) : scorer_(scorer), compiled_(scorer.compiled()) {
  for (const Level& level : compiled_.levels()) {
    auto& places = places_.emplace_back();
    if (level.domains.size() > few_domains) continue;
    for (const Index domain : level.domain_of) {
      places.push_back(
          static_cast<std::uint16_t>(std::min<std::size_t>(domain, level.domains.size())));
    }
  }
}

Bonuses::Bonus& Bonuses::of(Index level) {
  for (std::size_t i = 0; i < count_; ++i) {
    if (all_[i].level == level) return all_[i];
  }
  if (count_ == all_.size()) all_.emplace_back();
  Bonus& out = all_[count_++];
  out.level = level;
  out.place_of = places_[level].data();
  out.values.assign(compiled_.levels()[level].domains.size() + 2, 0);
  return out;
}

void Bonuses::add(const SpreadTie& spread, Index job) {
  const Tallies& tallies = scorer_.ledger().tallies();
  const Index counter = compiled_.app(compiled_.job(job).app).first_counter + spread.counter;
  std::vector<std::int64_t>& values = of(spread.level).values;
  std::int64_t& absent = values[values.size() - 2];
  if (spread.max_skew == 0) {
    const std::int64_t value = scorer_.spread_value(spread.weight);
    for (const auto* at = tallies.begin(counter); at != tallies.end(counter); ++at) {
      values[at->key] -= value * at->count;
    }
    absent -= value * tallies.total(counter);
    return;
  }
  const auto& domains = compiled_.domains_behind(compiled_.kind(job).gate, spread.level);
  const auto most =
      emptiest(tallies, counter, domains) + static_cast<std::uint32_t>(spread.max_skew);
  for (const auto* at = tallies.begin(counter); at != tallies.end(counter); ++at) {
    if (at->count >= most) values[at->key] = closed;
  }
  absent = closed;
}

void Bonuses::add(const Tie& tie, Index own) {
  const Tallies& tallies = scorer_.ledger().tallies();
  const Index counter = tie.counter + (tie.own ? own : 0);
  if (tallies.total(counter) == 0) return;
  std::vector<std::int64_t>& values = of(tie.level).values;
  if (tie.kind == TieKind::together) {
    for (std::size_t place = 0; place + 1 < values.size(); ++place) {
      if (tallies.count(counter, static_cast<Index>(place)) == 0) values[place] = closed;
    }
    return;
  }
  const std::int64_t value = scorer_.affinity_value(tie.weight);
  for (const auto* at = tallies.begin(counter); at != tallies.end(counter); ++at) {
    std::int64_t& here = values[at->key];
    if (tie.kind == TieKind::apart) here = closed;
    if (here == closed) continue;
    here += tie.kind == TieKind::rather_together ? value : -value * at->count;
  }
}

void Bonuses::collect(Index job) {
  count_ = 0;
  most_ = 0;
  const Kind& kind = compiled_.kind(job);
  const Index own = compiled_.app(compiled_.job(job).app).first_counter;
  for (const SpreadTie& spread : kind.spreads) {
    if (covers(spread.level)) add(spread, job);
  }
  for (const Tie& tie : kind.ties) {
    if (tie.app != nowhere && covers(tie.level)) add(tie, own);
  }
  for (std::size_t i = 0; i < count_; ++i) {
    auto& values = all_[i].values;
    values.back() = *std::max_element(values.begin(), values.end() - 1);
    most_ += values.back();
  }
}

}  // namespace paas::placement
