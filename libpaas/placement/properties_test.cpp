// What holds of every decision, whatever the problem: stability, and what is monotone.

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "libpaas/base/json.hpp"
#include "libpaas/placement/explain.hpp"
#include "libpaas/placement/feasible_test.hpp"
#include "libpaas/placement/plan_json.hpp"
#include "libpaas/placement/random_problem_test.hpp"
#include "libpaas/placement/what_if.hpp"

namespace paas::placement::properties_test {

using random_problem::Draw;

bool says(const Choice& choice, const char* text) {
  return choice.because.find(text) != std::string::npos;
}

const Choice* choice_of(const Decision& decision, const Allocation& allocation) {
  for (const Choice& choice : decision.choices) {
    if (choice.allocation == allocation) return &choice;
  }
  return nullptr;
}

// A problem whose plan was carried out: all stand. None if not everything fits.
std::optional<Problem> settled(std::uint64_t seed) {
  Problem problem = random_problem::problem(seed, 5);
  problem.current.clear();
  problem.resized.clear();
  if (!mistakes(problem).empty()) return std::nullopt;
  const Decision decision = place(problem);
  if (!decision.fits()) return std::nullopt;
  problem.current = decision.assignment();
  return problem;
}

// Whether somebody who comes does not make its app's spread too uneven.
bool spreads_admit(const Problem& problem, const Decision& decision, const Choice& comes) {
  std::map<std::string, const Node*> nodes;
  std::map<std::string, const Workload*> workloads;
  for (const Node& node : problem.cluster.nodes) nodes[node.name] = &node;
  for (const Workload& workload : problem.workloads) workloads[workload.name] = &workload;
  const Workload& workload = *workloads.at(comes.allocation.workload);
  return std::all_of(workload.spreads.begin(), workload.spreads.end(), [&](const Spread& spread) {
    std::map<std::string, int> counts;
    for (const auto& [name, node] : nodes) {
      const std::string domain = feasible::domain(*node, spread.level);
      if (!domain.empty() && feasible::lets_in(*node, workload)) counts.emplace(domain, 0);
    }
    int least = 1 << 30;
    for (const Choice& each : decision.choices) {
      if (each.node.empty()) continue;
      const Workload& other = *workloads.at(each.allocation.workload);
      const auto at = counts.find(feasible::domain(*nodes.at(each.node), spread.level));
      if (at != counts.end() && feasible::app(other) == feasible::app(workload)) ++at->second;
    }
    for (const auto& [domain, count] : counts) least = std::min(least, count);
    const auto here = counts.find(feasible::domain(*nodes.at(comes.node), spread.level));
    return !spread.max_skew || (here != counts.end() && here->second <= least + *spread.max_skew);
  });
}

// Whether some node takes an allocation while all others stay where they are, judged by the rules
// of the model alone: it may come there, and from then on all may stay. (Who stands alone may stay;
// but if its company goes to another zone, who stays behind is not together with it.)
bool fits_as_things_are(const Problem& problem, const Allocation& newcomer) {
  Decision decision;
  for (const Workload& workload : problem.workloads) {
    for (int ordinal = 0; ordinal < workload.replicas; ++ordinal) {
      const Allocation allocation{workload.name, ordinal};
      Choice choice{allocation};
      const auto at = problem.current.find(allocation);
      if (at != problem.current.end()) {
        choice.act = Act::keep;
        choice.node = choice.from = at->second;
      }
      decision.choices.push_back(choice);
    }
  }
  for (Choice& choice : decision.choices) {
    if (choice.allocation != newcomer) continue;
    for (const Node& node : problem.cluster.nodes) {
      choice.node = node.name;
      choice.from.clear();
      choice.act = Act::place;
      if (!feasible::wrongs(problem, decision).empty()) continue;
      if (!spreads_admit(problem, decision, choice)) continue;
      choice.from = node.name;
      choice.act = Act::keep;
      if (feasible::wrongs(problem, decision).empty()) return true;
    }
  }
  return false;
}

// Whether all may stay where they are.
bool may_stay(const Problem& problem) {
  Decision decision;
  for (const auto& [allocation, node] : problem.current) {
    decision.choices.push_back({allocation, Act::keep, node, node});
  }
  return feasible::wrongs(problem, decision).empty();
}

// Nobody else moved, unless the newcomer has no place otherwise.
void others_stay(const Problem& problem, const Workload& newcomer) {
  const Decision decision = place(problem);
  RC_ASSERT(feasible::wrongs(problem, decision) == std::vector<std::string>{});
  bool disturbed = false;
  for (const Choice& choice : decision.choices) {
    if (choice.allocation.workload == newcomer.name || choice.from.empty()) continue;
    disturbed = disturbed || choice.act != Act::keep;
  }
  // Which card a share is on is no part of a problem: who wants cards may need others to move.
  if (!disturbed || newcomer.replicas != 1 || !newcomer.devices.empty()) return;
  Problem without = problem;
  without.current.erase({newcomer.name, 0});
  RC_ASSERT(!fits_as_things_are(without, {newcomer.name, 0}));
}

void one_other_changes(std::uint64_t seed) {
  auto problem = settled(seed);
  if (!problem || problem->workloads.empty()) return;
  Draw draw(seed);
  Problem resized = *problem;
  Workload& grown = resized.workloads[draw.next() % resized.workloads.size()];
  for (auto& [resource, amount] : grown.requests) amount = amount * draw.from(50, 300) / 100;
  resized.resized = {grown.name};
  for (Workload& each : resized.workloads) each.max_unavailable.reset();  // it may move
  others_stay(resized, grown);

  Problem fewer = *problem;
  const std::string gone = fewer.workloads.back().name;
  fewer.workloads.pop_back();
  std::erase_if(fewer.current, [&](const auto& at) { return at.first.workload == gone; });
  if (may_stay(fewer)) {  // unless one must be together with who has gone
    for (const Choice& choice : place(fewer).choices) RC_ASSERT(choice.act == Act::keep);
  }

  Problem more = *problem;
  Workload added = random_problem::workload(draw, 11, 3);
  added.gang.clear();
  added.replicas = 1;
  std::erase_if(added.relations, [&](const Relation& relation) {  // it would bind others, too
    return !relation.apart && relation.app == feasible::app(added);
  });
  more.workloads.push_back(added);
  if (mistakes(more).empty()) others_stay(more, added);
}

TEST_CASE("placement: who stands stays, whatever one other is added, removed or resized") {
  CHECK(rc::check(one_other_changes));
}

TEST_CASE("placement: who stands stays, where that is hard to judge") {
  CHECK_NOTHROW(one_other_changes(245));    // company that must go takes others along
  CHECK_NOTHROW(one_other_changes(364));    // a spread shared with others of the app
  CHECK_NOTHROW(one_other_changes(2022));   // a spread over a label that most nodes lack
  CHECK_NOTHROW(one_other_changes(14930));  // the only company goes
  CHECK_NOTHROW(one_other_changes(16531));  // an app that is together, of several workloads
  CHECK_NOTHROW(one_other_changes(25843));  // company finds another place within reach
  CHECK_NOTHROW(one_other_changes(27368));  // a budget that is spent
  CHECK_NOTHROW(one_other_changes(35190));  // shares of cards, and one that wants a whole one
}

TEST_CASE("placement: a thousand orders of one problem have one answer, byte for byte") {
  Problem problem;
  Draw draw(1);
  for (int i = 0; i < 3; ++i) problem.cluster.nodes.push_back(random_problem::node(draw, i));
  for (int i = 0; i < 4; ++i) {
    problem.workloads.push_back(random_problem::workload(draw, i, 3));
    problem.workloads.back().replicas = 1;
  }
  problem.rules.search_budget = 100;
  REQUIRE(mistakes(problem).empty());
  const Decision first = place(problem);
  const std::string answer = print_json(decision_json(first));
  for (int i = 0; i < 1000; ++i) {
    draw.shuffle(problem.cluster.nodes);
    draw.shuffle(problem.workloads);
    for (Workload& workload : problem.workloads) {
      draw.shuffle(workload.relations);
      draw.shuffle(workload.tolerations);
      draw.shuffle(workload.pin);
    }
    const Decision again = place(problem);
    if (again != first) FAIL("order " << i << " differs");
    if (i % 100 == 0) CHECK(print_json(decision_json(again)) == answer);
  }
}

// Carries a remedy out. False where it is not about amounts or conditions, but about others.
bool carry_out(const Remedy& remedy, Problem& problem, Workload& workload) {
  Node* node = nullptr;
  for (Node& each : problem.cluster.nodes) {
    if (each.name == remedy.node) node = &each;
  }
  RC_ASSERT(node != nullptr);
  for (const Refusal& change : remedy.changes) {
    if (change.reason == "cpu" || change.reason == "memory") {
      const auto promised = node->overcommit_milli.find(change.reason);
      const Amount ratio = promised == node->overcommit_milli.end() ? 1000 : promised->second;
      node->capacity[change.reason] += (change.short_of * 1000 + ratio - 1) / ratio;
    } else if (change.reason == "quota") {
      problem.rules.quotas[workload.project][change.what] += change.short_of;
    } else if (change.reason == "drained") {
      node->drained = false;
    } else if (change.reason == "label") {
      std::erase_if(workload.required, [&](const Term& t) { return t.label == change.what; });
    } else if (change.reason == "arch") {
      workload.archs.push_back(change.what);
    } else if (change.reason == "pin") {
      workload.pin.clear();
    } else if (change.reason == "taint") {
      workload.tolerations.push_back({change.what.substr(0, change.what.find('='))});
    } else if (change.reason == "volume") {
      node->volumes.push_back(change.what);
    } else {
      return false;
    }
  }
  return true;
}

std::vector<std::string> wrongs_with(const Problem& problem, Decision decision,
                                     const Allocation& newcomer, const std::string& node) {
  for (Choice& choice : decision.choices) {
    choice.from = choice.node;
    choice.act = choice.node.empty() ? Act::refuse : Act::keep;
    if (choice.allocation != newcomer || node.empty()) continue;
    choice.act = Act::place;
    choice.node = node;
  }
  Problem then = problem;
  then.current = Assignment();
  for (const Choice& choice : decision.choices) {
    if (!choice.from.empty()) then.current[choice.allocation] = choice.from;
  }
  return feasible::wrongs(then, decision);
}

TEST_CASE("placement: with the remedy carried out, who was refused fits beside all others") {
  int carried_out = 0;
  CHECK(rc::check([&](std::uint64_t seed) {
    const Problem problem = random_problem::problem(seed, 4);
    if (!mistakes(problem).empty()) return;
    const Decision decision = place(problem);
    for (const Choice& choice : decision.choices) {
      if (!choice.remedy) continue;
      const auto explanation = explain(problem, choice.allocation);
      RC_ASSERT(explanation.has_value());
      RC_ASSERT(explanation->remedy == choice.remedy);
      Problem cured = problem;
      auto& all = cured.workloads;
      const auto workload = std::find_if(all.begin(), all.end(), [&](const Workload& each) {
        return each.name == choice.allocation.workload;
      });
      if (!workload->gang.empty() || !carry_out(*choice.remedy, cured, *workload)) continue;
      ++carried_out;
      const auto before = wrongs_with(cured, decision, choice.allocation, "");
      const auto after = wrongs_with(cured, decision, choice.allocation, choice.remedy->node);
      for (const std::string& wrong : after) {
        RC_ASSERT(std::find(before.begin(), before.end(), wrong) != before.end());
      }
    }
  }));
  CHECK(carried_out > 0);
}

// What is direct: no moves, nobody pushed out.
bool takes_one_more(Problem problem, Workload newcomer) {
  newcomer.name = "newcomer";
  newcomer.replicas = 1;
  problem.workloads.push_back(std::move(newcomer));
  problem.rules.preempt = false;
  problem.rules.search_budget = 0;
  const Decision decision = place(problem);
  return !choice_of(decision, {"newcomer", 0})->node.empty();
}

// An even spread is the exception: a new zone that is empty binds those who come after.
TEST_CASE("placement: another node, or a condition less, never takes a place away") {
  CHECK(rc::check([](std::uint64_t seed) {
    const auto problem = settled(seed);
    if (!problem) return;
    Draw draw(seed);
    Workload newcomer = random_problem::workload(draw, 11, 3);
    newcomer.gang.clear();
    newcomer.spreads.clear();
    newcomer.app.clear();
    if (!takes_one_more(*problem, newcomer)) return;
    Problem wider = *problem;
    wider.cluster.nodes.push_back(random_problem::node(draw, 20));
    for (Node& node : wider.cluster.nodes) node.capacity["cpu"] += 100;
    RC_ASSERT(takes_one_more(wider, newcomer));
    newcomer.relations.clear();
    newcomer.required.clear();
    newcomer.archs.clear();
    RC_ASSERT(takes_one_more(*problem, newcomer));
  }));
}

TEST_CASE("placement: room without relations is what each node has room for, added up") {
  CHECK(rc::check([](std::uint64_t seed) {
    auto problem = settled(seed);
    if (!problem) return;
    Draw draw(seed);
    Workload shape{"shape"};
    shape.requests = {{"cpu", 250 * draw.from(1, 6)}, {"memory", 256 * draw.from(1, 6)}};
    Amount room = 0;
    for (const Node& node : problem->cluster.nodes) {
      if (!feasible::lets_in(node, shape)) continue;
      Amount here = 1 << 20;
      for (const auto& [resource, amount] : shape.requests) {
        Amount free = feasible::offered(node, resource);
        for (const auto& [allocation, at] : problem->current) {
          if (at != node.name) continue;
          for (const Workload& workload : problem->workloads) {
            if (workload.name != allocation.workload) continue;
            const auto asked = workload.requests.find(resource);
            if (asked != workload.requests.end()) free -= asked->second;
          }
        }
        here = std::min(here, free / amount);
      }
      room += here;
    }
    RC_ASSERT(room_for(*problem, shape) == room);
  }));
}

// Best fit decreasing, the rule that everybody knows.
int refused_by_best_fit(const Problem& problem) {
  std::vector<std::pair<Amount, Amount>> free;
  for (const Node& node : problem.cluster.nodes) {
    free.emplace_back(node.capacity.at("cpu"), node.capacity.at("memory"));
  }
  std::vector<std::pair<Amount, Amount>> all;
  for (const Workload& workload : problem.workloads) {
    all.insert(all.end(), static_cast<std::size_t>(workload.replicas),
               {workload.requests.at("cpu"), workload.requests.at("memory")});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::max(a.first * 2, a.second) > std::max(b.first * 2, b.second);
  });
  int refused = 0;
  for (const auto& [cpu, memory] : all) {
    std::pair<Amount, Amount>* best = nullptr;
    for (auto& node : free) {
      if (node.first < cpu || node.second < memory) continue;
      const auto left = [](const auto& n) { return n.first * 2 + n.second; };
      if (best == nullptr || left(node) < left(*best)) best = &node;
    }
    if (best == nullptr) {
      ++refused;
      continue;
    }
    best->first -= cpu;
    best->second -= memory;
  }
  return refused;
}

TEST_CASE("placement: where space is short, no more are refused than best fit refuses") {
  int ours = 0;
  int theirs = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Draw draw(seed);
    Problem problem;
    Amount cpu = 0;
    for (int i = 0; i < 5; ++i) {
      Node node{random_problem::numbered("n", i)};
      node.capacity = {{"cpu", 4000 * draw.from(1, 3)}, {"memory", 8192 * draw.from(1, 3)}};
      cpu += node.capacity["cpu"];
      problem.cluster.nodes.push_back(node);
    }
    for (int i = 0; cpu > 0; ++i) {
      Workload workload{random_problem::numbered("w", i)};
      workload.requests = {{"cpu", 500 * draw.from(1, 6)}, {"memory", 1024 * draw.from(1, 6)}};
      cpu -= workload.requests["cpu"];
      problem.workloads.push_back(workload);
    }
    problem.rules.search_budget = 500;
    for (const Choice& choice : place(problem).choices) ours += choice.node.empty() ? 1 : 0;
    theirs += refused_by_best_fit(problem);
  }
  CHECK(ours <= theirs);
  CHECK(theirs > 0);
}

}  // namespace paas::placement::properties_test
