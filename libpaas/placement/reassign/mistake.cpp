#include <algorithm>
#include <set>

#include "libpaas/placement/reassign/state.hpp"

namespace paas::placement::reassign {
namespace {

using Mistake = std::optional<std::string>;
constexpr Number most_cost = Number{1} << 50;

// A sum of products of numbers that are not negative, as far as it is below a limit.
class Bound {
 public:
  void add(Number a, Number b) {
    Number product = 0;
    if (__builtin_mul_overflow(a, b, &product) || product > most_cost ||
        sum_ > most_cost - product) {
      beyond_ = true;
    } else {
      sum_ += product;
    }
  }
  Number sum() const { return sum_; }
  bool beyond() const { return beyond_; }

 private:
  Number sum_ = 0;
  bool beyond_ = false;
};

Mistake of(const char* what, std::size_t which, const char* why) {
  return std::string(what) + " " + std::to_string(which) + ": " + why;
}

bool negative(const std::vector<Number>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(), [](Number n) { return n < 0; });
}

Mistake machine_mistake(const Instance& instance) {
  for (std::size_t m = 0; m < instance.machines.size(); ++m) {
    const Machine& machine = instance.machines[m];
    if (machine.capacity.size() != instance.resources.size() ||
        machine.safety.size() != instance.resources.size()) {
      return of("machine", m, "as many capacities as resources are needed");
    }
    if (machine.move_costs.size() != instance.machines.size()) {
      return of("machine", m, "as many move costs as machines are needed");
    }
    if (machine.neighbourhood >= instance.machines.size() ||
        machine.location >= instance.machines.size()) {
      return of("machine", m, "neighbourhood and location must be below the number of machines");
    }
    if (negative(machine.capacity) || negative(machine.safety) ||
        std::any_of(machine.move_costs.begin(), machine.move_costs.end(),
                    [](std::int32_t cost) { return cost < 0; })) {
      return of("machine", m, "a negative number");
    }
    for (std::size_t r = 0; r < machine.capacity.size(); ++r) {
      if (machine.safety[r] > machine.capacity[r]) {
        return of("machine", m, "more safety capacity than capacity");
      }
    }
  }
  return {};
}

Mistake process_mistake(const Instance& instance) {
  for (std::size_t s = 0; s < instance.services.size(); ++s) {
    for (const Place other : instance.services[s].depends_on) {
      if (other >= instance.services.size()) return of("service", s, "depends on no service");
    }
  }
  for (std::size_t p = 0; p < instance.processes.size(); ++p) {
    const Process& process = instance.processes[p];
    if (process.service >= instance.services.size()) return of("process", p, "has no service");
    if (process.needs.size() != instance.resources.size()) {
      return of("process", p, "as many needs as resources are needed");
    }
    if (negative(process.needs) || process.move_cost < 0) {
      return of("process", p, "a negative number");
    }
    if (instance.start[p] >= instance.machines.size()) return of("process", p, "is nowhere");
  }
  return {};
}

// What is counted by service and place is kept in tables.
Mistake size_mistake(const Instance& instance) {
  constexpr std::size_t most_counters = std::size_t{1} << 28;
  std::size_t hoods = 0;
  std::size_t locations = 0;
  for (const Machine& machine : instance.machines) {
    hoods = std::max<std::size_t>(hoods, machine.neighbourhood + 1);
    locations = std::max<std::size_t>(locations, machine.location + 1);
  }
  if (instance.services.size() * (hoods + locations + instance.machines.size() / 16) >
      most_counters) {
    return "too many services for so many machines";
  }
  return {};
}

// Whatever is placed wherever, no sum of ours gets as far as an overflow.
Mistake number_mistake(const Instance& instance) {
  Bound worst;
  Number dearest = 0;
  std::vector<Number> capacity;
  for (std::size_t r = 0; r < instance.resources.size(); ++r) {
    Bound need;
    Bound have;
    for (const Process& process : instance.processes) need.add(1, process.needs[r]);
    for (const Machine& machine : instance.machines) have.add(1, machine.capacity[r]);
    if (instance.resources[r].load_weight < 0) return of("resource", r, "a negative number");
    if (need.beyond() || have.beyond()) return of("resource", r, "numbers are too large");
    worst.add(instance.resources[r].load_weight, need.sum());
    capacity.push_back(have.sum());
  }
  for (std::size_t b = 0; b < instance.balances.size(); ++b) {
    const Balance& balance = instance.balances[b];
    if (balance.less >= capacity.size() || balance.more >= capacity.size()) {
      return of("balance", b, "of no resource");
    }
    if (balance.target < 0 || balance.weight < 0) return of("balance", b, "a negative number");
    Bound short_of;
    short_of.add(balance.target, capacity[balance.less]);
    if (short_of.beyond()) return of("balance", b, "numbers are too large");
    worst.add(balance.weight, short_of.sum());
    worst.add(balance.weight, capacity[balance.more]);
  }
  for (const Machine& machine : instance.machines) {
    for (const std::int32_t cost : machine.move_costs) dearest = std::max<Number>(dearest, cost);
  }
  const auto processes = static_cast<Number>(instance.processes.size());
  if (instance.process_move_weight < 0 || instance.service_move_weight < 0 ||
      instance.machine_move_weight < 0) {
    return "a negative weight";
  }
  for (const Process& process : instance.processes) {
    worst.add(instance.process_move_weight, process.move_cost);
  }
  worst.add(instance.service_move_weight, processes);
  Bound moves;
  moves.add(processes, dearest);
  worst.add(instance.machine_move_weight, moves.sum());
  if (worst.beyond() || moves.beyond()) return "costs may be too large to be added";
  return {};
}

}  // namespace

std::optional<std::string> State::broken_rule() const {
  for (Place m = 0; m < machine_count_; ++m) {
    if (!fits(m)) return of("machine", m, "has no room for its processes");
    std::set<Place> services;
    for (const Place p : on_[m]) {
      if (!services.insert(service_of_[p]).second) return of("machine", m, "has a service twice");
    }
  }
  for (Place s = 0; s < service_count_; ++s) {
    if (covered_[s] < instance_.services[s].least_locations) {
      return of("service", s, "is in too few locations");
    }
    for (Place hood = 0; hood < hood_count_; ++hood) {
      if (in_hood_[std::size_t{s} * hood_count_ + hood] > 0 && !arrival_holds(s, hood, s)) {
        return of("service", s, "lacks one that it depends on in a neighbourhood");
      }
    }
  }
  return {};
}

std::optional<std::string> mistake(const Instance& instance) {
  if (instance.resources.size() > most_resources || instance.machines.size() > most_machines ||
      instance.processes.size() > most_processes || instance.services.size() > most_processes) {
    return "too many resources, machines, services or processes";
  }
  if (instance.start.size() != instance.processes.size()) {
    return "a start for each process is needed";
  }
  if (auto out = machine_mistake(instance)) return out;
  if (auto out = size_mistake(instance)) return out;
  if (auto out = process_mistake(instance)) return out;
  if (auto out = number_mistake(instance)) return out;
  return State(instance).broken_rule();
}

}  // namespace paas::placement::reassign
