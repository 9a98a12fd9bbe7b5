#include "provider/placement/problem.hpp"

#include <catch2/catch.hpp>

#include "libpaas/placement/snapshot.hpp"

namespace placement_problem_test {

using namespace paas;
using namespace paas::placement_values;
using tf::List;
using tf::Map;
using tf::Null;
using tf::Unknown;
using tf::Value;

Value number(const char* text) {
  return tf::Number::parse(text).value();
}

Value config() {
  return Map{
      {"cluster",
       Map{{"pve2", Map{{"capacity", Map{{"cpu", "8"}, {"memory", "32G"}}}, {"host", "rack1"}}},
           {"pve1", Map{{"capacity", Map{{"cpu", "4.5"}, {"disk/local", "1T"}}},
                        {"overcommit", Map{{"cpu", number("1.5")}}},
                        {"taints", List{Map{{"key", "db"}, {"value", Null{}}, {"hard", false}}}},
                        {"drained", Null{}}}}}},
      {"workloads",
       Map{{"web", Map{{"project", "shop"},
                       {"replicas", 2},
                       {"requests", Map{{"cpu", "500m"}}},
                       {"devices", List{Map{{"kind", "gpu"}, {"share", number("0.25")}}}},
                       {"preferred", List{Map{{"label", "zone"}, {"values", List{"a"}}}}}}}}},
      {"rules", Map{{"quotas", Map{{"shop", Map{{"cpu", "4"}}}}}, {"preempt", true}}},
      {"current", Map{{"web/0", "pve1"}, {"gone/0", "pve2"}}}};
}

Value with(Value object, const std::string& name, Value value) {
  object.as<Map>()->insert_or_assign(name, std::move(value));
  return object;
}

TEST_CASE("a configuration says what the snapshot says", "[placement][tf]") {
  const Reading reading = read_problem({config(), {}, "current"});
  REQUIRE(reading.problem);
  CHECK(reading.mistakes.empty());
  const auto snapshot = placement::parse_snapshot(R"(
nodes:
  - {name: pve1, capacity: {cpu: 4.5, disk/local: 1T}, overcommit: {cpu: 1.5},
     taints: [{key: db, hard: false}]}
  - {name: pve2, host: rack1, capacity: {cpu: 8, memory: 32G}}
workloads:
  - {name: web, project: shop, replicas: 2, requests: {cpu: 0.5},
     devices: [{kind: gpu, share: 0.25}], preferred: [{label: zone, values: [a]}]}
current: {web/0: pve1}
rules: {quotas: {shop: {cpu: 4}}, preempt: true}
)",
                                                  "");
  REQUIRE(snapshot);
  CHECK(*reading.problem == *snapshot);
}

TEST_CASE("a double with all its digits is the number a person wrote", "[placement][tf]") {
  const Value share = tf::Number::from_double_exact(0.1);
  const Value web = Map{{"devices", List{Map{{"kind", "gpu"}, {"share", share}}}}};
  const Reading reading = read_problem({with(config(), "workloads", Map{{"web", web}}), {}, ""});
  REQUIRE(reading.problem);
  CHECK(reading.problem->workloads[0].devices[0].share_milli == 100);
}

TEST_CASE("mistakes stand at their attributes", "[placement][tf]") {
  const Value wrong =
      Map{{"cluster", Map{{"pve1", Map{{"capacity", Map{{"disk/local", "much"}}}}}}},
          {"workloads", Map{{"a", Map{{"spreads", List{Map{{"max_skew", 0}}}}, {"ports", List{0}}}},
                            {"b/c", Map{}}}},
          {"rules", Map{{"quotas", Map{{"shop", Map{{"cpu", "x"}}}}},
                        {"objectives", Map{{"pack", number("-1")}}}}},
          {"current", Map{{"web", "pve1"}}}};
  const Reading reading = read_problem({wrong, tf::Path("placement"), "current"});
  CHECK_FALSE(reading.problem);
  std::vector<std::string> paths;
  for (const tf::Diagnostic& one : reading.mistakes) {
    CHECK(one.severity == tf::Severity::error);
    CHECK(one.detail.starts_with(to_text(one.path)));
    paths.push_back(to_text(one.path));
  }
  CHECK_THAT(paths, Catch::UnorderedEquals(std::vector<std::string>{
                        R"(placement.cluster["pve1"].capacity["disk/local"])",
                        R"(placement.workloads["a"].spreads[0].max_skew)",
                        R"(placement.workloads["a"].ports[0])", R"(placement.workloads["b/c"])",
                        R"(placement.rules.quotas["shop"]["cpu"])",
                        R"(placement.rules.objectives.pack)", R"(placement.current["web"])"}));
}

