#pragma once
// Problems for properties, drawn from a seed.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libpaas/placement/place.hpp"

namespace paas::placement::random_problem {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  int from(int low, int high) {
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return from(1, 100) <= percent; }
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[next() % i]);
  }

 private:
  std::uint64_t state_;
};

inline std::string numbered(const char* prefix, int number) {
  return prefix + std::to_string(number);
}

inline Node node(Draw& draw, int number) {
  Node out{numbered("n", number)};
  if (draw.chance(60)) out.host = numbered("h", number / 2);
  out.arch = draw.chance(85) ? "amd64" : "arm64";
  if (draw.chance(90)) out.labels["zone"] = numbered("z", draw.from(1, 3));
  if (draw.chance(50)) out.labels["disk"] = draw.chance(50) ? "ssd" : "hdd";
  out.capacity = {{"cpu", 1000 * draw.from(2, 8)}, {"memory", 1024 * draw.from(2, 16)}};
  if (draw.chance(30)) out.reserved["memory"] = 512;
  if (draw.chance(20)) out.overcommit_milli["cpu"] = 1500;
  if (draw.chance(30)) out.devices.push_back({"gpu", draw.chance(50) ? "a" : "b", draw.from(1, 3)});
  if (draw.chance(10)) out.ports_taken.push_back(80);
  if (draw.chance(20)) out.volumes.push_back(numbered("v", number));
  if (draw.chance(15)) out.taints.push_back({"dedicated", "db", draw.chance(60)});
  out.drained = draw.chance(7);
  return out;
}

inline Workload workload(Draw& draw, int number, int nodes) {
  Workload out{numbered("w", number)};
  if (draw.chance(20)) out.app = numbered("w", draw.from(0, 3));
  out.project = draw.chance(30) ? "p" : "";
  out.replicas = draw.from(0, 3);
  out.requests = {{"cpu", 250 * draw.from(1, 8)}, {"memory", 256 * draw.from(1, 12)}};
  if (draw.chance(15)) {
    if (draw.chance(50)) {
      out.devices.push_back({"gpu", 1, 100 * draw.from(2, 9), {}});
    } else {
      out.devices.push_back({"gpu", draw.from(1, 2), 1000, {}});
    }
  }
  if (draw.chance(10)) out.ports.push_back(draw.chance(50) ? 80 : 443);
  if (draw.chance(5)) out.volumes.push_back(numbered("v", draw.from(0, nodes - 1)));
  if (draw.chance(30)) out.archs.push_back("amd64");
  if (draw.chance(5)) out.pin = {numbered("n", draw.from(0, nodes - 1)), "n0"};
  if (draw.chance(15)) out.required.push_back({"disk", Operator::not_in, {"hdd"}});
  if (draw.chance(15)) out.preferred.push_back({{"zone", Operator::in, {"z1"}}, 30});
  if (draw.chance(30)) out.tolerations.push_back({"dedicated", "db"});
  const std::string levels[] = {"node", "host", "zone"};
  if (draw.chance(30)) {
    Relation apart{numbered("w", draw.from(0, 9)), levels[draw.from(0, 2)]};
    if (draw.chance(40)) apart.weight = draw.from(1, 100);
    out.relations.push_back(apart);
  } else if (draw.chance(20)) {
    Relation together{numbered("w", draw.from(0, 9)), levels[draw.from(0, 2)], false};
    if (draw.chance(40)) together.weight = draw.from(1, 100);
    out.relations.push_back(together);
  }
  if (draw.chance(25)) {
    Spread spread{levels[draw.from(0, 2)]};
    if (draw.chance(40)) spread.max_skew = draw.from(1, 2);
    out.spreads.push_back(spread);
  }
  out.priority = 10 * draw.from(0, 2);
  if (draw.chance(10)) out.gang = numbered("g", draw.from(0, 1));
  if (draw.chance(10)) out.max_unavailable = draw.from(0, 1);
  return out;
}

// Some of the current nodes are random and may not hold.
inline Problem problem(std::uint64_t seed, int most_nodes = 9) {
  Draw draw(seed);
  Problem out;
  const int nodes = draw.from(1, most_nodes);
  for (int i = 0; i < nodes; ++i) out.cluster.nodes.push_back(node(draw, i));
  const int workloads = draw.from(0, 10);
  for (int i = 0; i < workloads; ++i) out.workloads.push_back(workload(draw, i, nodes));
  for (const Workload& each : out.workloads) {
    for (int ordinal = 0; ordinal < each.replicas + 1; ++ordinal) {
      if (draw.chance(40)) {
        out.current[{each.name, ordinal}] = numbered("n", draw.from(0, nodes));
      }
    }
  }
  for (const Workload& each : out.workloads) {
    if (draw.chance(10)) out.resized.push_back(each.name);
  }
  if (draw.chance(20)) out.rules.quotas["p"] = {{"cpu", 4000}};
  if (draw.chance(20)) out.rules.objectives.balance = 500;
  out.rules.preempt = draw.chance(50);
  out.rules.search_budget = 300;
  return out;
}

}  // namespace paas::placement::random_problem
