#pragma once
// The nodes as packing leaves them. Most are untouched, and alike by the hundred; most of the
// others are so full that nothing fits any more; few are in between. So those alike are kept as one
// group of which only the first can win, those in between in a list, and the full ones nowhere.

#include <cstdint>
#include <vector>

#include "libpaas/placement/bonuses.hpp"
#include "libpaas/placement/lanes.hpp"

namespace paas::placement {

class Frontier {
 public:
  // Nodes that are the same to every job while they are untouched, conditions on nodes apart. Their
  // places follow each other, by name.
  struct Group {
    std::size_t first_word;  // of 64 places
    std::size_t end_word;
    Index breed;  // groups of one breed have the same amounts and cards; they follow each other
  };

  // Keeps references. Beyond so many groups there is nothing to be gained.
  Frontier(const Scorer& scorer, const Bonuses& bonuses, std::size_t most_groups = 1024);

  // After a node changed; after all of them did.
  void file(Index node);
  void file_all();

  // Whether there are groups at all; if not, the others are not to be used.
  bool grouped() const { return !groups_.empty(); }
  const std::vector<Group>& groups() const { return groups_; }
  const OpenNodes& open() const { return open_; }
  bool untouched(Index node) const {
    return (untouched_[place_of_[node] / 64] >> (place_of_[node] % 64) & 1U) != 0;
  }
  // Any untouched node of a group; nowhere if none is left.
  Index some_untouched(const Group& group) const;
  // The first untouched node of a group that a gate lets in, behind another if one is given.
  Index next_untouched(const Group& group, Index gate, Index behind = nowhere);

  std::size_t bytes() const;

 private:
  static constexpr Index nobody = nowhere;
  bool divide(std::size_t most_groups);
  void number_places();
  bool may_take_something(Index node) const;
  const std::vector<std::uint64_t>& let_in(Index gate);
  void note_gates(Index node);
  void close(Index node);

  const Scorer& scorer_;
  const Compiled& compiled_;
  const Bonuses& bonuses_;
  std::vector<Amount> least_;    // by resource: what every shape needs; 0: some need nothing of it
  std::vector<Index> group_of_;  // by node
  std::vector<Index> breed_of_;  // by node
  std::vector<Group> groups_;
  std::vector<Index> place_of_;                     // by node
  std::vector<Index> node_at_;                      // by place; nobody where a group is padded
  std::vector<std::uint64_t> untouched_;            // by place
  std::vector<std::vector<std::uint64_t>> let_in_;  // by gate, by place; made when it is asked for
  OpenNodes open_;
  std::vector<Index> open_at_;  // by node; nobody if it is not in open_
};

}  // namespace paas::placement
