#include "provider/data/placement_explain/placement_explain.hpp"

#include <algorithm>

#include "provider/placement/answers.hpp"
#include "provider/placement/question.hpp"
#include "provider/tf/checks.hpp"

namespace paas::placement_explain {
namespace {

using placement_values::Attributes;
using placement_values::branch;
using placement_values::leaf;
using tf::at;
using tf::Path;
using tf::Trait;
using tf::Type;

// clang-format off: a table, one attribute a row
Attributes rows() {
  return {
      leaf("workload", Type::string(), Trait::required, "Name of the workload that is asked about."),
      leaf("replica", Type::number(), Trait::optional,
           "Number of one of its replicas, as if it were not placed yet. Left out, one more replica "
           "beside those there are.", {.check = tf::within(0, 100'000)}),
      leaf("fits", Type::boolean(), Trait::computed, "Whether any node takes it."),
      leaf("takers", Type::list(Type::string()), Trait::computed,
           "Nodes that take it, best first."),
      branch("verdicts", tf::Nesting::list, placement_values::verdict_schema(), Trait::computed,
             "What every node says: those that take it first, best first."),
      branch("remedy", tf::Nesting::single, placement_values::remedy_schema(), Trait::computed,
             "The smallest change that would help, with nobody moved; null where a node takes it."),
      leaf("planned", Type::string(), Trait::computed,
           "What the plan does with the replica, and why; null for one more than are wanted."),
  };
}
// clang-format on

class ExplainSource final : public placement_values::Question {
 public:
  explicit ExplainSource(std::shared_ptr<const provider::CurrentServices> services)
      : Question("paas_placement_explain",
                 "The verdict of every node on one replica of a workload: its score, or all that "
                 "stands against it, when all others are where a plan puts them; and what would "
                 "help where no node takes it.\n\n"
                 "Name the placement through a local value, and it is answered in the plan, for "
                 "what is planned.",
                 rows(), std::move(services)) {}

 protected:
  void check(const tf::Value&, tf::Diagnostics&) const override {}

  tf::Map answer(const tf::Value& config, placement::Problem problem,
                 tf::Diagnostics& out) const override {
    placement::Allocation asked;
    asked.workload = *at(config, "workload").as<std::string>();
    if (const auto* replica = at(config, "replica").as<tf::Number>()) {
      asked.ordinal = static_cast<int>(replica->int64().value_or(0));
    } else {
      const auto found =
          std::find_if(problem.workloads.begin(), problem.workloads.end(),
                       [&](const auto& workload) { return workload.name == asked.workload; });
      if (found != problem.workloads.end()) asked.ordinal = found->replicas;
    }
    const auto explanation = explain(problem, asked);
    if (explanation) return placement_values::explanation_values(*explanation);
    out.push_back(
        tf::diagnostic_of(explanation.error(), "unable to explain a placement", Path("workload")));
    return {};
  }
};

}  // namespace

std::unique_ptr<tf::DataSource> make_placement_explain(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<ExplainSource>(std::move(services));
}

}  // namespace paas::placement_explain
