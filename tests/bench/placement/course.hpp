#pragma once
// A run: everything of a world arrives, somebody places it, and it is watched how full the cluster
// is at certain moments.

#include <optional>
#include <vector>

#include "libpaas/base/result.hpp"
#include "tests/bench/placement/world.hpp"

namespace paas::bench {

// Whoever decides where something goes.
class Placer {
 public:
  virtual ~Placer() = default;
  // The next arrival is this one.
  virtual void begin(std::size_t arrival) = 0;
  // Places one replica of it. The node, counted as the world counts; none if no node takes it.
  virtual std::optional<std::size_t> place() = 0;
};

// Shares of what there is, in percent.
struct Figures {
  double first_failure_cpu = 0;     // promised when the first replica was refused, else at the end
  double first_failure_fuller = 0;  // the same of the fuller one of CPU and memory
  double end_mean = 0;              // of CPU and memory
  // Capacity of the nodes in use over what must be in use at least, when half of the CPU was
  // offered. The bound is fluid: it takes what is promised of the scarcer resource.
  double half_over_fluid = 0;
  double cards_at_full = 0;  // when as many cards were asked for as there are, else at the end
};

// Runs until the end or, in a world with cards, until as many were asked for as there are.
// Errors: `internal`: the placer put more on a node than it has; then no figure means anything.
Result<Figures> run(const World& world, Placer& placer);

}  // namespace paas::bench
