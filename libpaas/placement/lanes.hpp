#pragma once
// The two loops over all open nodes that the time of a placement goes into: which of them can take
// something, and how well it fits there. The amounts lie beside each other, so that processors with
// AVX2 look at four nodes at once; what comes out is the same.

#include <cstdint>
#include <vector>

#include "libpaas/placement/score.hpp"

namespace paas::placement {

// Nodes in use that may take something yet, by place; what is free is no less than nothing.
struct OpenNodes {
  std::vector<Amount> x, y;  // free of the two scarcest resources
  std::vector<std::int64_t> waste;
  std::vector<std::vector<std::uint64_t>> let_in;  // by 64 gates: which of them let the node in
  std::vector<Index> node;
  std::size_t size() const { return node.size(); }
};

struct LaneLoops {
  // Writes the places of the nodes that have as much free and are behind the gate, in order. Gives
  // their number. Behind the last one, and up to eight, anything may be written.
  std::size_t (*pick)(const OpenNodes& open, Scorer::Axes needs, Index gate, std::uint32_t* places);
  // The fit of each of these. REQUIRES: they have as much free.
  void (*rate)(const OpenNodes& open, Scorer::Axes needs, const Scorer::Fit& fit,
               const std::uint32_t* places, std::size_t count, std::int64_t* fits);
};

// For any processor.
const LaneLoops& plain_loops();
// For this one.
const LaneLoops& fastest_loops();

}  // namespace paas::placement
