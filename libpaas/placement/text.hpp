#pragma once
// Answers as text for people. Lines end in "\n"; columns are aligned; control characters of names
// are shown as '?'.

#include <string>
#include <string_view>
#include <vector>

#include "libpaas/placement/explain.hpp"
#include "libpaas/placement/place.hpp"
#include "libpaas/placement/what_if.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

// A table of all choices, a sentence that sums up, and for each that is not kept the reasons: score
// and alternatives, who refused, what would make it fit.
std::string decision_text(const Decision& decision);

// "web/0 moves from a to b: a is drained; the only node that takes it"
std::string choice_text(const Choice& choice);

// A table of all nodes: score, or what stands against each.
std::string explanation_text(const Explanation& explanation);

// A table of hosts, and which apps some single loss stops.
std::string losses_text(const std::vector<Loss>& losses);

// `limit` is where counting ended.
std::string room_text(std::string_view workload, int room, int limit);

// A table of moves in the order in which to make them.
std::string moves_text(const std::vector<Move>& moves);

// "memory: 512 MiB short", "port 443"
std::string refusal_text(const Refusal& refusal);

}  // namespace paas::placement
#pragma GCC visibility pop
