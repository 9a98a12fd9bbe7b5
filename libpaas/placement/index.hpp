#pragma once
// Finds the best node without looking at all of them. Where packing keeps the nodes in use few, or
// full, the candidates among them are looked at one by one; where many are half full, tables of
// scores are kept for every shape. Either finds what a scan would find.

#include "libpaas/placement/blocks.hpp"
#include "libpaas/placement/candidates.hpp"

namespace paas::placement {

class NodeIndex {
 public:
  struct Limits {
    std::size_t tables = 1024;  // that are kept
    std::size_t open = 2048;    // nodes that are looked at one by one
    bool wide = true;           // several at once, where the processor can
  };
  // Keeps a reference.
  explicit NodeIndex(const Scorer& scorer) : NodeIndex(scorer, Limits{}) {}
  NodeIndex(const Scorer& scorer, Limits limits);
  NodeIndex(const NodeIndex&) = delete;
  NodeIndex& operator=(const NodeIndex&) = delete;

  // The best node that takes the job. `previous` is where it was and would rather be; or nowhere.
  Spot best(Index job, Index previous);

  // After the scores of all nodes changed.
  void forget();

  std::size_t bytes() const { return blocks_.bytes() + frontier_.bytes(); }

 private:
  void refresh();
  bool few_are_open() const;

  const Scorer& scorer_;
  Limits limits_;
  Bonuses bonuses_;
  Frontier frontier_;
  Candidates candidates_;
  BlockIndex blocks_;
  std::uint64_t seen_ = 0;  // up to here the log is worked in
};

}  // namespace paas::placement
