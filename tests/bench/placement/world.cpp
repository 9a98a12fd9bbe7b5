#include "tests/bench/placement/world.hpp"

#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "tests/bench/placement/splitmix.hpp"

namespace paas::bench {
namespace {

// A value and how probable it is.
using Odds = std::pair<std::int64_t, double>;

std::int64_t drawn(Splitmix& random, std::span<const Odds> odds) {
  const double u = random.unit();
  double below = 0;
  for (const auto& [value, probability] : odds) {
    below += probability;
    if (u < below) return value;
  }
  return odds.back().first;
}

constexpr std::array<Odds, 3> node_sizes{{{1, .5}, {2, .3}, {4, .2}}};

constexpr std::array<Odds, 5> first_cpu{
    {{100, .35}, {250, .3}, {500, .2}, {1000, .1}, {2000, .05}}};
constexpr std::array<Odds, 6> first_memory{
    {{256, .2}, {512, .3}, {1024, .25}, {2048, .15}, {4096, .07}, {8192, .03}}};

constexpr std::array<Odds, 6> hard_cpu{
    {{500, .25}, {1000, .25}, {2000, .2}, {3000, .15}, {4000, .1}, {6000, .05}}};
constexpr double hard_memory_of_a_core = 3789;  // MiB, in the middle
constexpr std::int64_t hard_memory_step = 256;

Shape job_of(Mix mix, Splitmix& random) {
  Shape out;
  if (mix == Mix::first) {
    out.cpu_milli = drawn(random, first_cpu);
    out.memory_mib = drawn(random, first_memory);
    return out;
  }
  out.cpu_milli = drawn(random, hard_cpu);
  const double factor = std::exp2(2 * random.unit() - 1);
  const double memory = static_cast<double>(out.cpu_milli) / 1000 * hard_memory_of_a_core * factor;
  out.memory_mib =
      std::llround(std::ceil(memory / static_cast<double>(hard_memory_step))) * hard_memory_step;
  return out;
}

// "node-0007": names sort as the numbers do.
std::string padded(std::size_t number) {
  std::string digits = std::to_string(number);
  return "node-" + std::string(digits.size() < 7 ? 7 - digits.size() : 0, '0') + digits;
}

}  // namespace

void Totals::add(const Shape& shape) {
  cpu_milli += shape.cpu_milli;
  memory_mib += shape.memory_mib;
  card_milli += shape.card_milli();
}

void Totals::add(const WorldNode& node) {
  cpu_milli += node.cpu_milli;
  memory_mib += node.memory_mib;
  card_milli += std::int64_t{node.cards} * 1000;
}

Totals World::totals() const {
  Totals out;
  for (const WorldNode& node : nodes) out.add(node);
  return out;
}

std::size_t ShapeNumbers::of(const Shape& shape) {
  const auto [found, is_new] = known_.try_emplace(shape, world_.shapes.size());
  if (is_new) world_.shapes.push_back(shape);
  return found->second;
}

World mix_world(Mix mix, std::size_t nodes, MixSeeds seeds) {
  World out;
  Splitmix node_random(seeds.nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::int64_t size = drawn(node_random, node_sizes);
    out.nodes.push_back({padded(i), 8000 * size, 32768 * size});
  }
  const Totals there = out.totals();
  const std::int64_t percent = mix == Mix::first ? 105 : 110;
  Splitmix job_random(seeds.jobs);
  ShapeNumbers numbers(out);
  Totals offered;
  while (offered.cpu_milli * 100 < there.cpu_milli * percent) {
    const Shape shape = job_of(mix, job_random);
    const int replicas = mix == Mix::first ? 10 : 3;
    out.arrivals.push_back({numbers.of(shape), replicas});
    for (int i = 0; i < replicas; ++i) offered.add(shape);
  }
  return out;
}

}  // namespace paas::bench
