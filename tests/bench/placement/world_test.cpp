#include "tests/bench/placement/world.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "tests/bench/placement/splitmix.hpp"

namespace paas::bench::world_test {

TEST_CASE("splitmix: the numbers of the published generator") {
  Splitmix zero(0);
  CHECK(zero.next() == 0xe220a8397b1dcdafULL);
  CHECK(zero.next() == 0x6e789e6aa1b965f4ULL);
  Splitmix unit(42);
  for (int i = 0; i < 1000; ++i) {
    const double u = unit.unit();
    CHECK((u >= 0 && u < 1));
  }
}

TEST_CASE("splitmix: a shuffle keeps everything and depends on its seed alone") {
  const auto shuffled = [](std::uint64_t seed) {
    std::vector<int> out{1, 2, 3, 4, 5, 6, 7, 8};
    Splitmix random(seed);
    shuffle(out, random);
    return out;
  };
  CHECK(shuffled(1) == shuffled(1));
  CHECK(shuffled(1) != shuffled(2));
  std::vector<int> sorted = shuffled(3);
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
}

std::map<std::int64_t, int> node_sizes(const World& world) {
  std::map<std::int64_t, int> out;
  for (const WorldNode& node : world.nodes) {
    CHECK(node.memory_mib * 1000 == node.cpu_milli * 4096);
    ++out[node.cpu_milli];
  }
  return out;
}

TEST_CASE("world: nodes of three sizes, half of them small, and names that sort as they are") {
  const World world = mix_world(Mix::first, 1000);
  const auto sizes = node_sizes(world);
  REQUIRE(sizes.size() == 3);
  CHECK(std::abs(sizes.at(8000) - 500) < 50);
  CHECK(std::abs(sizes.at(16000) - 300) < 50);
  CHECK(std::abs(sizes.at(32000) - 200) < 50);
  const auto by_name = [](const WorldNode& a, const WorldNode& b) { return a.name < b.name; };
  CHECK(std::is_sorted(world.nodes.begin(), world.nodes.end(), by_name));
  CHECK(node_sizes(mix_world(Mix::hard, 1000)) == sizes);
  CHECK(node_sizes(mix_world(Mix::hard, 1000, {43, 7})) != sizes);
}

Totals offered(const World& world) {
  Totals out;
  for (const Arrival& arrival : world.arrivals) {
    for (int i = 0; i < arrival.replicas; ++i) out.add(world.shapes[arrival.shape]);
  }
  return out;
}

double offered_cpu(const World& world) {
  return static_cast<double>(offered(world).cpu_milli) /
         static_cast<double>(world.totals().cpu_milli);
}

double offered_memory(const World& world) {
  return static_cast<double>(offered(world).memory_mib) /
         static_cast<double>(world.totals().memory_mib);
}

TEST_CASE("world: the first mix is short of CPU, ten replicas a job") {
  const World world = mix_world(Mix::first, 300);
  CHECK(offered_cpu(world) >= 1.05);
  CHECK(offered_cpu(world) < 1.06);
  CHECK(offered_memory(world) < 0.9);
  for (const Arrival& arrival : world.arrivals) CHECK(arrival.replicas == 10);
  CHECK(world.shapes.size() <= 30);
}

TEST_CASE("world: the hard mix is as short of memory as of CPU, three replicas a job") {
  const World world = mix_world(Mix::hard, 1000);
  CHECK(offered_cpu(world) >= 1.10);
  CHECK(offered_cpu(world) < 1.102);
  CHECK(std::abs(offered_memory(world) - offered_cpu(world)) < 0.05);
  for (const Arrival& arrival : world.arrivals) CHECK(arrival.replicas == 3);
  for (const Shape& shape : world.shapes) {
    CHECK(shape.memory_mib % 256 == 0);
    const double of_a_core =
        static_cast<double>(shape.memory_mib) / static_cast<double>(shape.cpu_milli) * 1000;
    CHECK(of_a_core >= 3789 / 2.0);
    CHECK(of_a_core <= 3789 * 2 + 512);
  }
}

TEST_CASE("world: a shape has one number") {
  World world;
  ShapeNumbers numbers(world);
  CHECK(numbers.of({100, 256}) == 0);
  CHECK(numbers.of({200, 256}) == 1);
  CHECK(numbers.of({100, 256}) == 0);
  CHECK(numbers.of({100, 256, 1, 500, {"T4"}}) == 2);
  CHECK(world.shapes.size() == 3);
}

}  // namespace paas::bench::world_test
