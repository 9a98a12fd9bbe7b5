#pragma once
// Why a node does not take a job: the short answer, and the full one. They agree.

#include <map>
#include <vector>

#include "libpaas/placement/ledger.hpp"

namespace paas::placement {

// What is asked of a node.
enum class Asking {
  placing,   // to take one more
  standing,  // to keep who is there: not sent away because others are spread better, or because the
             // one it must be with is nowhere any more
  seating,   // the same while those who stand are seated: who it must be with may still come
  beginning,  // to take the first of a circle of those who must be together: the others will follow
  finished    // to keep who was placed: who it must be with has come
};

// Whether the required relations and spreads hold and the ports are free.
bool company_admits(const Ledger& ledger, Index job, Index node, Asking asking = Asking::placing);

// Everything: gate, amounts, cards, quota, and company.
bool takes(const Ledger& ledger, Index job, Index node, Asking asking = Asking::placing);

// All reasons, sorted; empty if it takes it.
std::vector<Refusal> refusals(const Ledger& ledger, Index job, Index node,
                              Asking asking = Asking::placing);

// The fewest replicas that any of these domains has.
std::uint32_t emptiest(const Tallies& tallies, Index counter, const std::vector<Index>& domains);

// Counts over all nodes, most nodes first; what does not change is counted once for each gate.
class RefusalCounts {
 public:
  explicit RefusalCounts(const Ledger& ledger) : ledger_(ledger) {}
  std::vector<RefusalCount> of(Index job);

 private:
  using Counts = std::map<std::pair<std::string, std::string>, int>;
  const Counts& of_gate(Index gate);

  const Ledger& ledger_;
  std::map<Index, Counts> gates_;
};

}  // namespace paas::placement
