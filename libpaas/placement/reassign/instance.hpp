#pragma once
// A machine reassignment problem as values: processes with many requirements stand on machines, and
// moving some of them makes loads and balances better. The rules are those of the ROADEF/EURO
// challenge 2012 (problem definition, "Google machine reassignment"), which the public instances of
// the benchmark use; all numbers are integers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace paas::placement::reassign {

// Amounts, weights and costs. An instance whose worst cost may be beyond 2^50 is refused.
using Number = std::int64_t;
using Place = std::uint32_t;  // of a machine, service, process, resource in its list

inline constexpr std::size_t most_resources = 64;
inline constexpr std::size_t most_machines = 20'000;
inline constexpr std::size_t most_processes = 1'000'000;  // and services

struct Resource {
  bool transient = false;  // a process that moves uses it at both ends
  Number load_weight = 0;
};

struct Machine {
  Place neighbourhood = 0;
  Place location = 0;
  std::vector<Number> capacity{};          // by resource; usage stays within
  std::vector<Number> safety{};            // by resource; usage beyond it costs
  std::vector<std::int32_t> move_costs{};  // from here, by machine
};

struct Service {
  Place least_locations = 0;        // its processes cover at least as many
  std::vector<Place> depends_on{};  // services that each neighbourhood with one of ours has, too
};

struct Process {
  Place service = 0;  // no two of one service are on one machine
  std::vector<Number> needs{};
  Number move_cost = 0;
};

// What is left of resource `more` should be `target` times what is left of resource `less`, or
// more: each unit that it falls short of costs.
struct Balance {
  Place less = 0;
  Place more = 0;
  Number target = 0;
  Number weight = 0;
};

using Placement = std::vector<Place>;  // machine by process

struct Instance {
  std::vector<Resource> resources{};
  std::vector<Machine> machines{};
  std::vector<Service> services{};
  std::vector<Process> processes{};
  std::vector<Balance> balances{};
  Number process_move_weight = 0;
  Number service_move_weight = 0;
  Number machine_move_weight = 0;
  Placement start{};
};

// What keeps an instance from being searched: sizes that do not match, places that are not there,
// negative numbers, sums that may overflow, a start that breaks a rule. None if nothing does.
std::optional<std::string> mistake(const Instance& instance);

}  // namespace paas::placement::reassign
#pragma GCC visibility pop
