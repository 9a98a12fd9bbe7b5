#pragma once
// The format of a snapshot: a whole problem as YAML or JSON, for people, for CI and for tests.
// docs/formats/README.md shows it, docs/formats/placement-snapshot.schema.json is its law.

#include "libpaas/base/document.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/placement/place.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

// Gives all that is wrong, in the order of the text: its form, what mistakes() finds, and nodes in
// pins and apps in relations that are not there. `file` is what flaws name.
Checked<Problem> parse_snapshot(std::string_view text, std::string_view file);

// What would come on top of a problem: `nodes` and `workloads` in the same format.
struct Addition {
  std::vector<Node> nodes{};
  std::vector<Workload> workloads{};
  bool operator==(const Addition&) const = default;
};
Checked<Addition> parse_addition(std::string_view text, std::string_view file);

// The canonical form: parse_snapshot() of its text gives an equal problem (as far as that is free
// of flaws), and what has its default value is left out.
Json snapshot_json(const Problem& problem);
Json node_json(const Node& node);
Json workload_json(const Workload& workload);

}  // namespace paas::placement
#pragma GCC visibility pop
