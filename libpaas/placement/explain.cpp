#include "libpaas/placement/explain.hpp"

#include <algorithm>
#include <tuple>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"

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
