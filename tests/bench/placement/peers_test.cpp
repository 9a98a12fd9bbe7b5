#include "tests/bench/placement/peers.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace paas::bench::peers_test {

// Nodes of 10 cores and 10,000 MiB, and one shape for each arrival.
World world_of(std::vector<WorldNode> nodes, const std::vector<Shape>& arrivals, int replicas = 1) {
  World out;
  out.nodes = std::move(nodes);
  for (const Shape& shape : arrivals) {
    out.arrivals.push_back({out.shapes.size(), replicas});
    out.shapes.push_back(shape);
  }
  return out;
}

std::vector<WorldNode> equal_nodes(std::size_t count) {
  std::vector<WorldNode> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({std::to_string(i), 10'000, 10'000});
  return out;
}

constexpr std::size_t refused = 99;

// The nodes of all replicas of all arrivals, one after the other.
std::vector<std::size_t> answers(const World& world, const PeerRule& rule) {
  PeerPlacer placer(world, rule);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < world.arrivals.size(); ++i) {
    placer.begin(i);
    for (int replica = 0; replica < world.arrivals[i].replicas; ++replica) {
      out.push_back(placer.place().value_or(refused));
    }
  }
  return out;
}

using Nodes = std::vector<std::size_t>;

TEST_CASE("peers: first fit takes the first that has room") {
  const World world = world_of(equal_nodes(2), {{6000, 1}, {6000, 1}, {4000, 1}, {5000, 1}});
  CHECK(answers(world, first_fit()) == Nodes{0, 1, 0, refused});
}

TEST_CASE("peers: best fit takes the fullest that has room") {
  const World world = world_of(equal_nodes(2), {{6000, 6000}, {7000, 7000}, {3000, 3000}});
  CHECK(answers(world, best_fit()) == Nodes{0, 1, 1});
}

double score_of(const PeerRule& rule, const WorldNode& node, const Free& before,
                const Free& after) {
  return rule.score({node, before, after});
}

TEST_CASE("peers: the scores, worked by hand") {
  const WorldNode node{"a", 10'000, 10'000};
  const Free all = Free::all_of(node);
  const Free half = less(all, {5000, 5000}, 0);
  const Free uneven = less(all, {8000, 2000}, 0);
  // 20 - 2 * 10^0.5 = 13.675; empty it would be 0, full 18.
  CHECK(score_of(nomad(false, false), node, all, half) == Approx(13.6754 / 18).epsilon(1e-4));
  CHECK(score_of(nomad(false, false), node, all, all) == Approx(0));
  CHECK(score_of(nomad(false, false), node, all, less(all, {10'000, 10'000}, 0)) == Approx(1));
  // Free 0.2 and 0.8: half is free; the balance is 1 - 0.3, in 1.20 1 - 0.6.
  CHECK(score_of(kubernetes(false), node, all, uneven) == Approx(0.5 + 0.7));
  CHECK(score_of(kubernetes(true), node, all, uneven) == Approx(0.5 + 0.4));
  CHECK(score_of(best_fit(), node, all, uneven) == Approx(-1));
  // Of cards: 1 - (32/128 + 0.5/8)/2, in whole percents.
  const WorldNode carded{"b", 64'000, 1, 1, "T4"};
  const Free some = less(Free::all_of(carded), {32'000, 0, 1, 500}, 0);
  CHECK(score_of(best_fit(), carded, Free::all_of(carded), some) == 84);
}

TEST_CASE("peers: Nomad's anti-affinity spreads the replicas of one job") {
  const World world = world_of(equal_nodes(3), {{1000, 1000}}, 4);
  CHECK(answers(world, nomad(false, false)) == Nodes{0, 0, 0, 0});
  // (0.3 - 2/4) / 2 is less than the score of an empty node; then all are alike again.
  CHECK(answers(world, nomad(true, false)) == Nodes{0, 1, 2, 0});
}

TEST_CASE("peers: Kubernetes takes the emptiest") {
  const World world = world_of(equal_nodes(2), {{1000, 1000}, {1000, 1000}, {1000, 1000}});
  CHECK(answers(world, kubernetes(false)) == Nodes{0, 1, 0});
}

TEST_CASE("peers: a sample is a few nodes in an order of the job's own") {
  // Of 64 equal nodes six are looked at, one after the other: a job of ten sees sixty different
  // ones, or those that were put off, and fills none twice before it has to.
  const World world = world_of(equal_nodes(64), {{1000, 1000}, {1000, 1000}}, 10);
  const Nodes nodes = answers(world, nomad(true, true));
  const std::set<std::size_t> first(nodes.begin(), nodes.begin() + 10);
  const std::set<std::size_t> second(nodes.begin() + 10, nodes.end());
  CHECK(first.size() == 10);
  CHECK(second.size() == 10);
  CHECK(first != second);
  CHECK(nodes == answers(world, nomad(true, true)));
  // Whoever fits on one node alone is found, wherever that is in the order.
  World one = world_of(equal_nodes(64), {{20'000, 1}});
  one.nodes[40].cpu_milli = 20'000;
  CHECK(answers(one, nomad(true, true)) == Nodes{40});
}

TEST_CASE("peers: FGD takes the card that stays of use") {
  // Only halves and wholes are around. On the node with a card that is half taken, the half that
  // is left suits; a free card would become two halves, of which no whole one can be made.
  const Shape half{1, 1, 1, 500};
  const Shape whole{1, 1, 1, 1000};
  World world =
      world_of({{"a", 100, 100, 2, "T4"}, {"b", 100, 100, 1, "T4"}}, {half, half, whole, whole});
  const PeerRule rule = fgd(world);
  CHECK(rule.cards_by_score);
  PeerPlacer placer(world, rule);
  for (const std::size_t arrival : {0U, 1U}) {
    placer.begin(arrival);
    CHECK(placer.place() == std::optional<std::size_t>(0));
  }
  placer.begin(2);
  CHECK(placer.place().has_value());
  placer.begin(3);
  CHECK(placer.place().has_value());
}

TEST_CASE("peers: what fits on the cards of a node") {
  const WorldNode node{"a", 10, 10, 3, "T4"};
  Free free = Free::all_of(node);
  CHECK(fits({1, 1, 3, 1000}, node, free));
  CHECK(!fits({1, 1, 4, 1000}, node, free));
  CHECK(!fits({11, 1}, node, free));
  CHECK(!fits({1, 11}, node, free));
  free = less(free, {1, 1, 1, 300}, 0);
  CHECK(free.card_milli[0] == 1000);
  CHECK(free.card_milli[2] == 700);
  CHECK(free.cpu_milli == 9);
  CHECK(!fits({1, 1, 3, 1000}, node, free));
  CHECK(fits({1, 1, 2, 1000}, node, free));
  CHECK(fits({1, 1, 1, 1000, {"P100", "T4"}}, node, free));
  CHECK(!fits({1, 1, 1, 1000, {"P100"}}, node, free));
  CHECK(less(free, {1, 1, 2, 1000}, 0).card_milli[0] == 700);
  CHECK(less(free, {1, 1, 1, 700}, 2).all_cards() == 2000);
  CHECK(fits({1, 1}, {"b", 10, 10}, Free::all_of({"b", 10, 10})));
}

}  // namespace paas::bench::peers_test
