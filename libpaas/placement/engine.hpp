#pragma once
// Places jobs one by one, each on the best node there is: the low-level interface, in dense
// numbers, below place().

#include "libpaas/placement/index.hpp"
#include "libpaas/placement/score.hpp"

namespace paas::placement {

class Engine {
 public:
  // Keeps a reference. Every node is empty.
  explicit Engine(const Compiled& compiled, NodeIndex::Limits limits = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Compiled& compiled() const { return ledger_.compiled(); }
  const Ledger& ledger() const { return ledger_; }
  const Scorer& scorer() const { return scorer_; }

  // What is expected to come, for a caller who learns it as he goes: from now on the fit of a
  // remainder is measured by this mix, instead of the one that was compiled. Who has a place keeps
  // it. Costs about as much as some thousand placements.
  void expect(const Mix& mix);

  // After Compiled::add_like().
  void extend() { ledger_.extend(); }

  // The best node that takes a job; of equals the one whose name comes first. nowhere if none does.
  // `previous` is where the job was and would rather be.
  Spot best(Index job, Index previous = nowhere) { return index_.best(job, previous); }
  // The same by looking at every node.
  Spot best_by_scan(Index job, Index previous = nowhere) const;

  // Takes the best node; nowhere if there is none. Cards are remembered by the caller.
  struct Placed {
    Index node = nowhere;
    Cards cards{};
  };
  Placed place(Index job, Index previous = nowhere);
  // Where so many replicas of a job would go, one after the other, as far as there is room. Leaves
  // everything as it is.
  std::vector<Spot> dry_run(Index job, int replicas);
  // Takes this node, whether it fits or not; as many cards as there are.
  Cards take(Index job, Index node);
  void take(Index job, Index node, const Cards& cards) { ledger_.take(job, node, cards); }
  void remove(Index job, Index node, const Cards& cards) { ledger_.give_back(job, node, cards); }

 private:
  Ledger ledger_;
  Scorer scorer_;
  NodeIndex index_;
};

}  // namespace paas::placement
