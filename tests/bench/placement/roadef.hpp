#pragma once
// The instances of the ROADEF/EURO challenge 2012, machine reassignment: read, judged, and given to
// the product's search. What judges an answer is written from the challenge's rules alone and knows
// nothing of the search.

#include <cstdint>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"
#include "libpaas/placement/reassign/instance.hpp"
#include "tests/bench/placement/openb.hpp"
#include "tests/bench/placement/options.hpp"
#include "tests/bench/placement/row.hpp"

namespace paas::bench {

// As the files have it; all counts are from 0.
struct RoadefModel {
  struct Resource {
    bool transient = false;
    std::int64_t load_weight = 0;
  };
  struct Machine {
    std::size_t neighbourhood = 0;
    std::size_t location = 0;
    std::vector<std::int64_t> capacity{};
    std::vector<std::int64_t> safety_capacity{};
    std::vector<std::int32_t> move_cost{};  // to each machine
  };
  struct Service {
    std::size_t spread_min = 0;
    std::vector<std::size_t> dependencies{};
  };
  struct Process {
    std::size_t service = 0;
    std::vector<std::int64_t> requirement{};
    std::int64_t move_cost = 0;
  };
  struct Balance {
    std::size_t first = 0;
    std::size_t second = 0;
    std::int64_t target = 0;
    std::int64_t weight = 0;
  };
  std::vector<Resource> resources{};
  std::vector<Machine> machines{};
  std::vector<Service> services{};
  std::vector<Process> processes{};
  std::vector<Balance> balances{};
  std::int64_t process_move_weight = 0;
  std::int64_t service_move_weight = 0;
  std::int64_t machine_move_weight = 0;
  std::vector<std::size_t> start{};
};

// Errors: `invalid`, naming file, line, and which of its numbers is wrong.
Result<RoadefModel> roadef_model(const TraceText& model, const TraceText& assignment);
// A file that has one number.
Result<std::int64_t> roadef_number(const TraceText& file);

// What a placement, machine by process, costs beside the start. Everything is counted anew.
// Errors: `invalid`: the rule that it breaks.
Result<std::int64_t> roadef_cost(const RoadefModel& model,
                                 const std::vector<std::size_t>& placement);

// For the product's search.
placement::reassign::Instance roadef_instance(const RoadefModel& model);

// One row for each instance that is found in the folder `roadef` of the traces.
void roadef_rows(const Options& options, Report& report);

}  // namespace paas::bench
