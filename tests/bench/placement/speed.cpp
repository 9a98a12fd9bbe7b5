#include "tests/bench/placement/speed.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "libpaas/placement/engine.hpp"
#include "tests/bench/placement/splitmix.hpp"
#include "tests/bench/placement/world.hpp"

namespace paas::bench {
namespace speed {

constexpr int expressions = 8;  // the k-th lets in k eighths of the nodes
constexpr int racks = 10;
constexpr std::uint64_t seed = 99;

enum class Apart { required, preferred };

std::string group_label(int expression) {
  return "group-" + std::to_string(expression);
}

placement::Amounts amounts(std::int64_t cpu_milli, std::int64_t memory_mib) {
  return {{"cpu", cpu_milli}, {"memory", memory_mib}};
}

// A problem with a workload of no replicas for each pair of shape and expression. The apps that
// arrive are made after them.
placement::Problem templates(const World& world, Apart apart) {
  placement::Problem out;
  Splitmix random(seed);
  for (const WorldNode& from : world.nodes) {
    placement::Node node{from.name};
    node.capacity = amounts(from.cpu_milli, from.memory_mib);
    node.labels["rack"] = "rack-" + std::to_string(random.below(racks));
    for (int e = 0; e < expressions; ++e) {
      const bool in = random.below(expressions) <= static_cast<std::uint64_t>(e);
      node.labels[group_label(e)] = in ? "yes" : "no";
    }
    out.cluster.nodes.push_back(std::move(node));
  }
  for (std::size_t shape = 0; shape < world.shapes.size(); ++shape) {
    const Shape& asked = world.shapes[shape];
    for (int e = 0; e < expressions; ++e) {
      placement::Workload workload{std::to_string(shape) + "-" + std::to_string(e)};
      workload.replicas = 0;
      workload.requests = amounts(asked.cpu_milli, asked.memory_mib);
      workload.required = {{group_label(e), placement::Operator::in, {"yes"}}};
      workload.spreads = {{"rack"}};
      placement::Relation relation{workload.name};
      if (apart == Apart::preferred) relation.weight = 50;
      workload.relations = {relation};
      out.workloads.push_back(std::move(workload));
    }
  }
  std::map<std::size_t, placement::Amount> counts;
  for (const Arrival& arrival : world.arrivals) counts[arrival.shape] += arrival.replicas;
  for (const auto& [shape, count] : counts) {
    const Shape& asked = world.shapes[shape];
    out.rules.expected.push_back({amounts(asked.cpu_milli, asked.memory_mib), {}, count});
  }
  return out;
}

// A cluster with all that arrives, nothing of it placed.
struct Standing {
  Standing(const World& from, Apart apart)
      : world(from), problem(templates(from, apart)), compiled(problem) {
    Splitmix random(seed + 1);
    for (const Arrival& arrival : world.arrivals) {
      const std::size_t expression = random.below(expressions);
      const std::size_t like = arrival.shape * expressions + expression;
      jobs.push_back(compiled.add_like(static_cast<placement::Index>(like)));
    }
  }

  const World& world;
  const placement::Problem problem;
  placement::Compiled compiled;
  std::vector<placement::Index> jobs;  // by arrival
};

// How full the fuller resource is.
class Fill {
 public:
  explicit Fill(const World& world) : all_(world.totals()) {}
  void add(const Shape& shape) { taken_.add(shape); }
  double percent() const {
    const auto part = [](std::int64_t taken, std::int64_t all) {
      return 100.0 * static_cast<double>(taken) / static_cast<double>(all);
    };
    return std::max(part(taken_.cpu_milli, all_.cpu_milli),
                    part(taken_.memory_mib, all_.memory_mib));
  }

