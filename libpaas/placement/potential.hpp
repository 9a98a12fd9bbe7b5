#pragma once
// What a remainder is worth. A node's free amounts are of use only as far as the shapes that are
// around can take them. The waste of a remainder is what is expected to be left of it when no more
// fits; a placement is good if the waste of its node grows little, or shrinks.
//
// W(free) = E[ the best of k arrivals of W(free - shape) ], where an arrival that does not fit
// closes the node: then all that is free is wasted. W is computed once for a mix of shapes, by
// dynamic programming on a grid over the two scarcest resources, in integers.
//
// Values are in 2^20ths of one mean node, weighted by the price of each resource.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "libpaas/placement/compiled.hpp"

namespace paas::placement {

class Potential {
 public:
  static constexpr std::int64_t grid = 64;        // cells of an axis of the table
  static constexpr std::int64_t side = grid + 2;  // corners of cells, and one more

  // Keeps a reference to the compiled problem, not to the mix.
  Potential(const Compiled& compiled, const Mix& mix);

  // The two scarcest resources; resource_count() stands for the cards, in thousandths of one.
  Index x_resource() const { return axis_[0]; }
  Index y_resource() const { return axis_[1]; }

  // How the waste is looked up. A small value, so that a loop can keep it at hand; good as long as
  // the potential is.
  struct Lookup {
    const std::int32_t* table;
    int coarse[2];          // by which amounts are shifted
    std::int64_t scale[2];  // cells a unit, in 2^-32

    // Of a node with that much free of the two: no less than nothing, no more than any node has.
    std::int64_t waste(Amount x, Amount y) const { return at(cell(x, 0), cell(y, 1)); }
    std::int64_t cell(Amount amount, int axis) const {
      return (amount >> coarse[axis]) * scale[axis] >> 20;
    }
    // In 2^-12ths of a cell: between the four corners around it. Behind the last ones the table
    // goes on, so that nothing depends on which side of a border counts.
    std::int64_t at(std::int64_t x, std::int64_t y) const {
      const std::int32_t* corner = table + (x >> 12) * side + (y >> 12);
      const std::int64_t a = x & 4095;
      const std::int64_t b = y & 4095;
      const std::int64_t low = (std::int64_t{corner[0]} << 12) + (corner[1] - corner[0]) * b;
      corner += side;
      const std::int64_t high = (std::int64_t{corner[0]} << 12) + (corner[1] - corner[0]) * b;
      return ((low << 12) + (high - low) * a) >> 24;
    }
  };
  Lookup lookup() const {
    return {table_.data(), {coarse_[0], coarse_[1]}, {scale_[0], scale_[1]}};
  }

  // What it costs to open an empty node, by its capacity.
  std::int64_t opening(Index node) const { return opening_[node]; }

  // Free thousandths of a node's cards that no expected shape can use, in expectation, times the
  // weight of those shapes. `left` is by card of the node.
  std::int64_t unusable_cards(Index node, const Amount* free, const int* left) const;
  // The value of a change of unusable_cards().
  std::int64_t cards_value(std::int64_t change) const;
  bool looks_at_cards() const { return !card_shapes_.empty(); }

 private:
  static constexpr std::int64_t does_not_fit = std::numeric_limits<std::int64_t>::max();
  // Shapes that are nearly the same: how many, the mean of each axis, and that in cells.
  struct Group {
    std::int64_t count = 0, x = 0, y = 0;
    std::int64_t cells_x = 0, cells_y = 0;
    std::int64_t waste = 0;  // what is left of the node at hand after one more
  };
  void prices(const Mix& mix);
  void tabulate(const Mix& mix);
  static std::int64_t expected_waste(const std::vector<Group*>& order, std::int64_t count,
                                     std::int64_t all_of_it);
  std::vector<Group> groups(const Mix& mix) const;
  void openings();
  void choose_card_shapes(const Mix& mix);
  Amount needed(const Shape& shape, Index resource) const;
  Amount available(Index node, Index resource) const;
  std::int64_t value(Index resource, Amount amount) const;
  std::int64_t cell(Amount amount, int axis) const { return lookup().cell(amount, axis); }

  const Compiled* compiled_;
  Index resources_;  // the cards come after the others
  Index axis_[2]{};
  int coarse_[2]{};                  // the shifts of the axes
  std::vector<int> shift_;           // by which amounts are coarsened, so that no product overflows
  std::vector<Amount> biggest_;      // capacity of any node, coarse
  std::vector<std::int64_t> price_;  // 2^16 is the dearest
  std::vector<std::int64_t> unit_;   // value of one unit, in 2^40ths of a mean node
  std::int64_t scale_[2]{};          // cells a unit, in 2^-32
  std::vector<std::int32_t> table_;
  std::vector<std::int64_t> opening_;
  Mix card_shapes_;
  Amount card_weight_ = 0;
};

// The constants of the rule as text, for whoever prints figures that rest on them.
std::string constants_of_the_rule();

}  // namespace paas::placement
