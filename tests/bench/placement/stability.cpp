#include "tests/bench/placement/stability.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "libpaas/placement/plan_json.hpp"
#include "tests/bench/placement/ours.hpp"
#include "tests/bench/placement/peers.hpp"

namespace paas::bench {
namespace {

constexpr std::uint64_t clusters = 200;
constexpr std::size_t cluster_nodes = 20;
constexpr std::int64_t load_percent = 70;
constexpr int shuffles = 1000;

// The hard mix as far as it loads the cluster, and one app more, the last.
World loaded(std::uint64_t seed) {
  World out = mix_world(Mix::hard, cluster_nodes, {3000 + seed, 4000 + seed});
  const Totals there = out.totals();
  Totals offered;
  std::size_t kept = 0;
  while (offered.cpu_milli * 100 < there.cpu_milli * load_percent) {
    const Arrival& next = out.arrivals[kept++];
    for (int i = 0; i < next.replicas; ++i) offered.add(out.shapes[next.shape]);
  }
  out.arrivals.resize(kept + 1);
  return out;
}

// What happens to one app between two decisions: it is there only after, only before, or has
// another size after.
enum class Change { added, removed, resized };

struct Case {
  World before;
  World after;
  std::size_t app;  // the one that changes, in the longer of the two
};

Case case_of(Change change, std::uint64_t seed) {
  Splitmix random(5000 + seed);
  Case out{loaded(seed), {}, 0};
  out.after = out.before;
  out.app = out.before.arrivals.size() - 1;
  if (change == Change::added) {
    out.before.arrivals.pop_back();
  } else if (change == Change::removed) {
    out.after.arrivals.pop_back();
  } else {
    out.app = random.below(out.app);
    Shape shape = out.after.shapes[out.after.arrivals[out.app].shape];
    const bool more = random.below(2) == 0;
    shape.cpu_milli = more ? shape.cpu_milli * 3 / 2 : shape.cpu_milli / 2;
    shape.memory_mib = more ? shape.memory_mib * 3 / 2 : shape.memory_mib / 2;
    out.after.arrivals[out.app].shape = out.after.shapes.size();
    out.after.shapes.push_back(shape);
  }
  return out;
}

int our_moves(const Case& changed, Change change) {
  const placement::Decision before = placement::place(problem_of(changed.before));
  placement::Problem problem = problem_of(changed.after);
  problem.current = before.assignment();
  if (change == Change::resized) problem.resized = {app_of(changed.app)};
  int out = 0;
  for (const placement::Choice& choice : placement::place(problem).choices) {
    if (choice.allocation.workload == app_of(changed.app)) continue;
    const bool stays = choice.node == choice.from;
    if (!choice.from.empty() && !stays) ++out;
  }
  return out;
}

// First fit decreasing, from nothing: by arrival, the nodes of its replicas, sorted, for replicas
// of an app are alike.
std::vector<std::vector<std::size_t>> solved_anew(const World& world) {
  World sorted = world;
  std::vector<std::size_t> order(world.arrivals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const Totals there = world.totals();
  const auto size = [&](std::size_t arrival) {
    const Shape& shape = world.shapes[world.arrivals[arrival].shape];
    return shape.cpu_milli * there.memory_mib + shape.memory_mib * there.cpu_milli;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
  for (std::size_t i = 0; i < order.size(); ++i) sorted.arrivals[i] = world.arrivals[order[i]];
  const PeerRule rule = first_fit();
  PeerPlacer placer(sorted, rule);
  std::vector<std::vector<std::size_t>> out(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    placer.begin(i);
    for (int replica = 0; replica < sorted.arrivals[i].replicas; ++replica) {
      out[order[i]].push_back(placer.place().value_or(world.nodes.size()));
    }
    std::sort(out[order[i]].begin(), out[order[i]].end());
  }
  return out;
}

int moves_of_solving_anew(const Case& changed) {
  const auto before = solved_anew(changed.before);
  const auto after = solved_anew(changed.after);
  int out = 0;
  for (std::size_t app = 0; app < std::min(before.size(), after.size()); ++app) {
    if (app == changed.app) continue;
    std::vector<std::size_t> stay;
    std::set_intersection(before[app].begin(), before[app].end(), after[app].begin(),
                          after[app].end(), std::back_inserter(stay));
    out += static_cast<int>(before[app].size() - stay.size());
  }
  return out;
}

void add_moves_of_others(Change change, const std::string& word, Report& report) {
  int ours = 0, peer = 0;
  for (std::uint64_t seed = 0; seed < clusters; ++seed) {
    const Case changed = case_of(change, seed);
    ours += our_moves(changed, change);
    peer += moves_of_solving_anew(changed);
  }
  Row row{"stability: moves of others when one app is " + word, static_cast<double>(ours), "moves",
          0};
  row.peer = peer;
  row.peer_name = "first fit decreasing, solved anew";
  row.note = "in " + std::to_string(clusters) + " clusters of " + std::to_string(cluster_nodes) +
             " nodes, " + std::to_string(load_percent) + " % of CPU promised";
  report.add(row);
}

// A cluster with something of everything that could depend on an order: equals among the nodes and
// the apps, hosts, labels, relations, spreads, a node that is drained and somebody who is too big.
placement::Problem motley() {
  World world = mix_world(Mix::hard, 24, {6000, 6001});
  world.arrivals.resize(48);
  placement::Problem out = problem_of(world);
  for (std::size_t i = 0; i < out.cluster.nodes.size(); ++i) {
    placement::Node& node = out.cluster.nodes[i];
    node.host = "host-" + std::to_string(i / 2);
    node.labels = {{"zone", "z" + std::to_string(i % 3)}, {"disk", i % 4 == 0 ? "hdd" : "ssd"}};
  }
  for (std::size_t i = 0; i < out.workloads.size(); ++i) {
    placement::Workload& workload = out.workloads[i];
    if (i % 3 == 0) workload.relations = {{workload.name}};
    if (i % 4 == 1) workload.spreads = {{i % 8 == 1 ? "zone" : "host"}};
    if (i % 5 == 2) workload.required = {{"disk", placement::Operator::in, {"ssd"}}};
    if (i % 7 == 3) workload.preferred = {{{"zone", placement::Operator::in, {"z1"}}}};
  }
  out.workloads.back().requests = {{"cpu", 40'000}, {"memory", 1024}};
  const placement::Assignment all = placement::place(out).assignment();
  std::size_t number = 0;
  for (const auto& [allocation, node] : all) {
    if (number++ % 3 != 0) out.current[allocation] = node;
  }
  out.cluster.nodes[5].drained = true;
  return out;
}

void add_shuffles(Report& report) {
  placement::Problem problem = motley();
  Splitmix random(6002);
  std::set<std::string> answers;
  int unlike = 0;
  for (int i = 0; i <= shuffles; ++i) {
    const std::string answer = print_json(placement::decision_json(placement::place(problem)));
    if (i > 0 && !answers.contains(answer)) ++unlike;
    if (i == 0) answers.insert(answer);
    shuffle(problem.cluster.nodes, random);
    shuffle(problem.workloads, random);
  }
  Row row{"stability: answers that differ, of 1,000 shuffles of the input",
          static_cast<double>(unlike), "answers", 0};
  row.note = "of the whole plan as JSON, " + std::to_string(answers.begin()->size()) + " bytes";
  report.add(row);
}

}  // namespace

void stability_rows(const Options&, Report& report) {
  add_moves_of_others(Change::added, "added", report);
  add_moves_of_others(Change::removed, "removed", report);
  add_moves_of_others(Change::resized, "resized", report);
  add_shuffles(report);
}

}  // namespace paas::bench