TEST_CASE("what is not known yet hides no mistake elsewhere", "[placement][tf]") {
  const Reading waiting = read_problem({with(config(), "cluster", Unknown{}), {}, "current"});
  CHECK_FALSE(waiting.problem);
  CHECK(waiting.mistakes.empty());
  const Value web = Map{{"replicas", number("-2")}};
  const Reading wrong = read_problem(
      {with(with(config(), "cluster", Unknown{}), "workloads", Map{{"web", web}}), {}, ""});
  CHECK_FALSE(wrong.problem);
  REQUIRE(wrong.mistakes.size() == 1);
  CHECK(to_text(wrong.mistakes[0].path) == R"(workloads["web"].replicas)");
}

TEST_CASE("the policy takes nodes away", "[placement][tf]") {
  placement::Problem problem = *read_problem({config(), {}, "current"}).problem;
  policy::Rules rules;
  CHECK(obey(policy::Policy(rules), problem).empty());
  rules.nodes = std::vector<std::string>{"pve1", "pve9"};
  CHECK(obey(policy::Policy(rules), problem) == std::vector<std::string>{"pve2"});
  REQUIRE(problem.cluster.nodes.size() == 1);
  CHECK(problem.cluster.nodes[0].name == "pve1");
}

std::vector<std::string> warned(const Value& config) {
  const Reading reading = read_problem({config, {}, "current"});
  REQUIRE(reading.problem);
  std::vector<std::string> out;
  for (const auto& one : loose_ends(*reading.problem, tf::at(config, "current"), {})) {
    CHECK(one.severity == tf::Severity::warning);
    out.push_back(to_text(one.path) + ": " + one.detail);
  }
  return out;
}

TEST_CASE("names that lead nowhere are warnings", "[placement][tf]") {
  const Value web = Map{{"pin", List{"pve1", "pve3"}},
                        {"ports", List{80}},
                        {"project", "shop"},
                        {"relations", List{Map{{"app", "wbe"}}}}};
  const Value asked = with(with(config(), "workloads", Map{{"web", web}}), "current", Null{});
  const auto said = warned(asked);
  REQUIRE(said.size() == 2);
  CHECK(said[0].starts_with(R"(workloads["web"].pin[1])"));
  CHECK(said[1].starts_with(R"(workloads["web"].relations[0].app)"));
  CHECK(said[1].find("did you mean \"web\"?") != std::string::npos);
  const auto slips =
      warned(with(with(asked, "rules", Map{{"quotas", Map{{"shpo", Map{{"cpu", "4"}}}}}}),
                  "current", Map{{"wbe/0", "pve1"}, {"web/1", "pve1"}, {"web/0", "pve1"}}));
  REQUIRE(slips.size() == 5);
  CHECK(slips[2].starts_with(R"(rules.quotas["shpo"])"));
  CHECK(slips[2].find("did you mean \"shop\"?") != std::string::npos);
  CHECK(slips[3].starts_with(R"(current["wbe/0"])"));
  CHECK(slips[3].find("did you mean \"web\"?") != std::string::npos);
  CHECK(slips[4].starts_with(R"(current["web/1"])"));
  CHECK(slips[4].find("replicas = 1,") != std::string::npos);
}

TEST_CASE("who asks for nothing or offers nothing may be misspelt", "[placement][tf]") {
  const Value empty = Map{{"cluster", Map{{"pve1", Map{}}}}, {"workloads", Map{{"web", Map{}}}}};
  const auto said = warned(empty);
  REQUIRE(said.size() == 2);
  CHECK(said[0].starts_with(R"(cluster["pve1"])"));
  CHECK(said[1].starts_with(R"(workloads["web"])"));
  for (const std::string& one : said) CHECK(one.find("misspelt") != std::string::npos);
}

}  // namespace placement_problem_test
