#pragma once
// Finds the best node where many are open. For each pair of shape and taste a table holds the
// lasting score of every node and the best of every block of 64; it is brought up to date
// from the ledger's log when it is asked. A query visits blocks only as long as what the block can
// offer at best beats what was found.

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "libpaas/placement/bonuses.hpp"

namespace paas::placement {

class BlockIndex {
 public:
  // Keeps references. At most so many tables are kept; those used last stay.
  BlockIndex(const Scorer& scorer, Bonuses& bonuses, std::size_t most_tables);

  // The best node for the job, as a scan of all nodes would find it; `best` is one that is known,
  // or none. REQUIRES: the job's quota allows it.
  Spot best(Index job, Spot best);

  // After the scores of all nodes changed.
  void forget() { tables_.clear(); }

  std::size_t bytes() const;

 private:
  struct Table {
    Index shape, taste;
    std::uint64_t seen = 0;  // up to here the log is worked in
    std::uint64_t used = 0;
    std::vector<std::int32_t> scores;  // by node, padded to whole blocks
    std::vector<std::int32_t> tops;    // by block
  };
  struct Query {
    Index job;
    Table* table;
    const NodeSet* open;
    Spot best{};
    std::int64_t anywhere = 0;  // allowed for whatever the node
  };

  Table& table(Index shape, Index taste);
  void refresh(Table& table) const;
  void rebuild(Table& table) const;
  void set(Table& table, Index node, std::int32_t score) const;
  void find_shared_domains();
  // The most that each block can have; gives the block that can have most of all.
  std::size_t offer(Query& query);
  std::size_t most_promising() const;
  std::int64_t most_for(const Query& query, Index node) const;
  void look_at(Query& query, Index node, std::int64_t bonus);
  void look_at_partners(Query& query);
  void visit(Query& query, std::size_t block);
  bool can_win(const Query& query, std::size_t block) const;

  const Scorer& scorer_;
  const Compiled& compiled_;
  std::size_t most_tables_;
  std::size_t blocks_;
  std::map<std::pair<Index, Index>, std::unique_ptr<Table>> tables_;
  std::uint64_t clock_ = 0;
  Bonuses& bonuses_;
  // By level of few domains, by block: the one or two domains of its nodes, as places in the
  // values of a bonus; of a mixed block the last one.
  struct Pair {
    Index one = 0, other = 0;
  };
  std::vector<std::vector<Pair>> shared_;
  std::vector<Index> first_rank_;  // by block: the first name in it
  // Of the query at hand; here so that their memory is used again.
  std::vector<std::int64_t> offers_;  // by block: no node of it can have more
};

}  // namespace paas::placement
