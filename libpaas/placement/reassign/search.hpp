#pragma once
// A better placement of processes by a bounded local search. The same instance and options give the
// same answer on every machine and with every compiler: chance is a fixed sequence of numbers, all
// arithmetic is in integers, and the bound is work that is counted, never time. See
// docs/guides/rebalancing.md for how it goes about.

#include "libpaas/placement/reassign/instance.hpp"

#pragma GCC visibility push(default)
namespace paas::placement::reassign {

struct Options {
  // How many changes may be judged. A hundred million take a few seconds.
  std::int64_t work = 600'000'000;
  std::uint64_t seed = 20'120'601;  // of splitmix64
};

struct Outcome {
  Placement placement{};
  Number start_cost = 0;
  Number cost = 0;        // never above start_cost
  std::int64_t work = 0;  // changes that were judged
};

// REQUIRES: !mistake(instance).
Outcome search(const Instance& instance, const Options& options = {});

}  // namespace paas::placement::reassign
#pragma GCC visibility pop
