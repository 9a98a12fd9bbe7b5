#include "provider/resources/placement/plan.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "provider/resources/placement/placement.hpp"
#include "provider/tf/contract.hpp"

namespace placement_plan_test {

using namespace paas;
using tf::at;
using tf::List;
using tf::Map;
using tf::Null;
using tf::Unknown;
using tf::Value;

const tf::Schema& schema() {
  return placement_resource::placement_object().schema();
}

Value whole(const tf::Schema& table, std::initializer_list<std::pair<const char*, Value>> given) {
  Map out;
  for (const tf::Attribute& a : table.attributes) out.emplace(a.name, Value(Null{}));
  for (const auto& [name, value] : given) out.insert_or_assign(name, value);
  return out;
}

Value node(const char* cpu) {
  return whole(*placement_values::node_schema(), {{"capacity", Map{{"cpu", cpu}}}});
}

Value workload(const char* cpu, int replicas = 1) {
  return whole(*placement_values::workload_schema(),
               {{"requests", Map{{"cpu", cpu}}}, {"replicas", replicas}});
}

Value config(Map workloads, Value cluster = Map{{"pve1", node("4")}, {"pve2", node("4")}}) {
  return whole(schema(), {{"cluster", std::move(cluster)}, {"workloads", std::move(workloads)}});
}

struct Planned {
  tf::Plan plan;
  tf::Diagnostics diagnostics;
};

Planned plan(const Value& prior, const Value& asked, policy::Rules rules = {}) {
  Planned out{tf::plan(schema(), prior, asked), {}};
  placement_resource::refine_plan({prior, asked, out.plan, out.diagnostics},
                                  policy::Policy(std::move(rules)));
  return out;
}

TEST_CASE("all of a plan is known, and planned again the same", "[placement][tf]") {
  const Value asked = config({{"web", workload("1", 2)}});
  const Planned first = plan(Null{}, asked);
  CHECK(first.diagnostics.empty());
  CHECK(wholly_known(first.plan.state));
  CHECK(tf::check_shape(type_of(schema()), first.plan.state) == tf::Breaches{});
  CHECK(tf::check_plan(schema(), Null{}, asked, first.plan) == tf::Breaches{});
  CHECK(plan(Null{}, asked).plan == first.plan);
  const Planned idle = plan(first.plan.state, asked);
  CHECK(idle.plan.state == first.plan.state);
  CHECK(idle.diagnostics.empty());
}

TEST_CASE("what is not known yet is decided when it is", "[placement][tf]") {
  const Planned waiting = plan(Null{}, config({{"web", workload("1")}}, Unknown{}));
  CHECK(waiting.diagnostics.empty());
  for (const tf::Attribute& a : placement_values::decision_attributes())
    CHECK(at(waiting.plan.state, a.name).is_unknown());
  const Planned known = plan(Null{}, config({{"web", workload("1")}}));
  CHECK(tf::check_second_plan(schema(), Null{}, waiting.plan, known.plan) == tf::Breaches{});
}

TEST_CASE("where replicas are is the state's to say, then the configuration's", "[placement][tf]") {
  Value asked = config({{"a", workload("1")}, {"b", workload("1")}});
  asked.as<Map>()->insert_or_assign("current", Map{{"a/0", "pve2"}, {"b/0", "pve1"}});
  const Value first = plan(Null{}, asked).plan.state;
  CHECK(at(first, "assignments") == Value(Map{{"a/0", "pve2"}, {"b/0", "pve1"}}));
  asked.as<Map>()->insert_or_assign("current", Map{{"a/0", "pve1"}});
  const Value second = plan(first, asked).plan.state;
  CHECK(at(second, "assignments") == at(first, "assignments"));
}

TEST_CASE("who grows makes way, and nobody else", "[placement][tf]") {
  Value asked = config({{"a", workload("1")}, {"b", workload("2")}, {"c", workload("1")}});
  asked.as<Map>()->insert_or_assign("current",
                                    Map{{"a/0", "pve1"}, {"b/0", "pve1"}, {"c/0", "pve1"}});
  const Value first = plan(Null{}, asked).plan.state;
  REQUIRE(at(first, "moves") == Value(List{}));
  for (const char* grows : {"a", "b", "c"}) {
    Value larger = asked;
    larger.as<Map>()->at("workloads").as<Map>()->insert_or_assign(grows, workload("3"));
    const Value second = plan(first, larger).plan.state;
    const auto* moves = at(second, "moves").as<List>();
    REQUIRE(moves);
    REQUIRE(moves->size() == 1);
    CHECK(at((*moves)[0], "allocation") == Value(std::string(grows) + "/0"));
  }
}

TEST_CASE("what does not fit fails the plan, unless it may stay without a node",
          "[placement][tf]") {
  Value asked = config({{"giant", workload("5")}});
  const Planned refused = plan(Null{}, asked);
  CHECK(tf::has_errors(refused.diagnostics));
  asked.as<Map>()->insert_or_assign("allow_unplaced", true);
  const Planned allowed = plan(Null{}, asked);
  CHECK_FALSE(tf::has_errors(allowed.diagnostics));
  CHECK(allowed.diagnostics.size() == 1);
  CHECK(at(allowed.plan.state, "unplaced") == Value(List{"giant/0"}));
  CHECK(plan(allowed.plan.state, asked).plan.state == allowed.plan.state);
}

TEST_CASE("a plan goes on with what the last one let wait", "[placement][tf]") {
  const auto drained = [](bool yes) {
    Value out = node("4");
    out.as<Map>()->insert_or_assign("drained", yes);
    return Map{{"pve1", out}, {"pve2", node("4")}};
  };
  Value web = workload("1", 2);
  web.as<Map>()->insert_or_assign("max_unavailable", 1);
  Value asked = config({{"web", web}}, drained(true));
  asked.as<Map>()->insert_or_assign("current", Map{{"web/0", "pve1"}, {"web/1", "pve1"}});
  const Planned first = plan(Null{}, asked);
  CHECK(at(first.plan.state, "waiting") == Value(List{"web/1"}));
  CHECK(first.diagnostics.size() == 1);
  const Planned second = plan(first.plan.state, asked);
  CHECK(at(second.plan.state, "assignments") == Value(Map{{"web/0", "pve2"}, {"web/1", "pve2"}}));
  CHECK(tf::check_plan(schema(), first.plan.state, asked, second.plan) == tf::Breaches{});
  CHECK(second.diagnostics.empty());
  CHECK(plan(second.plan.state, asked).plan.state == second.plan.state);
}

TEST_CASE("who waits for ever is said in each plan, which changes nothing", "[placement][tf]") {
  Value gone = node("4");
  gone.as<Map>()->insert_or_assign("drained", true);
  Value web = workload("1");
  web.as<Map>()->insert_or_assign("max_unavailable", 0);
  Value asked = config({{"web", web}}, Map{{"pve1", gone}, {"pve2", node("4")}});
  asked.as<Map>()->insert_or_assign("current", Map{{"web/0", "pve1"}});
  const Value first = plan(Null{}, asked).plan.state;
  const Planned again = plan(first, asked);
  CHECK(again.plan.state == first);
  REQUIRE(again.diagnostics.size() == 1);
  CHECK(again.diagnostics[0].detail.find("web/0 waits on pve1") != std::string::npos);
}

TEST_CASE("without a node there is one message and no advice", "[placement][tf]") {
  const Planned refused = plan(Null{}, config({{"web", workload("1", 2)}}, Map{}));
  REQUIRE(refused.diagnostics.size() == 1);
  CHECK(refused.diagnostics[0].summary == "there are no nodes");
  CHECK(to_text(refused.diagnostics[0].path) == "cluster");
}

TEST_CASE("survival is found out where it is asked for", "[placement][tf]") {
  Value asked = config({{"web", workload("1", 2)}, {"db", workload("1")}});
  const Value silent = plan(Null{}, asked).plan.state;
  CHECK(at(silent, "survives").is_null());
  asked.as<Map>()->insert_or_assign("survival", true);
  const Value told = plan(silent, asked).plan.state;
  CHECK(at(told, "survives") == Value(false));
  const auto* risky = at(told, "apps_at_risk").as<List>();
  REQUIRE(risky);
  CHECK(std::find(risky->begin(), risky->end(), Value("db")) != risky->end());
  CHECK(at(told, "assignments") == at(silent, "assignments"));
  CHECK(plan(told, asked).plan.state == told);
}

TEST_CASE("a policy that is tightened moves what stands where it may not", "[placement][tf]") {
  const Value asked = config({{"web", workload("1")}});
  const Value first = plan(Null{}, asked).plan.state;
  const Value where = at(at(first, "assignments"), "web/0");
  const Value other = where == Value("pve1") ? "pve2" : "pve1";
  policy::Rules rules;
  rules.nodes = std::vector<std::string>{*other.as<std::string>()};
  const Planned moved = plan(first, asked, rules);
  CHECK(at(at(moved.plan.state, "assignments"), "web/0") == other);
  CHECK(tf::check_plan(schema(), first, asked, moved.plan) == tf::Breaches{});
  CHECK(plan(moved.plan.state, asked, rules).plan.state == moved.plan.state);
  rules.nodes = Unknown{};
  CHECK(at(plan(Null{}, asked, rules).plan.state, "assignments").is_unknown());
}

TEST_CASE("the id of an import says where replicas are", "[placement][tf]") {
  CHECK(placement_resource::parse_import_id("web/0=pve1, db/12=pve2").value() ==
        Value(Map{{"web/0", "pve1"}, {"db/12", "pve2"}}));
  for (const char* wrong : {"", "web=pve1", "web/0", "web/0=", "web/0=pve1,web/0=pve2", "a/0=b,"})
    CHECK_FALSE(placement_resource::parse_import_id(wrong).has_value());
}

}  // namespace placement_plan_test
