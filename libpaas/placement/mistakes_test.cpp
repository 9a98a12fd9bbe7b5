#include <catch2/catch.hpp>
#include <functional>

#include "libpaas/placement/place.hpp"
#include "libpaas/placement/what_if.hpp"

namespace placement_mistakes_test {

using namespace paas::placement;

Problem sound() {
  Problem problem;
  problem.cluster.nodes = {{.name = "a", .capacity = {{"cpu", 1000}}}, {.name = "b"}};
  problem.workloads = {{.name = "web"}, {.name = "db"}};
  problem.current = {{{"web", 0}, "a"}};
  return problem;
}

using Break = std::function<void(Problem&)>;

std::vector<std::string> paths_after(const Break& change) {
  Problem problem = sound();
  change(problem);
  std::vector<std::string> out;
  for (const Mistake& mistake : mistakes(problem)) out.push_back(mistake.path);
  return out;
}

TEST_CASE("mistakes: none in what is sound, nor in what is gone") {
  CHECK(mistakes({}).empty());
  CHECK(mistakes(sound()).empty());
  const Break fine[] = {
      [](Problem& p) { p.current[{"web", 7}] = "gone"; },
      [](Problem& p) { p.workloads[0].pin = {"gone"}; },
      [](Problem& p) { p.workloads[0].relations = {{.app = "gone"}}; },
      [](Problem& p) { p.workloads[0].relations = {{"db", "host", true}, {"db", "zone", false}}; },
      [](Problem& p) { p.workloads[0].relations = {{"db", "node", true}, {"db", "host", false}}; },
      [](Problem& p) {
        p.workloads[0].relations = {{"db", "node", true}, {"db", "node", false, 5}};
      },
      [](Problem& p) { p.workloads[0].replicas = 0; },
      [](Problem& p) { p.cluster.nodes[0].capacity["memory"] = most_amount; },
  };
  for (const Break& change : fine) CHECK(paths_after(change) == std::vector<std::string>{});
}

using Cases = std::vector<std::pair<const char*, Break>>;

void check_each(const Cases& cases) {
  for (const auto& [path, change] : cases) {
    INFO(path);
    CHECK(paths_after(change) == std::vector<std::string>{path});
  }
}

TEST_CASE("mistakes: of nodes, each with its path") {
  check_each({
      {"nodes[1].name", [](Problem& p) { p.cluster.nodes[1].name = "a"; }},
      {"nodes[1].name", [](Problem& p) { p.cluster.nodes[1].name = ""; }},
      {"nodes[1].name", [](Problem& p) { p.cluster.nodes[1].name = " b"; }},
      {"nodes[1].name", [](Problem& p) { p.cluster.nodes[1].name = "b\n"; }},
      {"nodes[1].name", [](Problem& p) { p.cluster.nodes[1].name = std::string(254, 'b'); }},
      {"nodes[0].capacity.cpu", [](Problem& p) { p.cluster.nodes[0].capacity["cpu"] = -1; }},
      {"nodes[0].capacity.cpu",
       [](Problem& p) { p.cluster.nodes[0].capacity["cpu"] = most_amount + 1; }},
      {"nodes[0].reserved.cpu", [](Problem& p) { p.cluster.nodes[0].reserved["cpu"] = 1001; }},
      {"nodes[0].reserved.memory", [](Problem& p) { p.cluster.nodes[0].reserved["memory"] = 1; }},
      {"nodes[0].overcommit.cpu",
       [](Problem& p) { p.cluster.nodes[0].overcommit_milli["cpu"] = 0; }},
      {"nodes[0].overcommit.x",
       [](Problem& p) { p.cluster.nodes[0].overcommit_milli["x"] = 1000; }},
      {"nodes[0].devices[1]",
       [](Problem& p) { p.cluster.nodes[0].devices = {{"gpu", "x", 1}, {"gpu", "x", 2}}; }},
      {"nodes[0].devices[0].count",
       [](Problem& p) { p.cluster.nodes[0].devices = {{"gpu", "x", -1}}; }},
      {"nodes[0].ports_taken[0]", [](Problem& p) { p.cluster.nodes[0].ports_taken = {65536}; }},
      {"nodes[0].taints[0].key", [](Problem& p) { p.cluster.nodes[0].taints = {{""}}; }},
      {"nodes[1].volumes[0]",
       [](Problem& p) {
         p.cluster.nodes[0].volumes = {"v"};
         p.cluster.nodes[1].volumes = {"v"};
       }},
  });
}

TEST_CASE("mistakes: of workloads, each with its path") {
  check_each({
      {"workloads[1].name", [](Problem& p) { p.workloads[1].name = "web"; }},
      {"workloads[1].name", [](Problem& p) { p.workloads[1].name = "d/b"; }},
      {"workloads[0].replicas", [](Problem& p) { p.workloads[0].replicas = -1; }},
      {"workloads[0].requests.cpu", [](Problem& p) { p.workloads[0].requests["cpu"] = -1; }},
      {"workloads[0].devices[0].count", [](Problem& p) { p.workloads[0].devices = {{"gpu", 0}}; }},
      {"workloads[0].devices[0].share",
       [](Problem& p) { p.workloads[0].devices = {{"gpu", 2, 500}}; }},
      {"workloads[0].devices[0].share",
       [](Problem& p) { p.workloads[0].devices = {{"gpu", 1, 0}}; }},
      {"workloads[0].ports[1]", [](Problem& p) { p.workloads[0].ports = {443, 443}; }},
  });
}

TEST_CASE("mistakes: of conditions, each with its path") {
  check_each({
      {"workloads[0].required[0].values", [](Problem& p) { p.workloads[0].required = {{"x"}}; }},
      {"workloads[0].required[0].values",
       [](Problem& p) { p.workloads[0].required = {{"x", Operator::exists, {"y"}}}; }},
      {"workloads[0].required[0].values",
       [](Problem& p) { p.workloads[0].required = {{"x", Operator::less, {"y"}}}; }},
      {"workloads[0].required[1]",
       [](Problem& p) {
         p.workloads[0].required = {{"x", Operator::exists}, {"x", Operator::absent}};
       }},
      {"workloads[0].preferred[0].weight",
       [](Problem& p) { p.workloads[0].preferred = {{{"x", Operator::exists}, 0}}; }},
      {"workloads[0].relations[0].weight",
       [](Problem& p) { p.workloads[0].relations = {{"db", "node", true, 101}}; }},
      {"workloads[0].relations[0].level",
       [](Problem& p) { p.workloads[0].relations = {{"db", ""}}; }},
      {"workloads[0].relations[1]",
       [](Problem& p) {
         p.workloads[0].relations = {{"db", "zone", true}, {"db", "zone", false}};
       }},
      {"workloads[0].relations[1]",
       [](Problem& p) {
         p.workloads[0].relations = {{"web", "host", true}, {"web", "node", false}};
       }},
      {"workloads[1].relations[0]",
       [](Problem& p) {
         p.workloads[0].relations = {{"db", "node", false}};
         p.workloads[1].relations = {{"web", "zone", true}};
       }},
      {"workloads[0].spreads[0].max_skew",
       [](Problem& p) { p.workloads[0].spreads = {{"host", 0}}; }},
      {"workloads[0].spreads[1].level",
       [](Problem& p) { p.workloads[0].spreads = {{"host", 1}, {"host", 2}}; }},
      {"workloads[0].priority", [](Problem& p) { p.workloads[0].priority = 1'000'001; }},
      {"workloads[0].max_unavailable", [](Problem& p) { p.workloads[0].max_unavailable = -1; }},
      {"workloads[0].move_cost", [](Problem& p) { p.workloads[0].move_cost = -1; }},
  });
}

TEST_CASE("mistakes: of the whole, current and rules, each with its path") {
  check_each({
      {"workloads",
       [](Problem& p) {
         p.workloads.clear();
         for (int i = 0; i < 101; ++i) {
           p.workloads.push_back({.name = "w" + std::to_string(i), .replicas = 100'000});
         }
         p.current.clear();
       }},
      {"current[\"wbe/0\"]", [](Problem& p) { p.current[{"wbe", 0}] = "a"; }},
      {"current[\"web/-1\"]", [](Problem& p) { p.current[{"web", -1}] = "a"; }},
      {"current[\"web/0\"]", [](Problem& p) { p.current[{"web", 0}] = ""; }},
      {"rules.objectives.stay", [](Problem& p) { p.rules.objectives.stay = -1; }},
      {"rules.quotas.shop.cpu", [](Problem& p) { p.rules.quotas["shop"]["cpu"] = -1; }},
      {"rules.expected[0]", [](Problem& p) { p.rules.expected = {{}}; }},
      {"rules.expected[0].weight", [](Problem& p) { p.rules.expected = {{{{"cpu", 1}}, {}, 0}}; }},
      {"rules.search_budget", [](Problem& p) { p.rules.search_budget = -1; }},
  });
}

TEST_CASE("mistakes: there is an end to them") {
  Problem problem;
  problem.cluster.nodes.resize(5000);
  CHECK(mistakes(problem).size() == 1000);
}

TEST_CASE("apps that do not survive are stopped at once, or do not come back whole") {
  CHECK(apps_that_do_not_survive({}).empty());
  CHECK(apps_that_do_not_survive({{"h1", {{"b", 0, 1}, {"a", 1, 2}}, {}, false},
                                  {"h2", {{"c", 2, 3}}, {{"c", 2, 3}}, false}}) ==
        std::vector<std::string>{"b", "c"});
}

}  // namespace placement_mistakes_test
