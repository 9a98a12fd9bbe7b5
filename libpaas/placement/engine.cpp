#include "libpaas/placement/engine.hpp"

#include "libpaas/placement/refusals.hpp"

namespace paas::placement {

Engine::Engine(const Compiled& compiled, NodeIndex::Limits limits)
    : ledger_(compiled), scorer_(ledger_), index_(scorer_, limits) {}

void Engine::expect(const Mix& mix) {
  scorer_.expect(mix);
  index_.forget();
}

Spot Engine::best_by_scan(Index job, Index previous) const {
  Spot out;
  if (!ledger_.within_quota(job)) return out;
  for (const Index node : compiled().by_name()) {
    if (!takes(ledger_, job, node)) continue;
    const std::int64_t score = scorer_.parts(job, node, previous).sum();
    if (out.node == nowhere || score > out.score) out = {node, score};
  }
  return out;
}

Engine::Placed Engine::place(Index job, Index previous) {
  const Spot spot = best(job, previous);
  if (spot.node == nowhere) return {};
  return {spot.node, take(job, spot.node)};
}

std::vector<Spot> Engine::dry_run(Index job, int replicas) {
  std::vector<Spot> out;
  std::vector<Cards> taken;
  for (int i = 0; i < replicas; ++i) {
    const Spot spot = best(job);
    if (spot.node == nowhere) break;
    out.push_back(spot);
    taken.push_back(take(job, spot.node));
  }
  for (std::size_t i = out.size(); i-- > 0;) remove(job, out[i].node, taken[i]);
  return out;
}

Cards Engine::take(Index job, Index node) {
  const Shape& shape = compiled().shape(job);
  Cards cards;
  if (!shape.cards.empty()) cards = scorer_.best_cards(shape, node).value_or(Cards{});
  ledger_.take(job, node, cards);
  return cards;
}

}  // namespace paas::placement
