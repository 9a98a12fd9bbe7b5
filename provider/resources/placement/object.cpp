#include "libpaas/base/text.hpp"
#include "libpaas/placement/model.hpp"
#include "provider/resources/placement/plan.hpp"

namespace paas::placement_resource {
namespace {

using placement_values::Attributes;
using tf::Trait;

const char* const placement_doc =
    "Decides on which node each of many workloads goes, all of them together, and says why.\n\n"
    "The plan shows the answer: every replica with its node, the reasons, and what would move. It "
    "follows from the configuration and from where the state says that replicas are, and from "
    "nothing else, so an apply does what was shown. What stands, stands: a replica leaves its node "
    "only if it may not stay there, or if something else has no place unless it moves; then the "
    "fewest and cheapest moves are taken. Where `max_unavailable` lets some of them wait, the next "
    "plan goes on. The guide [Placement](../guides/placement.md) tells how "
    "it is decided.\n\n"
    "Nothing is carried out: resources take their node from `nodes[\"web\"][0]` or "
    "`assignments[\"web/0\"]`. No cluster needs to be configured. Nodes that the provider's "
    "`policy.nodes` leaves out take nothing.\n\n"
    "Terraform drops attributes of `cluster`, `workloads` and `rules` that are misspelt, without a "
    "word, for they are values of maps and objects. What is left is looked at: a workload that "
    "asks "
    "for nothing, a node that offers nothing, and names that lead nowhere are warnings.\n\n"
    "What does not fit is an error of the plan that names the workload, how many nodes refuse it "
    "for which reason, and the smallest change that would help, with nobody "
    "moved.";

Attributes placement_rows() {
  Attributes out = placement_values::problem_attributes(
      "current",
      "Where replicas are that this resource has not placed itself: `{ \"web/0\" = \"pve1\" }`. "
      "For "
      "what was there before; what the state knows goes first.");
  out.push_back(placement_values::leaf(
      "allow_unplaced", tf::Type::boolean(), Trait::optional,
      "Whether a replica that fits nowhere, or is pushed out by a higher priority, is left without "
      "a node, with a warning. Left out, `false`: it is an error."));
  out.push_back(placement_values::leaf(
      "explain", tf::Type::boolean(), Trait::optional,
      "Whether `decisions` has scores, alternatives and refusals of each node for what is placed "
      "or "
      "moved from now on. A plan gets long with it: the data source `paas_placement_explain` tells "
      "more, and of who stands already. Left out, `false`: the node and a sentence why."));
  out.push_back(
      placement_values::leaf("survival", tf::Type::boolean(), Trait::optional,
                             "Whether to find out what the loss of each host would do, for "
                             "`survives` and `apps_at_risk`. It "
                             "places everything anew once for each host. Left out, `false`."));
  for (tf::Attribute& one : placement_values::decision_attributes()) out.push_back(std::move(one));
  for (tf::Attribute& one : placement_values::survival_attributes()) {
    one.doc += " Null without `survival`.";
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

const tf::Object<placement_values::Whole>& placement_object() {
  static const auto object = placement_values::whole_object(placement_doc, 0, placement_rows());
  return object;
}

Result<tf::Value> parse_import_id(std::string_view id) {
  tf::Map out;
  for (const std::string_view entry : split(id, ',')) {
    const std::size_t equals = entry.find('=');
    const std::string_view name = trim(entry.substr(0, equals));
    const std::string_view node =
        equals == std::string_view::npos ? "" : trim(entry.substr(equals + 1));
    if (!placement::allocation_of(name) || node.empty())
      return tl::unexpected<Error>(
          Error{Errc::invalid,
                "the id must say where each replica is, like \"web/0=pve1,web/1=pve2\"",
                {},
                "Name every replica that has a node. The placement itself is written down nowhere "
                "else; what is left out is placed anew."});
    if (!out.emplace(std::string(name), std::string(node)).second)
      return fail(Errc::invalid, "the id names " + excerpt(name, 100) + " twice");
  }
  return out;
}

}  // namespace paas::placement_resource
