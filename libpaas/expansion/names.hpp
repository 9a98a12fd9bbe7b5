#pragma once
// What the names service is to know, from the ledger and from what is ready.

#include "libpaas/dns/feed.hpp"
#include "libpaas/expansion/expand.hpp"

namespace paas::expansion {

// Apps with the replicas that may be told of and are ready; of each project the addresses of all
// its containers, those of jobs among them, so that they may ask. The gateway answers, and the host
// may ask it.
dns::Feed feed_of(const Ledger& ledger, const model::Blueprint& blueprint,
                  const NodeSettings& settings, const rollout::Facts& facts);

}  // namespace paas::expansion
