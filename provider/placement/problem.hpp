#pragma once
// Terraform's values as a problem of libpaas/placement, and every mistake in them by its path.

#include <optional>
#include <string>

#include "libpaas/placement/place.hpp"
#include "provider/policy/policy.hpp"
#include "provider/tf/diagnostics.hpp"
#include "provider/tf/value.hpp"

namespace paas::placement_values {

// Where the attributes of a problem stand.
struct Source {
  const tf::Value& object;   // with the members cluster, workloads, rules
  tf::Path path{};           // of that object
  std::string current_name;  // of the member that says where replicas are; empty: there is none
};

// What was read. `problem` is none while something is not known yet, or has a mistake; of what is
// known the mistakes are told all the same.
struct Reading {
  std::optional<placement::Problem> problem{};
  tf::Diagnostics mistakes{};
};
Reading read_problem(const Source& source);

// One part alone, in the same format: nodes or workloads by name. Mistakes go to `out`.
// REQUIRES: `value` is wholly known.
std::vector<placement::Node> read_nodes(const tf::Value& value, const tf::Path& path,
                                        tf::Diagnostics& out);
std::vector<placement::Workload> read_workloads(const tf::Value& value, const tf::Path& path,
                                                tf::Diagnostics& out);

// Where replicas are, of a map `{ "web/0" = "pve1" }`; what is no replica of a workload of the
// problem is passed over: it is not wanted any more.
placement::Assignment assignment_of(const tf::Value& value, const placement::Problem& problem);

// Takes the nodes out of the problem that the policy does not allow. Gives their names.
std::vector<std::string> obey(const policy::Policy& policy, placement::Problem& problem);

// Warnings about what may be a slip: names that point nowhere (nodes of a pin, apps of a relation,
// projects of a quota, replicas in `current`, which is the value of that attribute), workloads that
// ask for nothing and nodes that offer nothing, for Terraform drops misspelt attributes unseen.
// Some are none: a node may be gone, a workload not there any more.
tf::Diagnostics loose_ends(const placement::Problem& problem, const tf::Value& current,
                           const tf::Path& path);

}  // namespace paas::placement_values
