#include "libpaas/placement/reassign/search.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "libpaas/placement/reassign/state.hpp"
#include "tests/bench/placement/roadef.hpp"
#include "tests/bench/placement/splitmix.hpp"

namespace paas::placement::reassign::search_test {

// All judging is done by the rules as the bench has them, which knows nothing of the search.
using bench::RoadefModel;
using bench::Splitmix;

std::vector<std::size_t> indices(const Placement& placement) {
  return {placement.begin(), placement.end()};
}

struct Size {
  std::size_t machines = 3;
  std::size_t processes = 6;
};

RoadefModel any_model(Splitmix& chance, Size size) {
  RoadefModel out;
  for (int r = 0; r < 3; ++r) {
    out.resources.push_back({r == 1, static_cast<std::int64_t>(chance.below(5))});
  }
  for (std::size_t m = 0; m < size.machines; ++m) {
    RoadefModel::Machine machine{chance.below(std::min<std::size_t>(2, size.machines)),
                                 chance.below(std::min<std::size_t>(3, size.machines))};
    for (int r = 0; r < 3; ++r) {
      machine.capacity.push_back(static_cast<std::int64_t>(20 + chance.below(20)));
      machine.safety_capacity.push_back(static_cast<std::int64_t>(5 + chance.below(15)));
    }
    for (std::size_t to = 0; to < size.machines; ++to) {
      machine.move_cost.push_back(static_cast<std::int32_t>(to == m ? 0 : chance.below(4)));
    }
    out.machines.push_back(machine);
  }
  out.services.resize(size.processes / 2 + 1);
  for (auto& service : out.services) {
    service.spread_min = chance.below(3);
    if (chance.below(4) == 0) service.dependencies.push_back(chance.below(out.services.size()));
  }
  for (std::size_t p = 0; p < size.processes; ++p) {
    RoadefModel::Process process{chance.below(out.services.size())};
    for (int r = 0; r < 3; ++r) {
      process.requirement.push_back(static_cast<std::int64_t>(chance.below(12)));
    }
    process.move_cost = static_cast<std::int64_t>(chance.below(5));
    out.processes.push_back(process);
  }
  out.balances = {{0, 2, 2, 3}};
  out.process_move_weight = 1;
  out.service_move_weight = 4;
  out.machine_move_weight = 2;
  return out;
}

// With a start that no rule is against; services are less picky the longer one is looked for.
RoadefModel feasible_model(std::uint64_t seed, Size size) {
  Splitmix chance(seed);
  while (true) {
    RoadefModel out = any_model(chance, size);
    for (int i = 0; i < 400; ++i) {
      out.start.clear();
      for (std::size_t p = 0; p < size.processes; ++p) {
        out.start.push_back(chance.below(size.machines));
      }
      if (bench::roadef_cost(out, out.start).has_value()) return out;
    }
  }
}

std::int64_t cheapest(const RoadefModel& model) {
  std::vector<std::size_t> at(model.processes.size());
  std::int64_t best = bench::roadef_cost(model, model.start).value();
  while (true) {
    std::size_t p = 0;
    while (p < at.size() && ++at[p] == model.machines.size()) at[p++] = 0;
    if (p == at.size()) return best;
    const auto cost = bench::roadef_cost(model, at);
    if (cost) best = std::min(best, *cost);
  }
}

TEST_CASE("reassign: small instances are solved as by trying everything") {
  int solved = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const RoadefModel model = feasible_model(seed, {2 + seed % 3, 3 + seed % 4});
    const Instance instance = bench::roadef_instance(model);
    REQUIRE_FALSE(mistake(instance).has_value());
    const Outcome outcome = search(instance, {.work = 60'000});
    CAPTURE(seed);
    CHECK(bench::roadef_cost(model, indices(outcome.placement)).value() == outcome.cost);
    CHECK(bench::roadef_cost(model, model.start).value() == outcome.start_cost);
    const std::int64_t best = cheapest(model);
    CHECK(outcome.cost >= best);
    if (outcome.cost == best) ++solved;
  }
  CHECK(solved >= 24);  // some best answers are behind walls of what is forbidden
}

// One walk over what is allowed; every change, allowed or not, is judged from scratch, too.
void walk(const RoadefModel& model, std::uint64_t seed) {
  const Instance instance = bench::roadef_instance(model);
  State state(instance);
  Splitmix chance(seed);
  for (int step = 0; step < 120; ++step) {
    const auto one = static_cast<Place>(chance.below(model.processes.size()));
    const auto other = static_cast<Place>(chance.below(model.processes.size()));
    const auto to = static_cast<Place>(chance.below(model.machines.size()));
    const bool exchange = step % 2 == 0;
    if (exchange ? state.at(one) == state.at(other) : state.at(one) == to) continue;
    std::vector<std::size_t> then = indices(state.placement());
    if (exchange) std::swap(then[one], then[other]);
    if (!exchange) then[one] = to;
    const auto wanted = bench::roadef_cost(model, then);
    const Number delta = exchange ? state.swap_delta(one, other) : state.shift_delta(one, to);
    REQUIRE((delta == forbidden) == !wanted.has_value());
    if (delta == forbidden) continue;
    REQUIRE(state.cost() + delta == *wanted);
    const Placement before = state.placement();
    const Number cost = state.cost();
    if (exchange) state.swap(one, other, delta);
    if (!exchange) state.shift(one, to, delta);
    REQUIRE(indices(state.placement()) == then);
    REQUIRE(state.cost() == *wanted);
    if (step % 3 != 0) continue;
    std::vector<State::Seat> seats;
    std::vector<Place> machines;
    for (Place p = 0; p < state.processes(); ++p) seats.push_back({p, before[p]});
    for (Place m = 0; m < state.machines(); ++m) machines.push_back(m);
    state.put_back(seats, machines, cost);
    REQUIRE(state.placement() == before);
  }
  CHECK_FALSE(state.broken_rule().has_value());
}

TEST_CASE("reassign: every change is priced and forbidden as the rules have it") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    walk(feasible_model(seed, {2 + seed % 4, 4 + seed % 7}), seed);
  }
}

