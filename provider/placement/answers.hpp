#pragma once
// Decisions and explanations as Terraform's values (tables.hpp has their shape), and what does not
// fit in words.

#include "libpaas/placement/explain.hpp"
#include "libpaas/placement/place.hpp"
#include "libpaas/placement/what_if.hpp"
#include "provider/tf/diagnostics.hpp"
#include "provider/tf/value.hpp"

namespace paas::placement_values {

// How much `decisions` says: `reasons` leaves out scores, parts, alternatives and the table of
// refusals (null), and counts the refusals in `because`.
enum class Detail { reasons, all };

// The values of decision_attributes(), by name. `before` is the value of `decisions` until now:
// what it says of a replica stays while the replica does, so that a plan shows what changes and no
// more; but not that it waits, once it may stay.
tf::Map decision_values(const placement::Problem& problem, const placement::Decision& decision,
                        const tf::Value& before, Detail detail);

// Those who may not stay where they are and wait all the same, for a disruption budget: by name.
std::vector<std::string> waiting(const placement::Decision& decision);

// One warning for each workload that has replicas who wait, at `path` and its name.
tf::Diagnostics waits(const placement::Decision& decision, const tf::Path& path);

// `takers`, `fits`, `verdicts` and `remedy` of an explanation.
tf::Map explanation_values(const placement::Explanation& explanation);

// `survives`, `apps_at_risk` and `losses`.
tf::Map survival_values(const std::vector<placement::Loss>& losses);

// A list of rebalance_schema().
tf::Value rebalance_value(const std::vector<placement::Move>& moves);

// One problem for each workload that has replicas without a node: how many nodes refuse for which
// reason, and the smallest change that would help. Errors or warnings, at `path` and the name of
// the workload; an error tells of `allow_unplaced`, too.
tf::Diagnostics complaints(const placement::Decision& decision, tf::Severity severity,
                           const tf::Path& path);

}  // namespace paas::placement_values
