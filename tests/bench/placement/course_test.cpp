#include "tests/bench/placement/course.hpp"

#include <catch2/catch.hpp>

#include "tests/bench/placement/ours.hpp"
#include "tests/bench/placement/peers.hpp"

namespace paas::bench::course_test {

// Says what it was told to say.
class Scripted : public Placer {
 public:
  explicit Scripted(std::vector<std::optional<std::size_t>> script) : script_(std::move(script)) {}
  void begin(std::size_t) override {}
  std::optional<std::size_t> place() override { return script_[next_++]; }
  std::size_t asked() const { return next_; }

 private:
  std::vector<std::optional<std::size_t>> script_;
  std::size_t next_ = 0;
};

TEST_CASE("course: shares at the first failure, at half load and at the end") {
  World world;
  world.nodes = {{"a", 1000, 1000}, {"b", 1000, 1000}};
  world.shapes = {{500, 250}, {1000, 100}};
  world.arrivals = {{0, 2}, {1, 1}, {0, 2}};
  Scripted placer({0, 1, std::nullopt, 0, 1});
  const auto figures = run(world, placer);
  REQUIRE(figures);
  CHECK(figures->first_failure_cpu == Approx(50));
  CHECK(figures->first_failure_fuller == Approx(50));
  CHECK(figures->end_mean == Approx((100 + 50) / 2.0));
  // Half of the CPU is offered after two: both nodes are in use, one would do.
  CHECK(figures->half_over_fluid == Approx(2));
}

TEST_CASE("course: with cards it ends when as many were asked for as there are") {
  World world;
  world.nodes = {{"a", 100, 100, 2, "T4"}};
  world.shapes = {{1, 1, 1, 1000}, {1, 1, 1, 600}};
  world.arrivals = {{1, 1}, {1, 1}, {0, 1}, {0, 1}};
  Scripted placer({0, 0, std::nullopt, std::nullopt});
  const auto figures = run(world, placer);
  REQUIRE(figures);
  CHECK(figures->cards_at_full == Approx(60));
  CHECK(placer.asked() == 3);
}

TEST_CASE("course: who overbooks a node has no figures") {
  World world;
  world.nodes = {{"a", 1000, 1000}};
  world.shapes = {{600, 100}};
  world.arrivals = {{0, 2}};
  Scripted placer({0, 0});
  const auto figures = run(world, placer);
  REQUIRE(!figures);
  CHECK(figures.error().message == "overbooked: a");
}

TEST_CASE("course: ours and the peers run through small worlds of every sort") {
  const World small = mix_world(Mix::hard, 4);
  World carded;
  carded.nodes = {{"a", 100, 100, 2, "T4"}, {"b", 100, 100, 4, "P100"}};
  carded.shapes = {{10, 10, 1, 300}, {10, 10, 2, 1000, {"P100"}}, {20, 20}};
  carded.expected = {3, 1, 2};
  for (const std::size_t shape : {0U, 1U, 2U, 0U, 1U, 0U, 2U}) {
    carded.arrivals.push_back({shape, 1});
  }
  const World* const worlds[] = {&small, &carded};
  for (const World* world : worlds) {
    OurPlacer ours(*world);
    const auto figures = run(*world, ours);
    REQUIRE(figures);
    CHECK(figures->end_mean > 0);
    for (const PeerRule& rule : {first_fit(), nomad(true, true), fgd(*world)}) {
      PeerPlacer peer(*world, rule);
      CHECK(run(*world, peer));
    }
  }
}

}  // namespace paas::bench::course_test
