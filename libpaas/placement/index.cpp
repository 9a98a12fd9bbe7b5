#include "libpaas/placement/index.hpp"

#include "libpaas/placement/refusals.hpp"

namespace paas::placement {

NodeIndex::NodeIndex(const Scorer& scorer, Limits limits)
    : scorer_(scorer),
      limits_(limits),
      bonuses_(scorer),
      frontier_(scorer, bonuses_),
      candidates_(scorer, frontier_, bonuses_, limits.wide ? fastest_loops() : plain_loops()),
      blocks_(scorer, bonuses_, limits.tables),
      seen_(scorer.ledger().log_end()) {}

void NodeIndex::forget() {
  frontier_.file_all();
  candidates_.drop();
  blocks_.forget();
  seen_ = scorer_.ledger().log_end();
}

void NodeIndex::refresh() {
  const Ledger& ledger = scorer_.ledger();
  if (seen_ < ledger.log_begin()) {
    frontier_.file_all();
    candidates_.drop();
    seen_ = ledger.log_end();
  }
  for (; seen_ < ledger.log_end(); ++seen_) {
    if (!ledger.is_last(seen_)) continue;
    frontier_.file(ledger.logged(seen_));
    candidates_.changed(ledger.logged(seen_));
  }
}

bool NodeIndex::few_are_open() const {
  // Without tables, all that is to be known of a node is worked out anew for every job.
  const std::size_t effort = scorer_.plain() ? 1 : 32;
  return frontier_.grouped() && frontier_.open().size() * effort <= limits_.open;
}

Spot NodeIndex::best(Index job, Index previous) {
  const Ledger& ledger = scorer_.ledger();
  if (!ledger.within_quota(job)) return {};
  Spot known;
  if (previous != nowhere && takes(ledger, job, previous)) {
    known = {previous, scorer_.parts(job, previous, previous).sum()};
  }
  refresh();
  if (few_are_open()) return candidates_.best(job, known);
  candidates_.drop();
  return blocks_.best(job, known);
}

}  // namespace paas::placement
