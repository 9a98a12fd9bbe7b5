#pragma once
// What is placed in a run: nodes, and apps that arrive one after the other. The same for the
// product and for its peers.

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace paas::bench {

// What one replica asks for.
struct Shape {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  int cards = 0;
  int share_milli = 0;                // of each card; 1000 if there are several, 0 if there is none
  std::vector<std::string> models{};  // any of these, sorted; empty: any at all
  auto operator<=>(const Shape&) const = default;

  std::int64_t card_milli() const { return std::int64_t{cards} * share_milli; }
};

struct WorldNode {
  std::string name;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  int cards = 0;
  std::string model{};  // of its cards
};

struct Arrival {
  std::size_t shape;  // of the world's
  int replicas;
};

struct Totals {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_mib = 0;
  std::int64_t card_milli = 0;

  void add(const Shape& shape);
  void add(const WorldNode& node);
};

struct World {
  std::vector<WorldNode> nodes{};  // by name
  std::vector<Shape> shapes{};     // each once
  std::vector<Arrival> arrivals{};
  // How often each shape is expected, where that is known before anything arrives; else empty.
  std::vector<std::int64_t> expected{};

  Totals totals() const;
};

// Numbers shapes, each once, in the order of their first appearance.
class ShapeNumbers {
 public:
  explicit ShapeNumbers(World& world) : world_(world) {}
  std::size_t of(const Shape& shape);

 private:
  World& world_;
  std::map<Shape, std::size_t> known_;
};

// Two synthetic worlds of jobs with equal replicas. Nodes: half have 8 cores and 32 GiB, 30 % twice
// that, 20 % four times. `first`: 10 replicas a job, CPU and memory drawn apart, CPU is scarce.
// `hard`: 3 replicas, memory follows CPU within a factor of two, both are equally scarce. Jobs
// arrive until the CPU offered is that part of what there is (1.05, 1.10).
enum class Mix { first, hard };
struct MixSeeds {
  std::uint64_t nodes = 42;
  std::uint64_t jobs = 7;
};
World mix_world(Mix mix, std::size_t nodes, MixSeeds seeds = {});

}  // namespace paas::bench
