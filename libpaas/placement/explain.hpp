#pragma once
// explain(): the full verdict of every node on one allocation, when all else is decided.

#include "libpaas/base/result.hpp"
#include "libpaas/placement/place.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

struct Verdict {
  std::string node;
  std::vector<Refusal> refusals{};  // all of them; empty: the node would take it
  Option option{};                  // score, where it would
  bool here = false;                // the allocation is on this node
  bool chosen = false;              // place() gives it this node
  std::vector<std::string> said{};  // each of the refusals in words, with what the node has
  bool operator==(const Verdict&) const = default;
};

struct Explanation {
  Allocation allocation;
  std::vector<Verdict> verdicts;   // takers first, best first; then by number of refusals and name
  std::optional<Remedy> remedy{};  // where no node takes it
  // What the plan does with it: act, node, from and because; none if it is not wanted.
  std::optional<Choice> planned{};
  bool operator==(const Explanation&) const = default;
};

// What every node says to one more replica of the workload, or to the one that is named, when
// everybody else is where place() puts them. Errors: `not_found`, naming the workloads there are.
// REQUIRES: mistakes(problem).empty().
Result<Explanation> explain(const Problem& problem, const Allocation& allocation);

}  // namespace paas::placement
#pragma GCC visibility pop
