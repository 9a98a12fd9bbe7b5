#pragma once
// The fewest and cheapest moves that make room, found by trying all: what the product's answer is
// held against. Shares nothing with the product's search.

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/bench/placement/options.hpp"
#include "tests/bench/placement/row.hpp"

namespace paas::bench {

struct Crowd {
  struct Size {
    std::int64_t cpu_milli = 0;
    std::int64_t memory_mib = 0;
  };
  struct Guest {
    Size size{};
    std::int64_t move_cost = 0;
    std::size_t node = 0;
  };
  std::vector<Size> free{};  // by node, beside the guests
  std::vector<Guest> guests{};
  Size newcomer{};
};

struct FewestMoves {
  int moves = 0;
  std::int64_t cost = 0;
  bool operator==(const FewestMoves&) const = default;
};

// Every set of up to three guests, and every way to seat them and the newcomer elsewhere. None if
// more moves are needed, or none help.
std::optional<FewestMoves> fewest_moves(const Crowd& crowd);

void fewest_moves_rows(const Options& options, Report& report);

}  // namespace paas::bench
