#pragma once
// What becomes of addresses when a node is given another subnet.

#include "libpaas/expansion/expand.hpp"

namespace paas::expansion {

// Everybody has an address of the subnet of the settings, by the same names; the rest that was
// given back is forgotten with the old subnet. Who finds none left starts anew when there is one.
// Nothing changes where the subnet is the same, but for how long addresses rest from now on.
void renumber(Ledger& ledger, const NodeSettings& settings, model::Moment now);

}  // namespace paas::expansion
