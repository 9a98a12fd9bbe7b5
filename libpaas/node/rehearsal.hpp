#pragma once
// Rehearsal: the loop with an engine that is imagined, where all goes well and time flies. What it
// does there is what it is going to do.

#include <string>
#include <vector>

#include "libpaas/node/core.hpp"

#pragma GCC visibility push(default)
namespace paas::node {

// One thing that will be done.
struct Foreseen {
  std::string text;  // "deploy container shop-web-0-1f2e3d4c"
  std::vector<reconcile::Reason> reasons{};
  std::vector<std::string> steps{};
  bool operator==(const Foreseen&) const = default;
};

struct Preview {
  std::string version{};  // of what was read
  std::vector<Foreseen> changes{};
  bool settles = false;  // it comes to rest; else only the beginning is told
};

// From what is known and seen now. Names, rules and what is kept follow and are not told.
Preview rehearse(State state, const Declared& declared, const reconcile::Observed& seen,
                 Moment now);

}  // namespace paas::node
#pragma GCC visibility pop
