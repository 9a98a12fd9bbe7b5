#include "tests/bench/placement/ours.hpp"

#include <algorithm>
#include <map>

#include "libpaas/placement/engine.hpp"

namespace paas::bench {
namespace {

placement::Amounts amounts(std::int64_t cpu_milli, std::int64_t memory_mib) {
  return {{"cpu", cpu_milli}, {"memory", memory_mib}};
}

std::vector<placement::DeviceRequest> devices(const Shape& shape) {
  if (shape.cards == 0) return {};
  return {{"gpu", shape.cards, shape.share_milli, shape.models}};
}

}  // namespace

std::string app_of(std::size_t arrival) {
  return "app-" + std::to_string(arrival);
}

placement::Problem problem_of(const World& world) {
  placement::Problem out;
  for (const WorldNode& from : world.nodes) {
    placement::Node node{from.name};
    node.capacity = amounts(from.cpu_milli, from.memory_mib);
    if (from.cards > 0) node.devices = {{"gpu", from.model, from.cards}};
    out.cluster.nodes.push_back(std::move(node));
  }
  for (std::size_t i = 0; i < world.arrivals.size(); ++i) {
    const Shape& shape = world.shapes[world.arrivals[i].shape];
    placement::Workload workload{app_of(i)};
    workload.replicas = world.arrivals[i].replicas;
    workload.requests = amounts(shape.cpu_milli, shape.memory_mib);
    workload.devices = devices(shape);
    out.workloads.push_back(std::move(workload));
  }
  for (std::size_t i = 0; i < world.expected.size(); ++i) {
    const Shape& shape = world.shapes[i];
    out.rules.expected.push_back(
        {amounts(shape.cpu_milli, shape.memory_mib), devices(shape), world.expected[i]});
  }
  return out;
}

struct OurPlacer::Parts {
  explicit Parts(const World& from)
      : world(from), problem(problem_of(from)), compiled(problem), engine(compiled) {
    std::map<std::string, std::size_t> numbers;
    for (std::size_t i = 0; i < world.nodes.size(); ++i) numbers[world.nodes[i].name] = i;
    for (placement::Index i = 0; i < compiled.node_count(); ++i) {
      world_node.push_back(numbers.at(compiled.node(i).name));
    }
  }

  void learn(std::size_t arrival) {
    const Arrival& who = world.arrivals[arrival];
    placement::Amount& count = seen[who.shape];
    if (count == 0) example[who.shape] = static_cast<placement::Index>(arrival);
    count += who.replicas;
    if (arrival < learn_again) return;
    learn_again = arrival + std::max<std::size_t>(8, arrival / 4);
    placement::Mix mix;
    for (const auto& [shape, replicas] : seen) {
      mix.emplace_back(compiled.shape(example[shape]), replicas);
    }
    engine.expect(mix);
  }

  const World& world;
  const placement::Problem problem;
  const placement::Compiled compiled;
  placement::Engine engine;
  std::vector<std::size_t> world_node;  // by the engine's number
  std::map<std::size_t, placement::Amount> seen;
  std::map<std::size_t, placement::Index> example;  // a job of that shape
  std::size_t learn_again = 0;
  placement::Index job = 0;
};

OurPlacer::OurPlacer(const World& world) : parts_(std::make_unique<Parts>(world)) {}
OurPlacer::~OurPlacer() = default;

void OurPlacer::begin(std::size_t arrival) {
  parts_->job = static_cast<placement::Index>(arrival);
  if (parts_->world.expected.empty()) parts_->learn(arrival);
}

std::optional<std::size_t> OurPlacer::place() {
  const placement::Index node = parts_->engine.place(parts_->job).node;
  if (node == placement::nowhere) return {};
  return parts_->world_node[node];
}

}  // namespace paas::bench
