#include "libpaas/placement/lanes.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "libpaas/placement/random_problem_test.hpp"

namespace paas::placement::lanes_test {

TEST_CASE("lanes: however many nodes are looked at at once, what comes out is the same") {
  CHECK(rc::check([](std::uint64_t seed) {
    random_problem::Draw draw(seed);
    Problem problem = random_problem::problem(seed);
    problem.rules.objectives.fit = draw.chance(80) ? 1000 : 700;
    if (draw.chance(20)) {  // amounts so small, and so large, that products need care
      for (Node& node : problem.cluster.nodes) {
        node.capacity = {{"cpu", draw.from(1, 60)}, {"memory", most_amount - draw.from(0, 9)}};
        node.reserved.clear();
      }
    }
    if (!mistakes(problem).empty()) return;
    const Compiled compiled(problem);
    const Ledger ledger(compiled);
    const Scorer scorer(ledger);
    OpenNodes open;
    open.let_in.resize(2);
    for (int i = draw.from(0, 40); i > 0; --i) {
      const auto node =
          static_cast<Index>(draw.from(0, static_cast<int>(compiled.node_count()) - 1));
      const Scorer::Axes all = scorer.free_axes(node);
      const auto part = [&](Amount amount) { return amount / 16 * draw.from(0, 16); };
      open.node.push_back(node);
      open.x.push_back(part(all.x));
      open.y.push_back(part(all.y));
      open.waste.push_back(scorer.fit().waste({open.x.back(), open.y.back()}));
      for (auto& words : open.let_in) words.push_back(draw.next());
    }
    const LaneLoops* const loops[] = {&plain_loops(), &fastest_loops()};
    for (Index shape = 0; shape < compiled.shapes().size(); ++shape) {
      const Scorer::Axes needs = scorer.needs(shape);
      const auto gate = static_cast<Index>(draw.from(0, 127));
      std::vector<std::uint32_t> picked[2];
      std::vector<std::int64_t> fits[2];
      for (int i = 0; i < 2; ++i) {
        picked[i].resize(open.size() + 8);
        picked[i].resize(loops[i]->pick(open, needs, gate, picked[i].data()));
        fits[i].resize(picked[i].size());
        loops[i]->rate(open, needs, scorer.fit(), picked[i].data(), picked[i].size(),
                       fits[i].data());
      }
      RC_ASSERT(picked[0] == picked[1]);
      RC_ASSERT(fits[0] == fits[1]);
      std::vector<std::uint32_t> wanted;
      for (std::uint32_t i = 0; i < open.size(); ++i) {
        const bool in = (open.let_in[gate / 64][i] >> (gate % 64) & 1U) != 0;
        if (in && open.x[i] >= needs.x && open.y[i] >= needs.y) wanted.push_back(i);
      }
      RC_ASSERT(picked[0] == wanted);
    }
  }));
}

}  // namespace paas::placement::lanes_test
