#pragma once
// The nodes that may take one job, with what is known of their scores, kept from one question to
// the next: a replica that is placed changes one node, and the next replica is asked for the same.

#include <cstdint>
#include <vector>

#include "libpaas/placement/frontier.hpp"

namespace paas::placement {

class Candidates {
 public:
  // Keeps references.
  Candidates(const Scorer& scorer, Frontier& frontier, Bonuses& bonuses, const LaneLoops& loops);

  // The best node for the job, as a scan of all nodes would find it; `best` is one that is known,
  // or none. REQUIRES: the job's quota allows it, the frontier is up to date, and changed() was
  // told.
  Spot best(Index job, Spot best);

  // After the frontier filed a node anew; after it filed all of them.
  void changed(Index node);
  void drop() { job_ = nowhere; }

 private:
  // A group with untouched nodes to which the shape fits.
  struct Choice {
    const Frontier::Group* group;
    std::int64_t lasting;
    Index like;  // a node of the group
    Index head;  // the first that is let in; nowhere: not known
  };
  void begin(Index job);
  void study(const Kind& kind);
  void gather_open();
  void gather_groups();
  void add(Index node, std::int64_t score);
  void set(std::size_t at, std::int64_t score);
  void add_company_of_nodes();
  void count_in(Index level, Index counter, std::int64_t each, std::int64_t once);
  std::int64_t highest(std::size_t b) const;
  std::size_t find(Index node);
  std::int64_t lasting_of(Index node) const;
  std::int64_t score_of(Index node) const;
  std::int64_t company_of(Index node) const;
  void consider(Index node, std::int64_t score);
  void consider_open();
  void consider_open(std::size_t at);
  void consider_groups();
  bool wins(std::int64_t score, Index node) const;
  // Whether each domain of a level is one node, and the level too large for bonuses.
  bool fine(Index level) const { return !bonuses_.covers(level) && !node_of_[level].empty(); }

  const Scorer& scorer_;
  const Compiled& compiled_;
  Frontier& frontier_;
  Bonuses& bonuses_;
  const LaneLoops& loops_;
  std::vector<std::vector<Index>> node_of_;  // by level, by domain; empty if domains are shared

  // What counts at single nodes: every job of a counter, and whether there is one.
  struct Influence {
    Index level;
    Index counter;
    std::int64_t each;
    std::int64_t once;
  };

  // The job at hand.
  Index job_ = nowhere;
  const Kind* kind_ = nullptr;
  const NodeSet* let_in_ = nullptr;
  std::vector<Influence> influences_;
  bool exact_ = true;           // whether a score as it is known here is all that there is to know
  std::int64_t allowance_ = 0;  // if not: the most that is missing
  std::vector<std::uint32_t> picks_;
  std::vector<Index> nodes_;
  std::vector<std::int64_t> scores_;  // without bonuses
  std::vector<std::int64_t> tops_;    // of every few scores
  std::vector<Choice> choices_;
  std::size_t last_ = 0;  // that won
  Spot best_;
};

}  // namespace paas::placement
