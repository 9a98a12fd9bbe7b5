#include "provider/data/what_if/what_if.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "provider/placement/answers.hpp"
#include "provider/placement/question.hpp"
#include "provider/tf/attr.hpp"
#include "provider/tf/checks.hpp"

namespace paas::what_if {
namespace {

using placement::Problem;
using placement_values::Attributes;
using placement_values::branch;
using placement_values::leaf;
using tf::at;
using tf::Path;
using tf::Trait;
using tf::Type;
using tf::Value;

constexpr int most_room = 100'000;

Type texts() {
  return Type::list(Type::string());
}

// clang-format off: tables, one attribute a row
Attributes asked_rows() {
  return {
      leaf("lose_nodes", texts(), Trait::optional, "Nodes that are gone, with what was on them."),
      leaf("lose_hosts", texts(), Trait::optional,
           "Physical machines that are gone, with all their nodes."),
      leaf("drain_nodes", texts(), Trait::optional,
           "Nodes that take nothing, and whose workloads move away."),
      branch("add_nodes", tf::Nesting::map, placement_values::node_schema(), Trait::optional,
             "Nodes that come on top, by name, whatever the provider's policy says."),
      branch("add_workloads", tf::Nesting::map, placement_values::workload_schema(),
             Trait::optional, "Workloads that come on top, by name."),
      leaf("remove_workloads", texts(), Trait::optional, "Workloads that are not there any more."),
      leaf("replicas", Type::map(Type::number()), Trait::optional,
           "Other numbers of replicas, by workload.",
           {.check = tf::each(tf::within(0, 100'000))}),
      leaf("survival", Type::boolean(), Trait::optional,
           "Whether to find out what each single loss would do. Left out, `true`. It places "
           "everything anew once for each host."),
      leaf("room_for", Type::string(), Trait::optional,
           "A workload, also one of `add_workloads` (with `replicas = 0`, say): `room` is how many "
           "more replicas of it fit."),
      leaf("rebalance_moves", Type::number(), Trait::optional,
           "The most moves that `rebalance` may have. Left out, it is not looked for.",
           {.check = tf::within(0, 10'000)}),
  };
}

Attributes rows() {
  Attributes out = asked_rows();
  for (tf::Attribute& one : placement_values::decision_attributes()) out.push_back(std::move(one));
  for (tf::Attribute& one : placement_values::survival_attributes()) out.push_back(std::move(one));
  Attributes found = {
      branch("losses", tf::Nesting::list, placement_values::loss_schema(), Trait::computed,
             "What the loss of each host does, by name."),
      leaf("room", Type::number(), Trait::computed,
           "How many more replicas of `room_for` fit, nothing moved; counting ends at 100000."),
      branch("rebalance", tf::Nesting::list, placement_values::rebalance_schema(), Trait::computed,
             "The moves that make the placement better, in an order in which each can be made."),
  };
  for (tf::Attribute& one : found) out.push_back(std::move(one));
  return out;
}
// clang-format on

std::vector<std::string> texts_of(const Value& value) {
  return tf::Codec<std::vector<std::string>>::decode(value).value_or(std::vector<std::string>());
}

class WhatIfSource final : public placement_values::Question {
 public:
  explicit WhatIfSource(std::shared_ptr<const provider::CurrentServices> services)
      : Question("paas_what_if",
                 "What would happen to a placement if: nodes lost, drained or added, workloads "
                 "scaled, added or removed. Without any such change it tells about the placement "
                 "as it is: what the loss of each host would do, how much room is left, and how it "
                 "could be better. Nothing is carried out.\n\n"
                 "Made for `check` blocks and conditions: "
                 "`condition = data.paas_what_if.now.survives`. Terraform reads a data source that "
                 "names a resource with changes only while applying; name the placement through a "
                 "local value, and it is answered in the plan, for what is planned.",
                 rows(), std::move(services)) {}

 protected:
  void check(const Value& config, tf::Diagnostics& out) const override {
    const Value& nodes = at(config, "add_nodes");
    const Value& workloads = at(config, "add_workloads");
    if (wholly_known(nodes)) placement_values::read_nodes(nodes, Path("add_nodes"), out);
    if (wholly_known(workloads))
      placement_values::read_workloads(workloads, Path("add_workloads"), out);
  }

  tf::Map answer(const Value& config, Problem problem, tf::Diagnostics& out) const override {
    auto after = changed(std::move(problem), change_of(config));
    if (!after) {
      out.push_back(tf::diagnostic_of(after.error(), "unable to make the change"));
      return {};
    }
    const placement::Decision decision = place(*after);
    tf::Map values = placement_values::decision_values(*after, decision, tf::Null{},
                                                       placement_values::Detail::all);
    after->current = decision.assignment();
    if (at(config, "survival") != Value(false))
      for (auto& [name, value] : placement_values::survival_values(losses(*after)))
        values.insert_or_assign(name, std::move(value));
    if (const auto* name = at(config, "room_for").as<std::string>())
      values.emplace("room", room(*after, *name, out));
    if (const auto* most = at(config, "rebalance_moves").as<tf::Number>())
      values.emplace("rebalance", placement_values::rebalance_value(rebalance(
                                      *after, static_cast<int>(most->int64().value_or(0)))));
    return values;
  }

 private:
  static placement::Change change_of(const Value& config) {
    tf::Diagnostics checked;  // by check()
    placement::Change change;
    change.lose_nodes = texts_of(at(config, "lose_nodes"));
    change.lose_hosts = texts_of(at(config, "lose_hosts"));
    change.drain_nodes = texts_of(at(config, "drain_nodes"));
    change.remove_workloads = texts_of(at(config, "remove_workloads"));
    change.add_nodes = placement_values::read_nodes(at(config, "add_nodes"), {}, checked);
    change.add_workloads =
        placement_values::read_workloads(at(config, "add_workloads"), {}, checked);
    if (const auto* replicas = at(config, "replicas").as<tf::Map>())
      for (const auto& [name, count] : *replicas)
        if (const auto* number = count.as<tf::Number>())
          change.replicas[name] = static_cast<int>(number->int64().value_or(0));
    return change;
  }

  static Value room(const Problem& problem, const std::string& name, tf::Diagnostics& out) {
    const auto shape = std::find_if(problem.workloads.begin(), problem.workloads.end(),
                                    [&](const auto& workload) { return workload.name == name; });
    if (shape != problem.workloads.end()) return room_for(problem, *shape, most_room);
    out.push_back(tf::error_at(
        Path("room_for"), "there is no such workload",
        "room_for names the workload " + excerpt(name, 100) + ", which is not there."));
    return tf::Null{};
  }
};

}  // namespace

std::unique_ptr<tf::DataSource> make_what_if(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<WhatIfSource>(std::move(services));
}

}  // namespace paas::what_if
