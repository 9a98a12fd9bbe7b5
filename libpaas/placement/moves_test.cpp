#include "libpaas/placement/moves.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "libpaas/placement/decide.hpp"
#include "libpaas/placement/random_problem_test.hpp"

namespace paas::placement::moves_test {

// A few full nodes, and one more workload, the last one.
Problem crowded(std::uint64_t seed, int nodes, int workloads) {
  random_problem::Draw draw(seed);
  Problem out;
  for (int i = 0; i < nodes; ++i) {
    Node node{random_problem::numbered("n", i)};
    node.capacity = {{"cpu", 8}, {"memory", 8}};
    out.cluster.nodes.push_back(node);
  }
  for (int i = 0; i <= workloads; ++i) {
    Workload workload{random_problem::numbered("w", i)};
    const int most = i == workloads ? 6 : 4;
    workload.requests = {{"cpu", draw.from(1, most)}, {"memory", draw.from(1, most)}};
    workload.move_cost = draw.from(1, 5);
    if (draw.chance(30)) {
      workload.relations = {{random_problem::numbered("w", draw.from(0, workloads))}};
    }
    if (draw.chance(15)) workload.ports = {80};
    out.workloads.push_back(workload);
  }
  Problem before = out;
  before.workloads.pop_back();
  out.current = place(before).assignment();
  return out;
}

struct Best {
  int moves = 99;
  Amount cost = 0;
};

// Every way to seat all that stand and the last one. Shares nothing with the search.
void every_way(const Problem& problem, std::size_t next, std::vector<std::size_t>& at, Best so_far,
               Best& best) {
  const std::size_t all = problem.workloads.size();
  if (so_far.moves > best.moves) return;
  if (next == all) {
    if (std::tie(so_far.moves, so_far.cost) < std::tie(best.moves, best.cost)) best = so_far;
    return;
  }
  const Workload& workload = problem.workloads[next];
  const auto was = problem.current.find({workload.name, 0});
  if (was == problem.current.end() && next + 1 != all) {
    at[next] = 99;
    return every_way(problem, next + 1, at, so_far, best);
  }
  for (std::size_t node = 0; node < problem.cluster.nodes.size(); ++node) {
    Amount cpu = workload.requests.at("cpu");
    Amount memory = workload.requests.at("memory");
    bool fits = true;
    for (std::size_t other = 0; other < next; ++other) {
      if (at[other] != node) continue;
      const Workload& beside = problem.workloads[other];
      cpu += beside.requests.at("cpu");
      memory += beside.requests.at("memory");
      const auto apart = [](const Workload& a, const Workload& b) {
        return !a.relations.empty() && a.relations[0].app == b.name;
      };
      fits = fits && !apart(workload, beside) && !apart(beside, workload) &&
             (workload.ports.empty() || beside.ports.empty());
    }
    if (!fits || cpu > 8 || memory > 8) continue;
    Best then = so_far;
    if (was != problem.current.end() && was->second != problem.cluster.nodes[node].name) {
      ++then.moves;
      then.cost += *workload.move_cost;
    }
    at[next] = node;
    every_way(problem, next + 1, at, then, best);
  }
}

TEST_CASE("moves: the fewest and cheapest, as trying every way finds them") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Problem problem = crowded(seed, 3, 6);
    const Compiled compiled(problem);
    Decider decider(compiled, false);
    decider.seat_standing();
    Seating& seating = decider.seating();
    const auto last = static_cast<Index>(seating.size() - 1);
    if (seating.engine().best(seating[last].job).node != nowhere) return;
    std::vector<std::size_t> at(problem.workloads.size());
    Best best;
    every_way(problem, 0, at, {0, 0}, best);
    const auto plan = MoveSearch(seating, 1'000'000).find(last);
    if (best.moves > 3) {
      const bool unproven = !plan || !plan->proven;  // not inside, where both sides are looked at
      RC_ASSERT(unproven);
      return;
    }
    RC_ASSERT(plan.has_value());
    RC_ASSERT(plan->proven);
    RC_ASSERT(static_cast<int>(plan->steps.size()) == best.moves);
    RC_ASSERT(plan->cost == best.cost);
  }));
}

TEST_CASE("moves: a budget that is spent proves nothing") {
  Problem problem = crowded(1, 3, 6);
  for (std::uint64_t seed = 2;
       place(problem).assignment().size() != 7 || place(problem).moves_proven_minimal == false ||
       problem.current.size() != 6;
       ++seed) {
    problem = crowded(seed, 3, 6);
    problem.rules.search_budget = 1'000'000;
  }
  CHECK(place(problem).moves_proven_minimal);
  problem.workloads.back().requests = {{"cpu", 8}, {"memory", 8}};
  problem.rules.search_budget = 2;
  const Decision decision = place(problem);
  CHECK((decision.fits() || !decision.moves_proven_minimal));
}

}  // namespace paas::placement::moves_test
