#include "tests/bench/placement/roadef.hpp"

#include <catch2/catch.hpp>

#include "libpaas/placement/reassign/search.hpp"

namespace paas::bench::roadef_test {

// Two machines, three processes, by hand.
constexpr const char* small =
    "2\n"
    "0 10\n"
    "1 1\n"
    "2\n"
    "0 0  10 10  5 5  0 3\n"
    "1 1  10 10  8 8  3 0\n"
    "2\n"
    "1 0\n"
    "0 1 0\n"
    "3\n"
    "0  4 2  7\n"
    "1  3 1  2\n"
    "0  2 5  1\n"
    "1\n"
    "0 1 2\n"
    "10\n"
    "1 10 100\n";

Result<RoadefModel> read(std::string model, std::string assignment = "0 0 1\n") {
  return roadef_model({"model.txt", std::move(model)}, {"assignment.txt", std::move(assignment)});
}

std::string replaced(std::string_view what, std::string_view by) {
  std::string out = small;
  return out.replace(out.find(what), what.size(), by);
}

std::string refused(const Result<RoadefModel>& model) {
  return model ? "nothing" : model.error().message;
}

std::string broken(const RoadefModel& model, const std::vector<std::size_t>& placement) {
  const auto cost = roadef_cost(model, placement);
  return cost ? "nothing" : cost.error().message;
}

TEST_CASE("roadef: what a placement costs, by hand") {
  const RoadefModel model = read(small).value();
  // Load: the first machine has 2 above its safety capacity, 10 each. Balance: the second has 8 and
  // 5 left, and 2 * 8 - 5 are 11 short, 10 each.
  CHECK(roadef_cost(model, {0, 0, 1}).value() == 20 + 110);
  // Balance 40 and 60; the process 2, its service 10, the way 3 times 100.
  CHECK(roadef_cost(model, {0, 1, 1}).value() == 40 + 60 + 2 + 10 + 300);
}

TEST_CASE("roadef: an answer that breaks a rule is none") {
  RoadefModel model = read(small).value();
  CHECK(broken(model, {0, 0}) == "not one machine for each process");
  CHECK(broken(model, {0, 0, 2}) == "machines: process 2 breaks it");
  CHECK(broken(model, {1, 0, 1}) == "conflict: service 0 breaks it");
  model.services[0].spread_min = 3;
  CHECK(broken(model, {0, 0, 1}) == "spread: service 0 breaks it");
  model.services[0].spread_min = 2;
  model.services[0].dependencies = {1};
  CHECK(broken(model, {0, 0, 1}) == "dependency: service 0 breaks it");
  model.services[0].dependencies.clear();
  model.processes[1].requirement = {3, 8};
  CHECK(broken(model, {0, 0, 1}) == "nothing");
  CHECK(broken(model, {0, 1, 1}) == "transient usage: machine 1 breaks it");
  model.processes[2].requirement = {8, 0};
  CHECK(broken(model, {0, 1, 1}) == "capacity: machine 1 breaks it");
  // Who leaves goes on using what is transient.
  model = read(small).value();
  model.processes[2].requirement[1] = 0;
  model.machines[0].capacity[1] = 4;
  model.processes[0].requirement[1] = 3;
  CHECK(broken(model, {1, 0, 0}) == "nothing");
  model.processes[2].requirement[1] = 1;
  CHECK(broken(model, {1, 0, 0}) == "transient usage: machine 0 breaks it");
}

TEST_CASE("roadef: a malformed file is refused, and where") {
  CHECK(refused(read(small)) == "nothing");
  CHECK(refused(read("2\n0 10\n2 1\n")) ==
        "model.txt:3: number 4: whether a resource is transient is not a whole number from 0 to 1: "
        "\"2\"");
  CHECK(refused(read(replaced("0 3\n", "0 x\n")))
            .starts_with("model.txt:5: number 14: a machine move cost is not a whole number"));
  CHECK(refused(read(replaced("1  3 1  2", "2  3 1  2")))
            .starts_with("model.txt:12: number 34: a service is not a whole number from 0 to 1"));
  CHECK(refused(read(std::string(small) + "5")).ends_with("more than was expected: \"5\""));
  CHECK(refused(read(replaced("1 10 100\n", "1 10\n")))
            .ends_with("the file ends before the weight of machine moves"));
  CHECK(refused(read(small, "0 0")) ==
        "assignment.txt:1: number 3: the file ends before a machine");
  CHECK(refused(read(small, "0 0 2\n")) ==
        "assignment.txt:1: number 3: a machine is not a whole number from 0 to 1: \"2\"");
  CHECK(refused(read("99999999999999999999")).starts_with("model.txt:1: number 1: "));
  CHECK(roadef_number({"lb.txt", " 12\n"}).value() == 12);
  CHECK_FALSE(roadef_number({"lb.txt", "12 13"}).has_value());
  CHECK_FALSE(roadef_number({"lb.txt", ""}).has_value());
}

TEST_CASE("roadef: the product's search knows the same rules") {
  const RoadefModel model = read(small).value();
  const auto instance = roadef_instance(model);
  REQUIRE_FALSE(placement::reassign::mistake(instance).has_value());
  const auto outcome = placement::reassign::search(instance, {.work = 2000});
  CHECK(outcome.start_cost == 130);
  CHECK(roadef_cost(model, {outcome.placement.begin(), outcome.placement.end()}).value() ==
        outcome.cost);
}

}  // namespace paas::bench::roadef_test
