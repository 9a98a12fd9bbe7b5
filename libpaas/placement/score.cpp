#include "libpaas/placement/score.hpp"

#include <algorithm>
#include <map>

namespace paas::placement {
namespace {

constexpr std::int64_t mean_node = std::int64_t{1} << 20;
constexpr std::int64_t crowd = 5243;  // 0.005 of a mean node

}  // namespace

Scorer::Scorer(const Ledger& ledger)
    : ledger_(ledger), compiled_(ledger.compiled()), potential_(compiled_, compiled_.mix()) {
  const Objectives& objectives = compiled_.problem().rules.objectives;
  fit_milli_ = objectives.fit;
  spread_unit_ = weighted(mean_node / 100, objectives.spread);
  affinity_unit_ = weighted(mean_node / 100, objectives.affinity);
  crowd_ = weighted(crowd, objectives.spread);
  stay_ = weighted(mean_node, objectives.stay);
  measure_needs();
}

void Scorer::expect(const Mix& mix) {
  std::map<Shape, Amount> sorted;
  for (const auto& [shape, count] : mix) sorted[shape] += count;
  potential_ = Potential(compiled_, {sorted.begin(), sorted.end()});
  measure_needs();
}

void Scorer::measure_needs() {
  needs_.clear();
  axes_suffice_.clear();
  for (const Shape& shape : compiled_.shapes()) {
    needs_.push_back(needs_of(shape));
    const bool suffice = std::all_of(shape.needs.begin(), shape.needs.end(), [&](const Need& need) {
      return need.resource == x_resource() || need.resource == y_resource();
    });
    axes_suffice_.push_back(suffice && shape.cards.empty());
  }
}

Scorer::Axes Scorer::needs_of(const Shape& shape) const {
  const auto along = [&](Index axis) {
    Amount out = 0;
    for (const Need& need : shape.needs) {
      if (need.resource == axis) out = need.amount;
    }
    if (axis < compiled_.resource_count()) return out;
    for (const CardWant& want : shape.cards) out += Amount{want.count} * want.share_milli;
    return out;
  };
  return {along(potential_.x_resource()), along(potential_.y_resource())};
}

Scorer::Axes Scorer::free_axes(Index node) const {
  const auto along = [&](Index axis) {
    if (axis < compiled_.resource_count()) return std::max<Amount>(ledger_.free(node)[axis], 0);
    Amount out = 0;
    for (Index card = compiled_.first_card(node); card < compiled_.end_card(node); ++card) {
      out += ledger_.card_free(card);
    }
    return out;
  };
  return {along(potential_.x_resource()), along(potential_.y_resource())};
}

std::int64_t Scorer::cards_fit(const Shape& shape, Index node, const Cards& cards) const {
  std::vector<Amount> free(ledger_.free(node), ledger_.free(node) + compiled_.resource_count());
  std::vector<int> left;
  const Index first = compiled_.first_card(node);
  for (Index card = first; card < compiled_.end_card(node); ++card) {
    left.push_back(ledger_.card_free(card));
  }
  const std::int64_t before = potential_.unusable_cards(node, free.data(), left.data());
  for (const Need& need : shape.needs) free[need.resource] -= need.amount;
  for (const CardShare& share : cards) left[share.card - first] -= share.milli;
  const std::int64_t after = potential_.unusable_cards(node, free.data(), left.data());
  return potential_.cards_value(before - after);
}

std::optional<Cards> Scorer::best_cards(const Shape& shape, Index node) const {
  auto out = ledger_.cards_for(shape, node);
  if (!out || out->size() != 1 || !potential_.looks_at_cards()) return out;
  // A single card: whichever leaves the others the most use.
  const CardWant& want = shape.cards.front();
  std::int64_t best = cards_fit(shape, node, *out);
  std::vector<int> seen{ledger_.card_free(out->front().card)};
  for (Index card = compiled_.first_card(node); card < compiled_.end_card(node); ++card) {
    const int left = ledger_.card_free(card);
    if (left < want.share_milli || want.types[compiled_.card_types()[card]] == 0) continue;
    if (std::find(seen.begin(), seen.end(), left) != seen.end()) continue;
    seen.push_back(left);
    Cards other{{card, want.share_milli}};
    const std::int64_t value = cards_fit(shape, node, other);
    if (value <= best) continue;
    best = value;
    out = std::move(other);
  }
  return out;
}

// How much the sum of squares of all loads grows.
std::int64_t Scorer::balance(const Shape& shape, Index node) const {
  std::int64_t out = 0;
  for (const Need& need : shape.needs) {
    const Amount capacity = compiled_.capacity(node)[need.resource];
    if (capacity <= 0) continue;
    const Amount free = std::clamp<Amount>(ledger_.free(node)[need.resource], 0, capacity);
    int shift = 0;
    while (capacity >> shift >= Amount{1} << 40) ++shift;
    const auto load = [&](Amount taken) {
      return ((taken >> shift) << 20) / std::max<Amount>(capacity >> shift, 1);
    };
    const std::int64_t before = load(capacity - free);
    const std::int64_t after = load(std::min(capacity - free + need.amount, capacity));
    out += (after * after - before * before) >> 20;
  }
  return out;
}

ScoreParts Scorer::lasting_parts(Index shape, Index taste, Index node) const {
  const Objectives& objectives = compiled_.problem().rules.objectives;
  const Shape& wanted = compiled_.shapes()[shape];
  const Axes free = free_axes(node);
  const Axes after{std::max<Amount>(free.x - needs_[shape].x, 0),
                   std::max<Amount>(free.y - needs_[shape].y, 0)};
  ScoreParts out;
  out.fit = fit().waste(free) - fit().waste(after);
  if (potential_.looks_at_cards() && compiled_.first_card(node) != compiled_.end_card(node)) {
    const auto cards = best_cards(wanted, node);
    if (cards) out.fit += cards_fit(wanted, node, *cards);
  }
  out.fit = bounded_part(weighted(out.fit, fit_milli_));
  if (ledger_.jobs_on(node) == 0) {
    out.pack = bounded_part(weighted(-potential_.opening(node), objectives.pack));
  }
  if (objectives.balance != 0) {
    out.balance = bounded_part(weighted(-balance(wanted, node), objectives.balance));
  }
  out.affinity = liking(taste, node);
  return out;
}

bool Scorer::plain() const {
  return compiled_.problem().rules.objectives.balance == 0 && !potential_.looks_at_cards();
}

std::int64_t Scorer::liking(Index taste, Index node) const {
  return bounded_part(affinity_value(compiled_.tastes()[taste].liking[node]));
}

std::int32_t Scorer::lasting(Index shape, Index taste, Index node) const {
  const Shape& wanted = compiled_.shapes()[shape];
  if (!ledger_.amounts_fit(wanted, node)) return no_fit;
  if (!wanted.cards.empty() && !ledger_.cards_for(wanted, node)) return no_fit;
  return static_cast<std::int32_t>(lasting_parts(shape, taste, node).sum());
}

void Scorer::add_company(Index job, Index node, ScoreParts& out) const {
  const Kind& kind = compiled_.kind(job);
  const Index own = compiled_.app(compiled_.job(job).app).first_counter;
  const Tallies& tallies = ledger_.tallies();
  // The level "node" comes first in every layout.
  out.spread -= crowd_ * tallies.count(own, compiled_.levels()[0].domain_of[node]);
  for (const SpreadTie& spread : kind.spreads) {
    if (spread.max_skew > 0) continue;
    const Index domain = compiled_.levels()[spread.level].domain_of[node];
    const Index counter = own + spread.counter;
    const auto there = domain == nowhere ? tallies.total(counter) : tallies.count(counter, domain);
    out.spread -= spread_value(spread.weight) * there;
  }
  for (const Tie& tie : kind.ties) {
    if (tie.kind == TieKind::apart || tie.kind == TieKind::together) continue;
    const Index domain = compiled_.levels()[tie.level].domain_of[node];
    if (domain == nowhere) continue;
    const auto there = tallies.count(tie.counter + (tie.own ? own : 0), domain);
    if (tie.kind == TieKind::rather_apart) {
      out.affinity -= affinity_value(tie.weight) * there;
    } else if (there > 0) {
      out.affinity += affinity_value(tie.weight);
    }
  }
}

std::int64_t Scorer::company(Index job, Index node) const {
  ScoreParts out;
  add_company(job, node, out);
  return out.sum();
}

ScoreParts Scorer::parts(Index job, Index node, Index previous) const {
  ScoreParts out = lasting_parts(compiled_.kind(job).shape, compiled_.kind(job).taste, node);
  add_company(job, node, out);
  if (node == previous) out.stay = stay_;
  return out;
}

}  // namespace paas::placement
