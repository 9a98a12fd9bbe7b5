#pragma once
// Rows: how full the cluster gets on the two synthetic mixes, and on the openb trace.

#include "tests/bench/placement/options.hpp"
#include "tests/bench/placement/row.hpp"

namespace paas::bench {

void mix_rows(const Options& options, Report& report);
// Every workload that is found, in the published orders where there are some.
void openb_rows(const Options& options, Report& report);

}  // namespace paas::bench
