#pragma once
// Rows: what else moves when one app changes, and whether the order of the input matters.

#include "tests/bench/placement/options.hpp"
#include "tests/bench/placement/row.hpp"

namespace paas::bench {

void stability_rows(const Options& options, Report& report);

}  // namespace paas::bench
