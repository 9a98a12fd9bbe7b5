#pragma once
// explain(): the full verdict of every node on one allocation, as things stand.

#include "libpaas/base/result.hpp"
#include "libpaas/placement/place.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

struct Verdict {
  std::string node;
  std::vector<Refusal> refusals{};  // all of them; empty: the node would take it
  Option option{};                  // score, where it would
  bool here = false;                // the allocation is on this node
  bool operator==(const Verdict&) const = default;
};

struct Explanation {
  Allocation allocation;
  std::vector<Verdict> verdicts;   // takers first, best first; then by number of refusals and name
  std::optional<Remedy> remedy{};  // where no node takes it
  bool operator==(const Explanation&) const = default;
};

// One more replica of the workload beside what is placed, or the one that is named, as if it were
// not placed yet. Errors: `not_found`, naming the workloads there are.
// REQUIRES: mistakes(problem).empty().
Result<Explanation> explain(const Problem& problem, const Allocation& allocation);

}  // namespace paas::placement
#pragma GCC visibility pop
