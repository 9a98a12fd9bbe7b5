#pragma once
// What all figures of a run rest on: how the program was compiled, and the weights of the rule.

#include "tests/bench/placement/row.hpp"

namespace paas::bench {

void tell_build(Report& report);

}  // namespace paas::bench
