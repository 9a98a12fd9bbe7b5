#include "tests/bench/placement/fewest_moves.hpp"

#include <catch2/catch.hpp>

namespace paas::bench::fewest_moves_test {

using Size = Crowd::Size;

TEST_CASE("fewest moves: none, one, and the cheaper of two") {
  Crowd crowd{{{2, 9}, {3, 9}}, {}, {3, 1}};
  CHECK(fewest_moves(crowd) == FewestMoves{0, 0});
  // Both nodes have 2 left; who leaves for the other must be no bigger than that.
  crowd = {{{2, 9}, {2, 9}}, {{{2, 1}, 5, 0}, {{1, 1}, 7, 1}, {{2, 1}, 6, 1}}, {3, 1}};
  CHECK(fewest_moves(crowd) == FewestMoves{1, 5});
  crowd.guests[0].move_cost = 8;
  CHECK(fewest_moves(crowd) == FewestMoves{1, 6});
}

TEST_CASE("fewest moves: one makes room for another; two swap") {
  // 0 has 2 left, 1 has 1, 2 has 1. The newcomer of 4 fits on 0 once its guest of 2 is gone, which
  // fits on 1 once its guest of 1 is on 2.
  const Crowd chain{{{2, 9}, {1, 9}, {1, 9}}, {{{2, 1}, 1, 0}, {{1, 1}, 1, 1}}, {4, 1}};
  CHECK(fewest_moves(chain) == FewestMoves{2, 2});
  // A guest of 4 and one of 2 change places, and there are 3 where 1 was left.
  const Crowd swap{{{1, 9}, {2, 9}}, {{{4, 1}, 1, 0}, {{2, 1}, 1, 1}}, {3, 1}};
  CHECK(fewest_moves(swap) == FewestMoves{2, 2});
}

TEST_CASE("fewest moves: three, and no more than three") {
  // Three guests of 1 have to leave for three nodes with 1 left.
  Crowd crowd{{{1, 9}, {1, 9}, {1, 9}, {1, 9}},
              {{{1, 1}, 1, 0}, {{1, 1}, 1, 0}, {{1, 1}, 1, 0}, {{1, 1}, 1, 0}},
              {4, 1}};
  CHECK(fewest_moves(crowd) == FewestMoves{3, 3});
  crowd.newcomer.cpu_milli = 5;
  crowd.free.push_back({1, 9});
  CHECK(!fewest_moves(crowd));
}

}  // namespace paas::bench::fewest_moves_test
