#include "libpaas/placement/place.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "libpaas/placement/feasible_test.hpp"
#include "libpaas/placement/random_problem_test.hpp"

namespace paas::placement::place_test {

Node box(std::string name, Amount cpu, Amount memory = 8192) {
  Node out{std::move(name)};
  out.capacity = {{"cpu", cpu}, {"memory", memory}};
  return out;
}

Workload job(std::string name, Amount cpu, int replicas = 1) {
  Workload out{std::move(name)};
  out.requests = {{"cpu", cpu}, {"memory", 512}};
  out.replicas = replicas;
  return out;
}

const Choice& of(const Decision& decision, std::string_view name) {
  for (const Choice& choice : decision.choices) {
    if (name_of(choice.allocation) == name) return choice;
  }
  FAIL("no choice for " << name);
  std::abort();
}

Problem shuffled(const Problem& problem, std::uint64_t seed) {
  random_problem::Draw draw(seed);
  Problem out = problem;
  draw.shuffle(out.cluster.nodes);
  draw.shuffle(out.workloads);
  for (Workload& workload : out.workloads) {
    draw.shuffle(workload.relations);
    draw.shuffle(workload.required);
    draw.shuffle(workload.tolerations);
    draw.shuffle(workload.pin);
  }
  return out;
}

bool somebody_waits(const Decision& decision) {
  return std::any_of(decision.choices.begin(), decision.choices.end(),
                     [](const Choice& choice) { return choice.waits; });
}

void feasible_and_final(std::uint64_t seed) {
  const Problem problem = random_problem::problem(seed);
  if (!mistakes(problem).empty()) return;
  const Decision decision = place(problem);
  RC_ASSERT(feasible::wrongs(problem, decision) == std::vector<std::string>{});
  RC_ASSERT(place(shuffled(problem, seed)) == decision);
  // Carried out, it stands: nobody moves once more, unless somebody had to wait.
  if (!decision.fits() || somebody_waits(decision)) return;
  Problem after = problem;
  after.current = decision.assignment();
  const Decision again = place(after);
  // Who stood alone, and whose company came elsewhere, follows it in the next plan.
  Decision stays = decision;
  for (Choice& choice : stays.choices) {
    choice.act = Act::keep;
    choice.from = choice.node;
  }
  if (!feasible::wrongs(after, stays).empty()) return;
  for (const Choice& choice : again.choices) RC_ASSERT(choice.act == Act::keep);
}

TEST_CASE("placement: whatever is decided is feasible, the same in any order, and final") {
  CHECK(rc::check(feasible_and_final));
}

TEST_CASE("placement: what is decided is feasible and final in hard cases, too") {
  CHECK_NOTHROW(feasible_and_final(303));   // an app that is together, of several workloads
  CHECK_NOTHROW(feasible_and_final(1372));  // one of a gang that runs makes way
  CHECK_NOTHROW(feasible_and_final(3396));  // a spread of which one was pushed out
  CHECK_NOTHROW(feasible_and_final(4173));
  CHECK_NOTHROW(feasible_and_final(5057));  // whose company is pushed out goes, too
  CHECK_NOTHROW(feasible_and_final(5946));  // who pushed somebody out is pushed out
  CHECK_NOTHROW(feasible_and_final(16488));
}

TEST_CASE("placement: company that has to go stays within reach of who need not") {
  Problem problem;
  problem.cluster.nodes = {box("a", 2000), box("b", 4000), box("c", 2000)};
  for (std::size_t i = 0; i < 3; ++i)
    problem.cluster.nodes[i].labels = {{"zone", i < 2 ? "z" : "y"}};
  problem.workloads = {job("db", 1500), job("web", 1000)};
  problem.workloads[1].relations = {{"db", "zone", false}};
  problem.current = {{{"db", 0}, "a"}, {{"web", 0}, "a"}};
  problem.resized = {"db"};
  const Decision decision = place(problem);
  CHECK(of(decision, "db/0").node == "b");
  CHECK(of(decision, "web/0").act == Act::keep);
  CHECK(of(decision, "web/0").because == "stays where it is");
}

TEST_CASE("placement: who stands stays, though another node were better") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000), box("b", 4000)};
  problem.workloads = {job("x", 1000), job("y", 1000)};
  problem.current = {{{"x", 0}, "a"}, {{"y", 0}, "b"}};
  const Decision decision = place(problem);
  CHECK(decision.fits());
  CHECK(decision.assignment() == problem.current);
}

TEST_CASE("placement: a drained node is left, as fast as the app allows") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000), box("b", 4000)};
  problem.cluster.nodes[0].drained = true;
  problem.workloads = {job("x", 1000, 2)};
  problem.workloads[0].max_unavailable = 1;
  problem.current = {{{"x", 0}, "a"}, {{"x", 1}, "a"}};
  const Decision decision = place(problem);
  CHECK(of(decision, "x/0").act == Act::move);
  CHECK(of(decision, "x/0").node == "b");
  CHECK(of(decision, "x/0").because == "a is drained; the only node that takes it");
  CHECK(of(decision, "x/1").act == Act::keep);
  CHECK(of(decision, "x/1").because ==
        "a is drained; it waits, for no more than 1 of x may be on the move at once");
}

