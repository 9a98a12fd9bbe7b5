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
#include <vector>

#include "libpaas/placement/compiled.hpp"

namespace paas::placement {

class Potential {
 public:
  // Keeps a reference to the compiled problem, not to the mix.
  Potential(const Compiled& compiled, const Mix& mix);

  // The two scarcest resources; resource_count() stands for the cards, in thousandths of one.
  Index x_resource() const { return axis_[0]; }
  Index y_resource() const { return axis_[1]; }

  // Of a node with that much free of the two.
  std::int64_t waste(Amount x, Amount y) const { return at(cell(x, 0), cell(y, 1)); }

  // What it costs to open an empty node, by its capacity.
  std::int64_t opening(Index node) const { return opening_[node]; }

  // Free thousandths of a node's cards that no expected shape can use, in expectation, times the
  // weight of those shapes. `left` is by card of the node.
  std::int64_t unusable_cards(Index node, const Amount* free, const int* left) const;
  // The value of a change of unusable_cards().
  std::int64_t cards_value(std::int64_t change) const;
  bool looks_at_cards() const { return !card_shapes_.empty(); }

 private:
  // Shapes that are nearly the same: how many, the mean of each axis, and that in cells.
  struct Group {
    std::int64_t count = 0, x = 0, y = 0;
    std::int64_t cells_x = 0, cells_y = 0;
  };
  void prices(const Mix& mix);
  void tabulate(const Mix& mix);
  std::vector<Group> groups(const Mix& mix) const;
  void openings();
  void choose_card_shapes(const Mix& mix);
  Amount needed(const Shape& shape, Index resource) const;
  Amount available(Index node, Index resource) const;
  std::int64_t value(Index resource, Amount amount) const;
  std::int64_t at(std::int64_t x, std::int64_t y) const;
  std::int64_t cell(Amount amount, int axis) const {
    return (amount >> shift_[axis_[axis]]) * scale_[axis] >> 20;
  }

  const Compiled* compiled_;
  Index resources_;  // the cards come after the others
  Index axis_[2]{};
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

}  // namespace paas::placement
