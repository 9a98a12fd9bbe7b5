#include "libpaas/placement/what_if.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "libpaas/base/document.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/placement/decide.hpp"

namespace paas::placement {
namespace supposing {

const std::string& host_of(const Node& node) {
  return node.host.empty() ? node.name : node.host;
}

using Names = std::set<std::string>;

std::string unknown(const char* noun, const std::string& name, const Names& known) {
  std::string there = join({known.begin(), known.end()}, ", ");
  if (there.empty()) there = "none";
  const auto meant = nearest(name, {known.begin(), known.end()});
  return std::string("there is no ") + noun + " " + excerpt(name, 100) +
         (meant.empty() ? "" : " (did you mean " + excerpt(meant, 100) + "?)") +
         "; there are: " + shortened(std::move(there), 1000);
}

std::string unknown_node(const Problem& problem, const std::string& name) {
  Names known;
  for (const Node& node : problem.cluster.nodes) known.insert(node.name);
  return unknown("node", name, known);
}

std::string unknown_host(const Problem& problem, const std::string& name) {
  Names known;
  for (const Node& node : problem.cluster.nodes) known.insert(host_of(node));
  return unknown("host", name, known);
}

std::string unknown_workload(const Problem& problem, const std::string& name) {
  Names known;
  for (const Workload& workload : problem.workloads) known.insert(workload.name);
  return unknown("workload", name, known);
}

template <class Is>
bool remove_nodes(Problem& problem, Is is) {
  return std::erase_if(problem.cluster.nodes, is) > 0;
}

void change_nodes(Problem& problem, const Change& change, std::vector<std::string>& wrong) {
  const Problem before = problem;
  for (const std::string& name : change.lose_nodes) {
    if (!remove_nodes(problem, [&](const Node& node) { return node.name == name; })) {
      wrong.push_back(unknown_node(before, name));
    }
  }
  for (const std::string& host : change.lose_hosts) {
    if (!remove_nodes(problem, [&](const Node& node) { return host_of(node) == host; })) {
      wrong.push_back(unknown_host(before, host));
    }
  }
  for (const std::string& name : change.drain_nodes) {
    const auto found = std::find_if(problem.cluster.nodes.begin(), problem.cluster.nodes.end(),
                                    [&](const Node& node) { return node.name == name; });
    if (found == problem.cluster.nodes.end()) {
      wrong.push_back(unknown_node(problem, name));
    } else {
      found->drained = true;
    }
  }
  problem.cluster.nodes.insert(problem.cluster.nodes.end(), change.add_nodes.begin(),
                               change.add_nodes.end());
}

void change_workloads(Problem& problem, const Change& change, std::vector<std::string>& wrong) {
  problem.workloads.insert(problem.workloads.end(), change.add_workloads.begin(),
                           change.add_workloads.end());
  for (const std::string& name : change.remove_workloads) {
    const auto removed =
        std::erase_if(problem.workloads, [&](const Workload& w) { return w.name == name; });
    if (removed == 0) wrong.push_back(unknown_workload(problem, name));
    std::erase_if(problem.current, [&](const auto& at) { return at.first.workload == name; });
    std::erase(problem.resized, name);
  }
  const auto named = [&](const std::string& name) -> Workload* {
    for (Workload& workload : problem.workloads) {
      if (workload.name == name) return &workload;
    }
    wrong.push_back(unknown_workload(problem, name));
    return nullptr;
  };
  for (const auto& [name, replicas] : change.replicas) {
    if (Workload* workload = named(name)) workload->replicas = replicas;
  }
  for (const auto& [name, requests] : change.requests) {
    Workload* workload = named(name);
    if (workload == nullptr) continue;
    for (const auto& [resource, amount] : requests) workload->requests[resource] = amount;
    auto& resized = problem.resized;
    if (std::find(resized.begin(), resized.end(), name) == resized.end()) resized.push_back(name);
  }
}

Assignment placed_anew(const Problem& problem) {
  const Compiled compiled(problem);
  Decider decider(compiled, false);
  decider.seat_standing();
  decider.seat_others();
  return decider.decision().assignment();
}

// Replicas by app, of those that have one of these nodes; or of all that are wanted.
using Counts = std::map<std::string, int>;
Counts placed(const Problem& problem, const Assignment& assignment,
              const std::set<std::string>& lost) {
  Counts out;
  for (const Workload& workload : problem.workloads) {
    for (int ordinal = 0; ordinal < workload.replicas; ++ordinal) {
      const auto at = assignment.find({workload.name, ordinal});
      if (at != assignment.end() && !lost.contains(at->second)) ++out[app_name_of(workload)];
    }
  }
  return out;
}

int count_in(const Counts& counts, const std::string& app) {
  const auto found = counts.find(app);
  return found == counts.end() ? 0 : found->second;
}

Loss loss_of(const Problem& problem, const Assignment& before, const Counts& wanted,
             const std::string& host) {
  Loss out{host};
  std::set<std::string> lost;
  for (const Node& node : problem.cluster.nodes) {
    if (host_of(node) == host) lost.insert(node.name);
  }
  Problem left = problem;
  left.current = before;
  remove_nodes(left, [&](const Node& node) { return lost.contains(node.name); });
  const Counts all = placed(problem, before, {});
  const Counts rest = placed(problem, before, lost);
  const Counts after = placed(problem, placed_anew(left), {});
  out.survived = true;
  for (const auto& [app, count] : wanted) {
    const int at_once = count_in(rest, app);
    if (at_once < count_in(all, app)) {
      out.at_once.push_back({app, at_once, count});
      if (at_once == 0) out.survived = false;
    }
    if (count_in(after, app) < count) {
      out.after.push_back({app, count_in(after, app), count});
      out.survived = false;
    }
  }
  return out;
}

}  // namespace supposing

Result<Problem> changed(Problem problem, const Change& change) {
  std::vector<std::string> wrong;
  supposing::change_nodes(problem, change, wrong);
  supposing::change_workloads(problem, change, wrong);
  if (!wrong.empty()) return fail(Errc::not_found, join(wrong, "; and "));
  for (const Mistake& mistake : mistakes(problem)) {
    wrong.push_back("after the change " + mistake.path + " " + mistake.message);
  }
  if (!wrong.empty()) return fail(Errc::invalid, shortened(join(wrong, "; and "), 4000));
  return problem;
}

std::vector<Loss> losses(const Problem& problem) {
  std::set<std::string> hosts;
  for (const Node& node : problem.cluster.nodes) hosts.insert(supposing::host_of(node));
  supposing::Counts wanted;
  for (const Workload& workload : problem.workloads) {
    if (workload.replicas > 0) wanted[app_name_of(workload)] += workload.replicas;
  }
  const Assignment before = supposing::placed_anew(problem);
  std::vector<Loss> out;
  for (const std::string& host : hosts) {
    out.push_back(supposing::loss_of(problem, before, wanted, host));
  }
  return out;
}

int room_for(const Problem& problem, const Workload& shape, int limit) {
  Problem with = problem;
  Workload more = shape;
  more.replicas = 0;
  more.app = app_name_of(shape);
  const auto taken = [&] {
    return std::any_of(with.workloads.begin(), with.workloads.end(),
                       [&](const Workload& each) { return each.name == more.name; });
  };
  while (taken()) more.name += "+";
  with.workloads.push_back(std::move(more));
  const Compiled compiled(with);
  Decider decider(compiled, false);
  decider.seat_standing();
  decider.seat_others();
  Engine& engine = decider.seating().engine();
  const auto job = static_cast<Index>(with.workloads.size() - 1);
  int out = 0;
  while (out < limit && engine.place(job).node != nowhere) ++out;
  return out;
}

}  // namespace paas::placement
