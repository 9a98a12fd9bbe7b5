// The rules and the cost of the ROADEF/EURO challenge 2012 ("Google machine reassignment", problem
// definition), one after the other, as they are written there. Slow and plain on purpose.

#include <algorithm>
#include <map>
#include <set>

#include "tests/bench/placement/roadef.hpp"

namespace paas::bench {
namespace {

using Placing = std::vector<std::size_t>;

tl::unexpected<Error> broken(const char* rule, const char* what, std::size_t which) {
  return fail(Errc::invalid,
              std::string(rule) + ": " + what + " " + std::to_string(which) + " breaks it");
}

std::vector<std::int64_t> usage(const RoadefModel& model, const Placing& at, std::size_t r) {
  std::vector<std::int64_t> out(model.machines.size());
  for (std::size_t p = 0; p < at.size(); ++p) out[at[p]] += model.processes[p].requirement[r];
  return out;
}

Result<void> check_capacity(const RoadefModel& model, const Placing& at) {
  for (std::size_t r = 0; r < model.resources.size(); ++r) {
    std::vector<std::int64_t> used = usage(model, at, r);
    for (std::size_t p = 0; p < at.size() && model.resources[r].transient; ++p) {
      if (at[p] != model.start[p]) used[model.start[p]] += model.processes[p].requirement[r];
    }
    for (std::size_t m = 0; m < used.size(); ++m) {
      if (used[m] > model.machines[m].capacity[r]) {
        return broken(model.resources[r].transient ? "transient usage" : "capacity", "machine", m);
      }
    }
  }
  return {};
}

Result<void> check_services(const RoadefModel& model, const Placing& at) {
  std::vector<std::set<std::size_t>> machines(model.services.size());
  std::vector<std::set<std::size_t>> locations(model.services.size());
  std::vector<std::set<std::size_t>> neighbourhoods(model.services.size());
  for (std::size_t p = 0; p < at.size(); ++p) {
    const std::size_t s = model.processes[p].service;
    if (!machines[s].insert(at[p]).second) return broken("conflict", "service", s);
    locations[s].insert(model.machines[at[p]].location);
    neighbourhoods[s].insert(model.machines[at[p]].neighbourhood);
  }
  for (std::size_t s = 0; s < model.services.size(); ++s) {
    if (locations[s].size() < model.services[s].spread_min) return broken("spread", "service", s);
    for (const std::size_t needed : model.services[s].dependencies) {
      if (!std::includes(neighbourhoods[needed].begin(), neighbourhoods[needed].end(),
                         neighbourhoods[s].begin(), neighbourhoods[s].end())) {
        return broken("dependency", "service", s);
      }
    }
  }
  return {};
}

std::int64_t load_and_balance_cost(const RoadefModel& model, const Placing& at) {
  std::int64_t out = 0;
  std::vector<std::vector<std::int64_t>> used;
  for (std::size_t r = 0; r < model.resources.size(); ++r) {
    used.push_back(usage(model, at, r));
    for (std::size_t m = 0; m < model.machines.size(); ++m) {
      const std::int64_t over = used[r][m] - model.machines[m].safety_capacity[r];
      if (over > 0) out += model.resources[r].load_weight * over;
    }
  }
  for (const RoadefModel::Balance& balance : model.balances) {
    for (std::size_t m = 0; m < model.machines.size(); ++m) {
      const auto left = [&](std::size_t r) { return model.machines[m].capacity[r] - used[r][m]; };
      const std::int64_t lack = balance.target * left(balance.first) - left(balance.second);
      if (lack > 0) out += balance.weight * lack;
    }
  }
  return out;
}

std::int64_t moving_cost(const RoadefModel& model, const Placing& at) {
  std::int64_t processes = 0;
  std::int64_t machines = 0;
  std::map<std::size_t, std::int64_t> moved;
  for (std::size_t p = 0; p < at.size(); ++p) {
    if (at[p] == model.start[p]) continue;
    processes += model.processes[p].move_cost;
    machines += model.machines[model.start[p]].move_cost[at[p]];
    ++moved[model.processes[p].service];
  }
  std::int64_t most = 0;
  for (const auto& [service, count] : moved) most = std::max(most, count);
  return model.process_move_weight * processes + model.service_move_weight * most +
         model.machine_move_weight * machines;
}

}  // namespace

Result<std::int64_t> roadef_cost(const RoadefModel& model, const Placing& placement) {
  if (placement.size() != model.processes.size()) {
    return fail(Errc::invalid, "not one machine for each process");
  }
  for (std::size_t p = 0; p < placement.size(); ++p) {
    if (placement[p] >= model.machines.size()) return broken("machines", "process", p);
  }
  TRY(check_capacity(model, placement));
  TRY(check_services(model, placement));
  return load_and_balance_cost(model, placement) + moving_cost(model, placement);
}

}  // namespace paas::bench
