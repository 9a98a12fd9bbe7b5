#include <algorithm>
#include <cmath>

#include "libpaas/base/text.hpp"
#include "tests/bench/placement/openb.hpp"
#include "tests/bench/placement/ours.hpp"
#include "tests/bench/placement/packing.hpp"
#include "tests/bench/placement/peers.hpp"

namespace paas::bench {
namespace {

constexpr std::string_view pods_prefix = "openb_pod_list_";
constexpr std::uint64_t first_order_seed = 42;
constexpr std::uint64_t order_seeds = 5;
constexpr double default_goal = 95.3;
constexpr double margin_to_fgd = 0.2;

std::vector<std::string> sorted_names(const std::filesystem::path& folder, std::string_view prefix,
                                      std::string_view suffix) {
  std::vector<std::string> out;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix)) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// A workload of the trace, and the orders in which its pods arrive.
struct Trace {
  std::vector<WorldNode> nodes{};
  std::vector<Shape> pods{};
  std::vector<std::vector<std::size_t>> orders{};
  std::string said{};  // about the orders
  std::optional<double> published_fgd{};
};

Result<std::vector<WorldNode>> nodes_of(const std::filesystem::path& folder) {
  auto path = folder / "openb_node_list_gpu_node.csv";
  if (!std::filesystem::exists(path)) path = folder / "openb_node_list_all_node.csv";
  return openb_nodes(TRY(read_trace(path)));
}

Result<std::optional<double>> published_fgd(const std::filesystem::path& folder,
                                            const std::string& workload) {
  const auto path = folder / "published" / "gpu_alloc_mean_of_10_seeds.csv";
  if (!std::filesystem::exists(path)) return std::nullopt;
  return openb_published(TRY(read_trace(path)), {std::string(pods_prefix) + workload, "06-FGD"});
}

Result<Trace> trace_of(const std::filesystem::path& folder, const std::string& workload) {
  Trace out;
  out.nodes = TRY(nodes_of(folder));
  out.pods =
      TRY(openb_pods(TRY(read_trace(folder / (std::string(pods_prefix) + workload + ".csv")))));
  for (const std::string& name : sorted_names(folder / "order", workload + "_", ".txt")) {
    out.orders.push_back(
        TRY(openb_order(TRY(read_trace(folder / "order" / name)), out.pods.size())));
  }
  out.published_fgd = TRY(published_fgd(folder, workload));
  out.said = "mean of " + std::to_string(out.orders.size()) + " published orders";
  if (!out.orders.empty()) return out;
  for (std::uint64_t seed = first_order_seed; seed < first_order_seed + order_seeds; ++seed) {
    out.orders.push_back(shuffled_order(out.pods, out.nodes, seed));
  }
  out.said = "mean of the orders of splitmix64 seeds " + std::to_string(first_order_seed) + " to " +
             std::to_string(first_order_seed + order_seeds - 1);
  return out;
}

// GPUs allocated when as many were asked for as there are, by each placer, mean of all orders.
struct Shares {
  double ours = 0;
  std::vector<std::pair<std::string, double>> peers{};  // FGD first
};

Result<Shares> shares_of(const Trace& trace) {
  Shares out;
  const double orders = static_cast<double>(trace.orders.size());
  for (const std::vector<std::size_t>& order : trace.orders) {
    const World world = openb_world(trace.nodes, trace.pods, order);
    OurPlacer ours(world);
    out.ours += TRY(run(world, ours)).cards_at_full / orders;
    const PeerRule rules[] = {fgd(world), best_fit(), kubernetes(false), nomad(true, false),
                              first_fit()};
    out.peers.resize(std::size(rules));
    for (std::size_t i = 0; i < std::size(rules); ++i) {
      PeerPlacer peer(world, rules[i]);
      out.peers[i].first = rules[i].name;
      out.peers[i].second += TRY(run(world, peer)).cards_at_full / orders;
    }
  }
  return out;
}

void add_rows(const std::string& workload, const Trace& trace, const Shares& shares,
              Report& report) {
  const std::string measure = "openb " + workload + ": GPUs allocated at 100 % arrival";
  const auto row_beside = [&](const std::string& name, double share) {
    return Row{measure + ", beside " + name, shares.ours, "%", {}, false, share, name};
  };
  for (const auto& [name, share] : shares.peers) {
    Row row = row_beside(name, share);
    if (name == shares.peers.front().first) {
      row.goal = std::round((share - margin_to_fgd) * 1000) / 1000;
      row.note = trace.said + "; the goal is FGD on the same orders, less 0.2";
    }
    if (row.goal && workload == "default") {
      Row first = row;
      first.measure = measure;
      first.goal = default_goal;
      first.note = trace.said;
      report.add(first);
    }
    report.add(row);
  }
  if (trace.published_fgd) report.add(row_beside("FGD as published", *trace.published_fgd));
}

}  // namespace

void openb_rows(const Options& options, Report& report) {
  const std::filesystem::path folder = options.traces / "openb";
  const std::vector<std::string> files = sorted_names(folder, pods_prefix, ".csv");
  if (files.empty())
    return report.skipped("all rows of openb",
                          "no " + std::string(pods_prefix) + "*.csv in " + folder.string());
  for (const std::string& file : files) {
    const std::string workload =
        file.substr(pods_prefix.size(), file.size() - pods_prefix.size() - 4);
    const auto trace = trace_of(folder, workload);
    if (!trace) {
      report.failed("openb " + workload, describe(trace.error()));
      continue;
    }
    const auto shares = shares_of(*trace);
    if (shares) {
      add_rows(workload, *trace, *shares, report);
    } else {
      report.failed("openb " + workload, describe(shares.error()));
    }
  }
}

}  // namespace paas::bench
