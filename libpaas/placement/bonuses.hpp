#pragma once
// What the company in a domain adds to the scores of its nodes, at the levels that have few
// domains. Worked out once for a query, so that for each node it is a look-up.

#include <cstdint>
#include <limits>
#include <vector>

#include "libpaas/placement/score.hpp"

namespace paas::placement {

class Bonuses {
 public:
  // So little that no node with it can win, whatever else is added.
  static constexpr std::int64_t closed = std::numeric_limits<std::int64_t>::min() / 64;

  // Keeps a reference.
  explicit Bonuses(const Scorer& scorer);

  // Whether a level has few enough domains.
  bool covers(Index level) const { return !places_[level].empty(); }
  // The place of a node at a level that is covered: its domain, or one behind the last domain where
  // it has none.
  Index place(Index level, Index node) const { return places_[level][node]; }

  // Works out those of a job; the ones below are of this job until the next call.
  void collect(Index job);
  // At all levels together: of one node, and the most that any node can have.
  std::int64_t at(Index node) const {
    std::int64_t out = 0;
    for (std::size_t i = 0; i < count_; ++i) out += all_[i].values[all_[i].place_of[node]];
    return out;
  }
  std::int64_t most() const { return most_; }

  struct Bonus {
    Index level = 0;
    const std::uint16_t* place_of = nullptr;  // by node
    std::vector<std::int64_t> values{};       // by place; then the most of all
  };
  std::size_t size() const { return count_; }
  const Bonus& operator[](std::size_t i) const { return all_[i]; }

 private:
  Bonus& of(Index level);
  void add(const SpreadTie& spread, Index job);
  void add(const Tie& tie, Index own);

  const Scorer& scorer_;
  const Compiled& compiled_;
  std::vector<std::vector<std::uint16_t>> places_;  // by level, by node; empty if not covered
  std::vector<Bonus> all_;                          // memory is used again
  std::size_t count_ = 0;
  std::int64_t most_ = 0;
};

}  // namespace paas::placement
