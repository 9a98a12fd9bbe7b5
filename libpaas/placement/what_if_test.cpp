#include "libpaas/placement/what_if.hpp"

#include <catch2/catch.hpp>

#include "libpaas/placement/explain.hpp"

namespace paas::placement::what_if_test {

Problem pair(int replicas) {
  Problem out;
  for (const char* name : {"a", "b", "c"}) {
    Node node{name};
    node.capacity = {{"cpu", 4000}, {"memory", 8192}};
    out.cluster.nodes.push_back(node);
  }
  Workload web{"web"};
  web.replicas = replicas;
  web.requests = {{"cpu", 2000}, {"memory", 512}};
  web.relations = {{"web"}};
  out.workloads.push_back(web);
  return out;
}

TEST_CASE("what if: the loss of a host stops who has all replicas there") {
  const std::vector<Loss> two = losses(pair(2));
  REQUIRE(two.size() == 3);
  CHECK(std::all_of(two.begin(), two.end(), [](const Loss& loss) { return loss.survived; }));
  CHECK(apps_that_do_not_survive(losses(pair(1))) == std::vector<std::string>{"web"});
  const std::vector<Loss> three = losses(pair(3));
  CHECK(three[0].at_once == std::vector<AppStanding>{{"web", 2, 3}});
  CHECK(three[0].after == std::vector<AppStanding>{{"web", 2, 3}});
  CHECK_FALSE(three[0].survived);
}

TEST_CASE("what if: a change names what it does not know") {
  CHECK(changed(pair(1), {.lose_nodes = {"x"}}).error().code == Errc::not_found);
  CHECK(changed(pair(1), {.replicas = {{"x", 1}}}).error().code == Errc::not_found);
  CHECK(changed(pair(1), {.replicas = {{"web", -1}}}).error().code == Errc::invalid);
  CHECK(changed(pair(1), {.requests = {{"x", {}}}}).error().message ==
        "there is no workload \"x\"; there are: web");
  CHECK(changed(pair(1), {.lose_nodes = {"out"}, .replicas = {{"wbe", 1}}}).error().message ==
        "there is no node \"out\"; there are: a, b, c; and "
        "there is no workload \"wbe\" (did you mean \"web\"?); there are: web");
  const auto grown = changed(pair(1), {.requests = {{"web", {{"cpu", 3000}}}}});
  REQUIRE(grown.has_value());
  CHECK(grown->workloads[0].requests == Amounts{{"cpu", 3000}, {"memory", 512}});
  CHECK(grown->resized == std::vector<std::string>{"web"});
  CHECK(changed(pair(1), {.add_nodes = {Node{"a"}}}).error().code == Errc::invalid);
  const auto drained = changed(pair(1), {.drain_nodes = {"a"}, .remove_workloads = {"web"}});
  REQUIRE(drained.has_value());
  CHECK(drained->cluster.nodes[0].drained);
  CHECK(drained->workloads.empty());
}

TEST_CASE("what if: room is what can still be placed, relations and all") {
  const Problem problem = pair(1);
  CHECK(room_for(problem, problem.workloads[0]) == 2);
  Workload other{"other"};
  other.requests = {{"cpu", 1000}};
  CHECK(room_for(problem, other) == 10);
  CHECK(room_for(problem, other, 4) == 4);
}

TEST_CASE("what if: rebalancing empties a node, and each move can be made in turn") {
  Problem problem = pair(1);
  problem.workloads[0].relations.clear();
  problem.workloads.push_back(problem.workloads[0]);
  problem.workloads[1].name = "api";
  problem.current = {{{"web", 0}, "a"}, {{"api", 0}, "b"}};
  const std::vector<Move> moves = rebalance(problem, 5);
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].gain > 0);
  CHECK(moves[0].cost == 512);
  CHECK(rebalance(problem, 0).empty());
}

TEST_CASE("explain: every node has a verdict, takers first") {
  Problem problem = pair(1);
  problem.cluster.nodes[0].drained = true;
  problem.cluster.nodes[2].capacity["cpu"] = 1000;
  const auto explanation = explain(problem, {"web", 0});
  REQUIRE(explanation.has_value());
  REQUIRE(explanation->verdicts.size() == 3);
  CHECK(explanation->verdicts[0].node == "b");
  CHECK(explanation->verdicts[0].refusals.empty());
  CHECK(explanation->verdicts[1].refusals == std::vector<Refusal>{{"drained"}});
  CHECK(explanation->verdicts[2].refusals == std::vector<Refusal>{{"cpu", "", 1000}});
  CHECK(explanation->verdicts[2].said == std::vector<std::string>{"cpu: 1 core short"});
  CHECK_FALSE(explanation->remedy.has_value());
  problem.cluster.nodes[1].labels = {{"gen", "3"}};
  problem.workloads[0].required = {{"gen", Operator::greater, {"5"}}};
  const auto picky = explain(problem, {"web", 0});
  REQUIRE(picky.has_value());
  CHECK(picky->verdicts[0].node == "b");
  CHECK(picky->verdicts[0].said == std::vector<std::string>{"label gen is 3, must be more than 5"});
  CHECK(explain(problem, {"nobody", 0}).error().code == Errc::not_found);
}

}  // namespace paas::placement::what_if_test