TEST_CASE("placement: on a node with too little the fewest leave") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000), box("b", 4000)};
  problem.workloads = {job("big", 3000), job("small", 500), job("tiny", 250), job("other", 500)};
  problem.current = {
      {{"big", 0}, "a"}, {{"small", 0}, "a"}, {{"tiny", 0}, "a"}, {{"other", 0}, "a"}};
  const Decision decision = place(problem);
  CHECK(decision.fits());
  const auto moved = std::count_if(decision.choices.begin(), decision.choices.end(),
                                   [](const Choice& choice) { return choice.act == Act::move; });
  CHECK(moved == 1);
}

TEST_CASE("placement: room is made by the fewest moves") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000), box("b", 4000)};
  problem.workloads = {job("x", 2000), job("y", 2000), job("big", 4000)};
  problem.current = {{{"x", 0}, "a"}, {{"y", 0}, "b"}};
  const Decision decision = place(problem);
  CHECK(decision.fits());
  CHECK(decision.moves_proven_minimal);
  CHECK(of(decision, "big/0").node == "a");
  CHECK(of(decision, "big/0").because.starts_with("room is made by moving x/0"));
  CHECK(of(decision, "x/0").act == Act::move);
  CHECK(of(decision, "x/0").because == "makes room for big/0; the only node that takes it");
}

TEST_CASE("placement: what does not fit is refused with counts and the least remedy") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000, 1024), box("b", 2000)};
  problem.cluster.nodes[1].labels = {{"disk", "hdd"}};
  problem.workloads = {job("x", 5000)};
  problem.workloads[0].required = {{"disk", Operator::not_in, {"hdd"}}};
  const Decision decision = place(problem);
  const Choice& choice = of(decision, "x/0");
  CHECK(choice.act == Act::refuse);
  CHECK(choice.refused == std::vector<RefusalCount>{{"cpu", "", 2}, {"label", "disk", 1}});
  REQUIRE(choice.remedy.has_value());
  CHECK(choice.remedy->text == "1 core more cpu on a");
}

TEST_CASE("placement: without nodes everybody is refused, whatever they would like") {
  Problem problem;
  problem.workloads = {job("web", 100)};
  problem.workloads[0].preferred = {{{"zone", Operator::in, {"a"}}}};
  const Choice refused = of(place(problem), "web/0");
  CHECK(refused.act == Act::refuse);
  CHECK_FALSE(refused.remedy);
}

TEST_CASE("placement: a gang is placed all or not at all") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000)};
  problem.workloads = {job("x", 2000), job("y", 3000), job("z", 3000)};
  problem.workloads[0].gang = problem.workloads[1].gang = "g";
  const Decision decision = place(problem);
  CHECK(of(decision, "x/0").act == Act::refuse);
  CHECK(of(decision, "y/0").act == Act::refuse);
  CHECK(of(decision, "z/0").act == Act::place);
}

TEST_CASE("placement: a higher priority pushes out as few as must, where rules allow it") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000)};
  problem.workloads = {job("low", 2000), job("lower", 2000), job("high", 2000)};
  problem.workloads[0].priority = 1;
  problem.workloads[2].priority = 5;
  problem.current = {{{"low", 0}, "a"}, {{"lower", 0}, "a"}};
  CHECK(of(place(problem), "high/0").act == Act::refuse);
  problem.rules.preempt = true;
  const Decision decision = place(problem);
  CHECK(of(decision, "high/0").node == "a");
  CHECK(of(decision, "lower/0").act == Act::preempt);
  CHECK(of(decision, "lower/0").because == "high/0 has a higher priority");
  CHECK(of(decision, "low/0").act == Act::keep);
}

TEST_CASE("placement: a disruption budget that holds a lower priority is told as the reason") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000)};
  problem.workloads = {job("low", 3000), job("high", 2000)};
  problem.workloads[0].max_unavailable = 0;
  problem.workloads[1].priority = 5;
  problem.current = {{{"low", 0}, "a"}};
  problem.rules.preempt = true;
  CHECK(of(place(problem), "high/0").because ==
        "no node takes it; low/0 on a has a lower priority, but no more than 0 of low may be on "
        "the move at once");
}