TEST_CASE("reassign: the answer is the same everywhere, and bounded by work") {
  const Instance instance = bench::roadef_instance(feasible_model(7, {4, 9}));
  const Outcome once = search(instance, {.work = 30'000});
  const Outcome again = search(instance, {.work = 30'000});
  CHECK(once.placement == again.placement);
  CHECK(once.work == again.work);
  CHECK(once.work >= 30'000);
  CHECK(once.work < 30'100);
  CHECK(once.cost < once.start_cost);
  CHECK(search(instance, {.work = 0}).placement == instance.start);
}

// A large process goes where it belongs only if several small ones change places with it at once.
TEST_CASE("reassign: room is made for a large process by many small ones") {
  Instance instance;
  instance.resources = {{false, 10}};
  for (const Number safety : {40, 90}) {
    instance.machines.push_back({0, static_cast<Place>(safety == 90), {100}, {safety}, {0, 0}});
  }
  instance.services.resize(10);
  for (Place s = 0; s < 10; ++s) {
    instance.processes.push_back({s, {s == 0 ? 90 : 10}, 0});
    instance.start.push_back(s == 0 ? 0 : 1);
  }
  instance.processes[9].needs = {0};
  REQUIRE_FALSE(mistake(instance).has_value());
  const Outcome outcome = search(instance, {.work = 40'000});
  CHECK(outcome.start_cost == 500);
  CHECK(outcome.cost == 400);
  CHECK(outcome.placement[0] == 1);
}

TEST_CASE("reassign: what is wrong with an instance is said") {
  const Instance good = bench::roadef_instance(feasible_model(3, {3, 5}));
  const auto why = [&](auto change) {
    Instance bad = good;
    change(bad);
    return mistake(bad).value_or("nothing");
  };
  using I = Instance&;
  CHECK(why([](I) {}) == "nothing");
  CHECK(why([](I i) { i.start.pop_back(); }) == "a start for each process is needed");
  CHECK(why([](I i) { i.start[1] = 9; }) == "process 1: is nowhere");
  CHECK(why([](I i) { i.machines[0].capacity.pop_back(); }) ==
        "machine 0: as many capacities as resources are needed");
  CHECK(why([](I i) { i.machines[1].move_costs.push_back(0); }) ==
        "machine 1: as many move costs as machines are needed");
  CHECK(why([](I i) { i.machines[1].safety[0] = 1000; }) ==
        "machine 1: more safety capacity than capacity");
  CHECK(why([](I i) { i.processes[2].needs[0] = -1; }) == "process 2: a negative number");
  CHECK(
      why([](I i) { i.processes[2].needs[0] = 1000; }).ends_with("has no room for its processes"));
  CHECK(why([](I i) { i.processes[2].service = 99; }) == "process 2: has no service");
  CHECK(why([](I i) { i.services[0].depends_on = {99}; }) == "service 0: depends on no service");
  CHECK(why([](I i) { i.services[0].least_locations = 99; }) ==
        "service 0: is in too few locations");
  CHECK(why([](I i) { i.balances[0].less = 99; }) == "balance 0: of no resource");
  CHECK(why([](I i) { i.resources[0].load_weight = Number{1} << 60; }) ==
        "costs may be too large to be added");
}

}  // namespace paas::placement::reassign::search_test
