#include "provider/resources/placement/plan.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "provider/placement/answers.hpp"
#include "provider/placement/problem.hpp"

namespace paas::placement_resource {
namespace {

using placement::Problem;
using tf::at;
using tf::Path;
using tf::Severity;
using tf::Value;

class Deciding {
 public:
  Deciding(const tf::Planning& planning, const policy::Policy& policy)
      : planning_(planning), policy_(policy) {}

  void all() {
    auto reading = placement_values::read_problem({planning_.config, Path(), "current"});
    for (tf::Diagnostic& one : reading.mistakes) planning_.diagnostics.push_back(std::move(one));
    const bool asked = at(planning_.config, "allow_unplaced").is_known() &&
                       at(planning_.config, "survival").is_known() &&
                       at(planning_.config, "explain").is_known();
    if (!reading.problem || !asked || policy_.nodes_unknown()) return;
    Problem& problem = *reading.problem;
    warn(placement_values::loose_ends(problem, at(planning_.config, "current"), Path()));
    const std::vector<std::string> left_out = placement_values::obey(policy_, problem);
    if (changes() || stands_on(left_out) || somebody_waits()) decide(problem, left_out);
    if (!decided_ && at(planning_.prior, "fits") == Value(false)) {
      planning_.diagnostics.push_back(tf::warning_at(
          Path("workloads"), "some replicas have no node",
          "The last decision left these without a node: " + names(at(planning_.prior, "unplaced")) +
              ".\n\nattribute decisions says why, and what would help."));
    }
  }

 private:
  // What is computed is unknown in a plan in which something changes.
  bool changes() const { return at(planning_.plan.state, "assignments").is_unknown(); }

  // A disruption budget lets the last decision be carried on by the next plan.
  bool somebody_waits() const {
    const auto* names = at(planning_.prior, "waiting").as<tf::List>();
    return names && !names->empty();
  }

  bool stands_on(const std::vector<std::string>& nodes) const {
    const auto* map = at(planning_.prior, "assignments").as<tf::Map>();
    return map && std::any_of(map->begin(), map->end(), [&](const auto& entry) {
             return std::any_of(nodes.begin(), nodes.end(), [&](const std::string& node) {
               return entry.second == Value(node);
             });
           });
  }

  static std::string names(const Value& list) {
    std::vector<std::string> out;
    if (const auto* elements = list.as<tf::List>())
      for (const Value& element : *elements)
        if (const auto* text = element.as<std::string>()) out.push_back(*text);
    return shortened(join(out, ", "), 1000);
  }

  void warn(tf::Diagnostics warnings) {
    for (tf::Diagnostic& one : warnings) planning_.diagnostics.push_back(std::move(one));
  }

  void decide(Problem& problem, const std::vector<std::string>& left_out) {
    if (!left_out.empty())
      planning_.diagnostics.push_back(
          tf::warning_at(Path("cluster"), "nodes left out by the provider's policy",
                         "policy.nodes does not allow these, so they take nothing: " +
                             shortened(join(left_out, ", "), 1000) + "."));
    // What the state knows goes first.
    placement::Assignment here =
        placement_values::assignment_of(at(planning_.prior, "assignments"), problem);
    here.merge(problem.current);
    problem.current = std::move(here);
    problem.resized = resized(problem);
    const placement::Decision decision = place(problem);
    decided_ = true;
    if (!complain(problem, decision)) return;
    warn(placement_values::waits(decision, Path("workloads")));
    const auto detail = at(planning_.config, "explain") == Value(true)
                            ? placement_values::Detail::all
                            : placement_values::Detail::reasons;
    tf::Map values = placement_values::decision_values(problem, decision,
                                                       at(planning_.prior, "decisions"), detail);
    if (!changes() && nothing_new(values)) return;
    fill(std::move(values));
    fill({{"survives", Value(tf::Null{})}, {"apps_at_risk", Value(tf::Null{})}});
    if (at(planning_.config, "survival") != Value(true)) return;
    problem.current = decision.assignment();
    fill(placement_values::survival_values(losses(problem)));
  }

  // Tells what does not fit. Gives whether the plan may go on.
  bool complain(const Problem& problem, const placement::Decision& decision) {
    if (decision.fits()) return true;
    const bool allowed = at(planning_.config, "allow_unplaced") == Value(true);
    const Severity severity = allowed ? Severity::warning : Severity::error;
    if (problem.cluster.nodes.empty()) {
      planning_.diagnostics.push_back(
          {severity, "there are no nodes",
           "The cluster has no node that may be used, so nothing has a place.", Path("cluster")});
    } else {
      warn(placement_values::complaints(decision, severity, Path("workloads")));
    }
    return allowed;
  }

  // Who waited waits still: the state says so already.
  bool nothing_new(const tf::Map& values) const {
    for (const char* name : {"assignments", "unplaced", "waiting"})
      if (at(planning_.prior, name) != at(values, name)) return false;
    return true;
  }

  // Workloads that ask for something else than the state says: they make way before others do.
  std::vector<std::string> resized(const Problem& problem) const {
    tf::Diagnostics ignored;  // the state was free of mistakes once
    std::vector<std::string> out;
    const Value& before = at(planning_.prior, "workloads");
    for (const auto& was : placement_values::read_workloads(before, {}, ignored)) {
      const auto is = std::find_if(problem.workloads.begin(), problem.workloads.end(),
                                   [&](const auto& one) { return one.name == was.name; });
      if (is == problem.workloads.end()) continue;
      if (is->requests != was.requests || is->devices != was.devices) out.push_back(was.name);
    }
    return out;
  }

  void fill(tf::Map values) {
    auto& state = *planning_.plan.state.as<tf::Map>();
    for (auto& [name, value] : values)
      if (state.contains(name)) state.insert_or_assign(name, std::move(value));
  }

  const tf::Planning& planning_;
  const policy::Policy& policy_;
  bool decided_ = false;
};

}  // namespace

void refine_plan(const tf::Planning& planning, const policy::Policy& policy) {
  Deciding(planning, policy).all();
}

}  // namespace paas::placement_resource