 private:
  Totals all_;
  Totals taken_;
};

// What happened while the fill was between two bounds.
struct Window {
  double seconds = 0;
  double placed = 0;
  double refused = 0;
  void add(const Window& other) {
    seconds += other.seconds;
    placed += other.placed;
    refused += other.refused;
  }
  double rate() const { return seconds > 0 ? placed / seconds : 0; }
};
constexpr int window_percent = 5;
using Windows = std::array<Window, 95 / window_percent>;

// Places what arrives until the cluster is 95 % full.
Windows fill(const Standing& standing, placement::NodeIndex::Limits limits) {
  placement::Engine engine(standing.compiled, limits);
  Fill full(standing.world);
  Windows out{};
  std::size_t at = 0;
  double since = cpu_seconds();
  const auto close_window = [&] {
    const double now = cpu_seconds();
    out[at].seconds += now - std::exchange(since, now);
  };
  for (std::size_t i = 0; i < standing.jobs.size(); ++i) {
    const Arrival& arrival = standing.world.arrivals[i];
    for (int replica = 0; replica < arrival.replicas; ++replica) {
      if (engine.place(standing.jobs[i]).node == placement::nowhere) {
        ++out[at].refused;  // and so would the others be
        break;
      }
      ++out[at].placed;
      full.add(standing.world.shapes[arrival.shape]);
    }
    const auto now_at = static_cast<std::size_t>(full.percent()) / window_percent;
    if (now_at == at) continue;
    close_window();
    if (now_at >= out.size()) return out;
    at = now_at;
  }
  close_window();
  return out;
}

// Of five runs the one in the middle, for each window.
Windows median_fill(const Standing& standing, placement::NodeIndex::Limits limits = {}) {
  constexpr std::size_t runs = 5;
  std::vector<Windows> all;
  for (std::size_t run = 0; run < runs; ++run) all.push_back(fill(standing, limits));
  Windows out = all.front();
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::vector<double> seconds;
    for (const Windows& one : all) seconds.push_back(one[i].seconds);
    std::sort(seconds.begin(), seconds.end());
    out[i].seconds = seconds[runs / 2];
  }
  return out;
}

void rows_of(const std::string& name, const Windows& windows, Report& report) {
  Window all;
  for (const Window& window : windows) all.add(window);
  const Window& empty = windows.front();
  const Window& last = windows.back();
  const auto refused = [](const Window& window) {
    const double decisions = std::max(window.placed + window.refused, 1.0);
    return std::to_string(static_cast<int>(100 * window.refused / decisions)) +
           " % of the answers: no node takes it";
  };
  const auto row = [&](const std::string& when, const Window& window, bool goal) {
    Row out{name + ", " + when, window.rate(), "/s"};
    out.lower = false;
    if (goal) out.goal = 1e6;
    out.note = refused(window);
    report.add(out);
  };
  row("0 to 95 % full", all, true);
  row("0 to 5 % full", empty, false);
  row("45 to 50 % full", windows[45 / window_percent], false);
  row("90 to 95 % full", last, true);
  Row ratio{name + ", 95 % full over empty", last.rate() / std::max(empty.rate(), 1.0), "x"};
  ratio.lower = false;
  ratio.goal = 0.5;
  report.add(ratio);
}

// Without the instructions that not every processor has.
void baseline_rows_of(const std::string& name, const Windows& windows, Report& report) {
  Window all;
  for (const Window& window : windows) all.add(window);
  Row row{name + ", 0 to 95 % full, without AVX2", all.rate(), "/s"};
  row.lower = false;
  report.add(row);
  row.measure = name + ", 90 to 95 % full, without AVX2";
  row.ours = windows.back().rate();
  report.add(row);
}

// Bytes that this process has allocated.
double allocated() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

}  // namespace speed

void fill_speed_rows(const Options&, Report& report) {
  for (const auto& [mix, name] : {std::pair{Mix::first, "first mix"}, {Mix::hard, "hard mix"}}) {
    const World world = mix_world(mix, 10'000);
    for (const speed::Apart apart : {speed::Apart::preferred, speed::Apart::required}) {
      const speed::Standing standing(world, apart);
      std::string what = std::string("speed, ") + name;
      if (apart == speed::Apart::required) what += ", apart: required";
      speed::rows_of(what, speed::median_fill(standing), report);
      if (apart == speed::Apart::required) continue;
      speed::baseline_rows_of(what, speed::median_fill(standing, {.wide = false}), report);
    }
  }
}

void dry_run_rows(const Options&, Report& report) {
  const World world = mix_world(Mix::hard, 1'000);
  const speed::Standing standing(world, speed::Apart::preferred);
  placement::Engine engine(standing.compiled);
  const std::size_t half = standing.jobs.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    for (int r = 0; r < world.arrivals[i].replicas; ++r) engine.place(standing.jobs[i]);
  }
  double slowest = 0;
  const double start = cpu_seconds();
  for (std::size_t i = half; i < standing.jobs.size(); ++i) {
    const double before = cpu_seconds();
    engine.dry_run(standing.jobs[i], world.arrivals[i].replicas);
    slowest = std::max(slowest, cpu_seconds() - before);
  }
  const double all = cpu_seconds() - start;
  const std::size_t runs = standing.jobs.size() - half;
  Row row{"dry run of an app, 1,000 nodes", 1e3 * all / static_cast<double>(runs), "ms"};
  row.goal = 1;
  row.note = "the slowest of " + std::to_string(runs) + ": " +
             std::to_string(static_cast<int>(1e6 * slowest)) + " us";
  report.add(row);
}

void weight_rows(const Options&, Report& report) {
  constexpr int workloads = 1'000'000;
  World world;
  for (int i = 0; i < 10'000; ++i) {
    world.nodes.push_back({"node-" + std::to_string(i), 64'000, 262'144});
  }
  for (int i = 0; i < 8; ++i) world.shapes.push_back({100 * (i + 1), 256 * (8 - i)});
  for (int i = 0; i < workloads; ++i) {
    world.arrivals.push_back({static_cast<std::size_t>(i % 8), 1});
  }
  const placement::Problem problem = speed::templates(world, speed::Apart::required);
  placement::Compiled compiled(problem);
  placement::Engine engine(compiled);
  const double before = speed::allocated();
  int placed = 0;
  for (int i = 0; i < workloads; ++i) {
    const placement::Index job = compiled.add_like(static_cast<placement::Index>(i % 64));
    engine.extend();
    if (engine.place(job).node != placement::nowhere) ++placed;
  }
  Row row{"memory of a workload, of a million", (speed::allocated() - before) / workloads, "B"};
  row.goal = 200;
  row.note = std::to_string(placed) + " of them placed";
  report.add(row);
}

}  // namespace paas::bench
