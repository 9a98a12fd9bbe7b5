#pragma once
// How good a node is for a job. One part depends on the node, the shape and the taste alone, so
// that it can be kept in tables; the other on who is around. Both are integers, in 2^20ths of a
// mean node; higher is better.

#include <algorithm>
#include <cstdint>
#include <limits>

#include "libpaas/placement/ledger.hpp"
#include "libpaas/placement/potential.hpp"

namespace paas::placement {

// It does not fit.
inline constexpr std::int32_t no_fit = std::numeric_limits<std::int32_t>::min();

struct ScoreParts {
  std::int64_t fit = 0, pack = 0, balance = 0, affinity = 0, spread = 0, stay = 0;
  std::int64_t sum() const { return fit + pack + balance + affinity + spread + stay; }
};

// A node, and how good it is.
struct Spot {
  Index node = nowhere;
  std::int64_t score = 0;
  bool operator==(const Spot&) const = default;
};

class Scorer {
 public:
  // So that the sum of the parts that last stays within its bounds.
  static constexpr std::int64_t most_of_a_part = std::int64_t{1} << 26;

  // Keeps references.
  explicit Scorer(const Ledger& ledger);

  // From now on the fit is measured by this mix instead of the problem's own. Keeps nothing of it.
  void expect(const Mix& mix);

  const Ledger& ledger() const { return ledger_; }
  const Compiled& compiled() const { return compiled_; }

  // The part that is the same for all jobs of a shape and a taste; no_fit if amounts or cards do
  // not suffice. Between -2^29 and 2^29.
  std::int32_t lasting(Index shape, Index taste, Index node) const;
  // What of it is due to the taste.
  std::int64_t liking(Index taste, Index node) const;
  // The part that depends on who is around.
  std::int64_t company(Index job, Index node) const;
  // What coming back to the node where it was is worth.
  std::int64_t stay() const { return stay_; }

  // All of it. `previous` is where the job was; nowhere if it was nowhere.
  // REQUIRES: it fits.
  ScoreParts parts(Index job, Index node, Index previous) const;

  // The cards of a node that are the best to take; none if they do not suffice.
  std::optional<Cards> best_cards(const Shape& shape, Index node) const;

  // The lasting part once more, for those who keep the amounts of many nodes in use beside each
  // other: what is free of the two scarcest resources decides, unless there are cards or balance to
  // be looked at.
  // What is overbooked is as good as taken.
  struct Axes {
    Amount x = 0, y = 0;
  };
  bool plain() const;
  Index x_resource() const { return potential_.x_resource(); }
  Index y_resource() const { return potential_.y_resource(); }
  Axes free_axes(Index node) const;
  Axes needs(Index shape) const { return needs_[shape]; }
  // Whether a shape needs nothing but these two.
  bool axes_suffice(Index shape) const { return axes_suffice_[shape]; }
  struct Fit {
    Potential::Lookup lookup;
    int milli;  // what it matters
    std::int64_t waste(Axes free) const { return lookup.waste(free.x, free.y); }
    // Of what is free before and after; liking() apart.
    std::int64_t operator()(std::int64_t waste_before, Axes after) const {
      const std::int64_t less = waste_before - waste(after);
      return bounded_part(milli == 1000 ? less : weighted(less, milli));
    }
  };
  Fit fit() const { return {potential_.lookup(), fit_milli_}; }

  // A weight of 1..100 as a value.
  std::int64_t spread_value(int weight) const { return spread_unit_ * weight; }
  std::int64_t affinity_value(int weight) const { return affinity_unit_ * weight; }
  // What each replica of the same app that is on a node already takes away from it.
  std::int64_t crowd_value() const { return crowd_; }

 private:
  static std::int64_t weighted(std::int64_t value, int milli) {
    return std::clamp(value, -(std::int64_t{1} << 40), std::int64_t{1} << 40) * milli / 1000;
  }
  static std::int64_t bounded_part(std::int64_t value) {
    return std::clamp(value, -most_of_a_part, most_of_a_part);
  }
  ScoreParts lasting_parts(Index shape, Index taste, Index node) const;
  void add_company(Index job, Index node, ScoreParts& out) const;
  void measure_needs();
  Axes needs_of(const Shape& shape) const;
  std::int64_t balance(const Shape& shape, Index node) const;
  std::int64_t cards_fit(const Shape& shape, Index node, const Cards& cards) const;

  const Ledger& ledger_;
  const Compiled& compiled_;
  Potential potential_;
  std::vector<Axes> needs_;         // by shape
  std::vector<bool> axes_suffice_;  // by shape
  int fit_milli_;
  std::int64_t spread_unit_, affinity_unit_, crowd_, stay_;
};

}  // namespace paas::placement
