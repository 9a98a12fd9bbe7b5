#include "provider/placement/answers.hpp"

#include <catch2/catch.hpp>

#include "provider/placement/tables.hpp"
#include "provider/tf/contract.hpp"

namespace placement_answers_test {

using namespace paas;
using namespace paas::placement_values;
using tf::at;
using tf::Value;

placement::Problem problem() {
  placement::Problem out;
  for (const char* name : {"pve1", "pve2"}) {
    placement::Node node;
    node.name = name;
    node.capacity = {{"cpu", 4000}};
    out.cluster.nodes.push_back(node);
  }
  placement::Workload web;
  web.name = "web";
  web.replicas = 2;
  web.requests = {{"cpu", 1000}};
  web.relations = {{"web"}};
  out.workloads.push_back(web);
  return out;
}

placement::Workload giant() {
  placement::Workload out;
  out.name = "giant";
  out.replicas = 7;
  out.requests = {{"cpu", 5000}};
  return out;
}

Value answer(const placement::Problem& asked, const Value& before = tf::Null{}) {
  return decision_values(asked, place(asked), before, Detail::reasons);
}

TEST_CASE("answers have the shape of their tables", "[placement][tf]") {
  placement::Problem asked = problem();
  asked.workloads.push_back(giant());
  const auto check = [](const Attributes& rows, const tf::Map& values) {
    for (const tf::Attribute& a : rows)
      if (values.find(a.name) != values.end())
        CHECK(tf::check_shape(a.type, at(values, a.name)) == tf::Breaches{});
  };
  const placement::Decision decision = place(asked);
  for (const Detail detail : {Detail::reasons, Detail::all}) {
    const tf::Map values = decision_values(asked, decision, tf::Null{}, detail);
    CHECK(values.size() == decision_attributes().size());
    check(decision_attributes(), values);
  }
  const auto explanation = explanation_values(explain(asked, {"giant", 0}).value());
  CHECK(tf::check_shape(tf::Type::list(type_of(*verdict_schema())), at(explanation, "verdicts")) ==
        tf::Breaches{});
  CHECK(tf::check_shape(type_of(*remedy_schema()), at(explanation, "remedy")) == tf::Breaches{});
  CHECK(tf::check_shape(tf::Type::list(type_of(*loss_schema())),
                        at(survival_values(losses(asked)), "losses")) == tf::Breaches{});
  CHECK(tf::check_shape(tf::Type::list(type_of(*rebalance_schema())),
                        rebalance_value({{{"web", 0}, "pve1", "pve2", 1, 2}})) == tf::Breaches{});
}

TEST_CASE("a replica keeps the reason for which it came", "[placement][tf]") {
  placement::Problem asked = problem();
  const Value first = answer(asked);
  CHECK(at(at(at(first, "decisions"), "web/0"), "act") == Value("place"));
  asked.current = place(asked).assignment();
  const Value again = answer(asked, at(first, "decisions"));
  CHECK(at(again, "decisions") == at(first, "decisions"));
  CHECK(at(at(again, "summary"), "keep") == Value(2));
  const Value unknown_before = answer(asked);
  CHECK(at(at(at(unknown_before, "decisions"), "web/0"), "act") == Value("keep"));
}

TEST_CASE("a move is listed with its reason and replaces the old one", "[placement][tf]") {
  placement::Problem asked = problem();
  asked.workloads[0].replicas = 1;
  const Value first = answer(asked);
  asked.current = place(asked).assignment();
  const std::string left = asked.current.at({"web", 0});
  for (placement::Node& node : asked.cluster.nodes) node.drained = node.name == left;
  const Value second = answer(asked, at(first, "decisions"));
  const auto* moves = at(second, "moves").as<tf::List>();
  REQUIRE(moves);
  REQUIRE(moves->size() == 1);
  CHECK(at((*moves)[0], "from") == Value(left));
  CHECK(at(at(at(second, "decisions"), "web/0"), "act") == Value("move"));
}

TEST_CASE("a decision is short unless all of it is asked for", "[placement][tf]") {
  const placement::Problem asked = problem();
  const placement::Decision decision = place(asked);
  const auto of = [&](const Value& before, Detail detail) {
    return at(at(decision_values(asked, decision, before, detail), "decisions"), "web/1");
  };
  const Value brief = of(tf::Null{}, Detail::reasons);
  for (const char* name : {"score", "parts", "alternatives", "refused"})
    CHECK(at(brief, name).is_null());
  const auto* because = at(brief, "because").as<std::string>();
  REQUIRE(because);
  CHECK(because->ends_with("; refused by 1 node: apart web"));
  const Value all = of(tf::Null{}, Detail::all);
  CHECK_FALSE(at(all, "parts").is_null());
  CHECK(at(all, "refused").as<tf::List>()->size() == 1);
}

TEST_CASE("who waits is named, and no longer than it waits", "[placement][tf]") {
  placement::Problem asked = problem();
  asked.workloads[0].relations.clear();
  asked.workloads[0].max_unavailable = 1;
  asked.current = {{{"web", 0}, "pve1"}, {{"web", 1}, "pve1"}};
  asked.cluster.nodes[0].drained = true;
  const placement::Decision decision = place(asked);
  CHECK(waiting(decision) == std::vector<std::string>{"web/1"});
  const auto said = waits(decision, tf::Path("workloads"));
  REQUIRE(said.size() == 1);
  CHECK(to_text(said[0].path) == R"(workloads["web"])");
  CHECK(said[0].detail.starts_with("web/1 waits on pve1: pve1 is drained; it waits"));
  const Value first = answer(asked);
  CHECK(at(first, "waiting") == Value(tf::List{"web/1"}));
  asked.current = decision.assignment();
  asked.cluster.nodes[0].drained = false;
  const Value second = answer(asked, at(first, "decisions"));
  CHECK(at(second, "waiting") == Value(tf::List{}));
  CHECK(at(at(at(second, "decisions"), "web/1"), "because") == Value("stays where it is"));
  CHECK(at(at(second, "decisions"), "web/0") == at(at(first, "decisions"), "web/0"));
}

TEST_CASE("who has no node keeps its place in the list", "[placement][tf]") {
  placement::Problem asked = problem();
  asked.workloads.push_back(giant());
  const Value all = answer(asked);
  CHECK(at(at(all, "nodes"), "giant") == Value(tf::List(7, Value(""))));
  CHECK(at(all, "unplaced").as<tf::List>()->size() == 7);
  CHECK(at(all, "fits") == Value(false));
}

TEST_CASE("a complaint names the replicas, the reasons and what would help", "[placement][tf]") {
  placement::Problem asked = problem();
  asked.workloads.push_back(giant());
  const auto said = complaints(place(asked), tf::Severity::error, tf::Path("workloads"));
  REQUIRE(said.size() == 1);
  CHECK(to_text(said[0].path) == R"(workloads["giant"])");
  CHECK(said[0].summary == "giant does not fit");
  for (const char* part : {"giant/4 and 2 more have no place", "Refused by 2 nodes: cpu",
                           "2 cores more cpu on pve", "Make that change", "allow_unplaced"}) {
    INFO(said[0].detail);
    CHECK(said[0].detail.find(part) != std::string::npos);
  }
}

}  // namespace placement_answers_test
