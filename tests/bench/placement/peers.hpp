#pragma once
// A cluster placed by one of the peers' rules: every node is looked at, unless the rule samples.

#include "tests/bench/placement/course.hpp"
#include "tests/bench/placement/rules.hpp"
#include "tests/bench/placement/splitmix.hpp"

namespace paas::bench {

class PeerPlacer : public Placer {
 public:
  // Keeps references. The seed is for rules that shuffle.
  PeerPlacer(const World& world, const PeerRule& rule, std::uint64_t seed = 1);

  void begin(std::size_t arrival) override;
  std::optional<std::size_t> place() override;

 private:
  // Nodes of one make with the same left are in the same state, and score the same.
  struct State {
    std::size_t make;  // any node of it
    Free free;
    auto operator<=>(const State&) const = default;
  };
  struct Offer {
    double score = 0;
    int card = 0;
    enum class Is : std::uint8_t { unknown, none, good } is = Is::unknown;
  };
  std::size_t number_of(const State& state);
  const Offer& offer(std::size_t node);
  Offer judged(const State& state, const Shape& shape) const;
  double score(std::size_t node, const Offer& offer) const;
  std::optional<std::size_t> best_of_all();
  std::optional<std::size_t> best_of_sample();

  const World& world_;
  const PeerRule& rule_;
  Splitmix random_;
  std::vector<State> states_;
  std::map<State, std::size_t> numbers_;
  std::vector<std::vector<Offer>> offers_;  // by state, by shape
  std::vector<std::size_t> state_of_;       // by node
  std::vector<int> replicas_on_;            // of the arrival at hand, by node
  std::vector<std::size_t> touched_;
  const Arrival* who_ = nullptr;
  std::vector<std::size_t> order_;  // of a sample
  std::size_t next_ = 0;            // in it
};

}  // namespace paas::bench
