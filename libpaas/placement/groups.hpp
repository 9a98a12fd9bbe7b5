#pragma once
// Who is decided together: gangs, and those who must be together with each other.

#include <vector>

#include "libpaas/placement/seating.hpp"

namespace paas::placement {

struct Group {
  std::vector<Index> seats{};
  bool tied = false;  // some must be together with others of the group
};

// All seats without a node, the most urgent groups first: by priority, then who ran before, the
// largest, and by hash of the name. In a group who is sought comes before who seeks it, and
// whoever is sought is as urgent as whoever seeks it.
std::vector<Group> groups_of(const Seating& seating);

}  // namespace paas::placement
