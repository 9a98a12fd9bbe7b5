#pragma once
// What is said about a choice: the nodes there were, what stands against it, and what would help.

#include <optional>
#include <string>
#include <vector>

#include "libpaas/placement/seating.hpp"

namespace paas::placement {

// A node with its score and what it is made of; parts that are nothing are left out.
Option option_of(const Scorer& scorer, Index job, Index node, Index previous);

// All nodes that take a job, best first.
struct Takers {
  std::size_t count = 0;
  std::vector<Option> best{};  // at most `most`
};
Takers takers(const Scorer& scorer, Index job, Index previous, std::size_t most);

// A remedy, and how much it is beside a mean node, 2^20 of which are one.
struct Cure {
  Remedy remedy;
  Amount weight = 0;
};

// The smallest change that would give a job a place while nobody moves: least is missing in all.
// None if there are no nodes, or one takes it.
std::optional<Cure> cure_for(const Ledger& ledger, Index job, Asking asking = Asking::placing);
// The same for one that has no place, beside those of its company that would have one.
std::optional<Remedy> remedy_for(const Ledger& ledger, Index job);

}  // namespace paas::placement
