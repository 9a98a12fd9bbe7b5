#include "libpaas/placement/explain.hpp"

#include <algorithm>
#include <tuple>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"
#include "libpaas/placement/text.hpp"

namespace paas::placement {
namespace explaining {

Result<Index> job_named(const Problem& problem, const std::string& name) {
  std::vector<std::string> names;
  for (Index job = 0; job < problem.workloads.size(); ++job) {
    if (problem.workloads[job].name == name) return job;
    names.push_back(problem.workloads[job].name);
  }
  std::sort(names.begin(), names.end());
  return fail(Errc::not_found, "there is no workload " + excerpt(name, 100) + "; there are: " +
                                   (names.empty() ? "none" : shortened(join(names, ", "), 1000)));
}

std::string condition_text(const Term& term) {
  const std::string values = join(term.values, " or ");
  switch (term.op) {
    case Operator::in:
      return "must be " + values;
    case Operator::not_in:
      return "must not be " + values;
    case Operator::exists:
      return "must be there";
    case Operator::absent:
      return "must not be there";
    case Operator::greater:
      return "must be more than " + values;
    case Operator::less:
      return "must be less than " + values;
  }
  return values;
}

// "label gen is 3, must be more than 5"
std::string said_of(const Workload& workload, const Node& node, const Refusal& refusal) {
  if (refusal.reason != "label") return refusal_text(refusal);
  const auto has = node.labels.find(refusal.what);
  std::string out =
      "label " + refusal.what + (has == node.labels.end() ? " is not there" : " is " + has->second);
  for (const Term& term : workload.required) {
    if (term.label == refusal.what && !satisfies(node.labels, term)) {
      out += ", " + condition_text(term);
    }
  }
  return out;
}

}  // namespace explaining

Result<Explanation> explain(const Problem& problem, const Allocation& allocation) {
  const Index job = TRY(explaining::job_named(problem, allocation.workload));
  const Compiled compiled(problem);
  Decider decider(compiled, false);
  decider.seat_standing();
  decider.seat_others();
  Seating& seating = decider.seating();
  Explanation out;
  out.allocation = allocation;
  for (Choice& choice : decider.decision().choices) {
    if (choice.allocation == allocation) out.planned = std::move(choice);
  }
  Index here = nowhere;
  Index chosen = nowhere;
  for (Index seat = 0; seat < seating.size(); ++seat) {
    if (seating.allocation(seat) != allocation) continue;
    here = seating[seat].from;
    chosen = seating[seat].node;
    if (chosen != nowhere) {
      seating.leave(seat);
    } else {
      decider.seat_company(seat);
    }
  }
  for (const Index node : compiled.by_name()) {
    Verdict verdict{compiled.node(node).name, refusals(seating.ledger(), job, node)};
    for (const Refusal& refusal : verdict.refusals) {
      verdict.said.push_back(
          explaining::said_of(problem.workloads[job], compiled.node(node), refusal));
    }
    verdict.here = node == here;
    verdict.chosen = node == chosen;
    if (verdict.refusals.empty()) {
      verdict.option = option_of(seating.engine().scorer(), job, node, here);
    }
    out.verdicts.push_back(std::move(verdict));
  }
  std::stable_sort(out.verdicts.begin(), out.verdicts.end(),
                   [](const Verdict& a, const Verdict& b) {
                     return std::tuple(a.refusals.size(), -a.option.score) <
                            std::tuple(b.refusals.size(), -b.option.score);
                   });
  const bool refused = out.planned && out.planned->node.empty();
  if (refused || (!out.verdicts.empty() && !out.verdicts.front().refusals.empty())) {
    out.remedy = remedy_for(seating.ledger(), job);
  }
  return out;
}

}  // namespace paas::placement
