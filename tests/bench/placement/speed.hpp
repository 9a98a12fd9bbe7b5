#pragma once
// Rows: how many placements a CPU-second the engine makes as a large cluster fills, how long a dry
// run takes, and what a workload weighs.

#include "tests/bench/placement/options.hpp"
#include "tests/bench/placement/row.hpp"

namespace paas::bench {

// 10,000 nodes; every app asks for one of eight label expressions, for anti-affinity with itself,
// and to be spread over ten racks. Required or preferred anti-affinity, both mixes.
void fill_speed_rows(const Options& options, Report& report);

// 1,000 nodes, half full.
void dry_run_rows(const Options& options, Report& report);

// A million workloads on 10,000 nodes.
void weight_rows(const Options& options, Report& report);

}  // namespace paas::bench