TEST_CASE("placement: of as many victims the cheapest go") {
  Problem problem;
  problem.cluster.nodes = {box("a", 6000)};
  problem.workloads = {job("big", 3000), job("mid", 2000), job("small", 1000), job("high", 3000)};
  problem.workloads[0].move_cost = 9;
  problem.workloads[1].move_cost = 2;
  problem.workloads[2].move_cost = 1;
  problem.workloads[3].priority = 5;
  problem.current = {{{"big", 0}, "a"}, {{"mid", 0}, "a"}, {{"small", 0}, "a"}};
  problem.rules.preempt = true;
  CHECK(of(place(problem), "high/0").because.starts_with("takes the place of big/0;"));
  problem.workloads[3].requests["cpu"] = 4000;
  CHECK(of(place(problem), "high/0").because.starts_with("takes the place of small/0, big/0;"));
  problem.workloads[0].requests["cpu"] = problem.workloads[1].requests["cpu"] = 2000;
  problem.workloads[2].requests["cpu"] = 2000;
  CHECK(of(place(problem), "high/0").because.starts_with("takes the place of small/0, mid/0;"));
}

TEST_CASE("placement: a remedy is true of the plan as it stands") {
  Problem problem;
  problem.cluster.nodes = {box("n0", 7000, 3072), box("n1", 3000, 6144)};
  problem.workloads = {job("db", 5000), job("web", 2000)};
  problem.workloads[0].requests["memory"] = 5120;
  problem.workloads[1].requests["memory"] = 4096;
  CHECK(of(place(problem), "db/0").remedy->text == "2 GiB more memory on n0");
}

TEST_CASE("placement: a name that no node knows is pointed out") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000)};
  problem.cluster.nodes[0].labels = {{"zone", "a"}};
  problem.workloads = {job("x", 1000), job("y", 1000), job("z", 1000)};
  problem.workloads[0].requests["memroy"] = 1;
  problem.workloads[1].required = {{"zon", Operator::exists, {}}};
  problem.workloads[2].spreads = {{"zon", 1}};
  const Decision decision = place(problem);
  CHECK(of(decision, "x/0").because ==
        "no node takes it; no node has a resource memroy; did you mean memory?");
  const std::string label = "no node takes it; no node has a label zon; did you mean zone?";
  CHECK(of(decision, "y/0").because == label);
  CHECK(of(decision, "z/0").because == label);
}

TEST_CASE("placement: a remedy names the model of a device, and the label that is missing") {
  Problem problem;
  problem.cluster.nodes = {box("a", 4000)};
  problem.cluster.nodes[0].devices = {{"gpu", "A100", 3}};
  problem.workloads = {job("x", 1000), job("y", 1000)};
  problem.workloads[0].devices = {{"gpu", 2, 1000, {"H100", "B200"}}};
  problem.workloads[1].relations = {{"z", "zoe", false}};
  problem.workloads.push_back(job("z", 1000));
  const Decision decision = place(problem);
  CHECK(of(decision, "x/0").remedy->text == "2 more free gpu of model B200 or H100 on a");
  CHECK(of(decision, "y/0").remedy->text == "a label zoe shared with z on a");
}

TEST_CASE("placement: replicas are spread over hosts under virtual machines") {
  Problem problem;
  for (const char* name : {"vm1", "vm2", "vm3", "vm4"}) {
    problem.cluster.nodes.push_back(box(name, 8000));
  }
  problem.cluster.nodes[0].host = problem.cluster.nodes[1].host = "iron1";
  problem.cluster.nodes[2].host = problem.cluster.nodes[3].host = "iron2";
  problem.workloads = {job("web", 500, 4)};
  problem.workloads[0].spreads = {{"host"}};
  std::map<std::string, int> counts;
  const Decision decision = place(problem);
  for (const Choice& choice : decision.choices) {
    ++counts[choice.node == "vm1" || choice.node == "vm2" ? "iron1" : "iron2"];
  }
  CHECK(counts == std::map<std::string, int>{{"iron1", 2}, {"iron2", 2}});
}

TEST_CASE("placement: apart holds whoever declares it and whoever comes first") {
  Problem problem;
  problem.cluster.nodes = {box("a", 8000), box("b", 1000)};
  problem.workloads = {job("x", 1000), job("y", 500)};
  problem.workloads[0].relations = {{"y"}};
  problem.current = {{{"x", 0}, "a"}};
  CHECK(of(place(problem), "y/0").node == "b");
  problem.current = {{{"y", 0}, "a"}};
  CHECK(of(place(problem), "x/0").node == "b");
}

TEST_CASE("placement: quotas bound a project") {
  Problem problem;
  problem.cluster.nodes = {box("a", 8000)};
  problem.workloads = {job("x", 1000, 3)};
  problem.workloads[0].project = "p";
  problem.rules.quotas["p"] = {{"cpu", 2000}};
  const Decision decision = place(problem);
  CHECK(of(decision, "x/1").act == Act::place);
  CHECK(of(decision, "x/2").act == Act::refuse);
  CHECK(of(decision, "x/2").remedy->text == "1 core more quota of cpu");
}

}  // namespace paas::placement::place_test
