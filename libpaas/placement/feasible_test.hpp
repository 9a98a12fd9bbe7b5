#pragma once
// A judge of decisions, written from model.hpp alone: it shares nothing with what makes them.

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libpaas/placement/place.hpp"

namespace paas::placement::feasible {

struct Placed {
  const Workload* workload;
  const Choice* choice;
  const Node* node;
  bool waits() const { return choice->waits; }
};

inline const std::string& app(const Workload& workload) {
  return workload.app.empty() ? workload.name : workload.app;
}

// Empty where the node has no such label.
inline std::string domain(const Node& node, const std::string& level) {
  if (level == "node") return node.name;
  if (level == "host") return node.host.empty() ? node.name : node.host;
  const auto found = node.labels.find(level);
  return found == node.labels.end() ? "" : "=" + found->second;
}

template <class T>
bool among(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

inline bool holds(const Labels& labels, const Term& term) {
  const auto found = labels.find(term.label);
  const bool there = found != labels.end();
  switch (term.op) {
    case Operator::in:
      return there && among(term.values, found->second);
    case Operator::not_in:
      return !there || !among(term.values, found->second);
    case Operator::exists:
      return there;
    case Operator::absent:
      return !there;
    default:
      break;
  }
  if (!there || found->second.empty()) return false;
  const bool digits = found->second.find_first_not_of("-0123456789") == std::string::npos;
  if (!digits) return false;
  const long long have = std::stoll(found->second), bound = std::stoll(term.values.at(0));
  return term.op == Operator::greater ? have > bound : have < bound;
}

inline bool lets_in(const Node& node, const Workload& workload) {
  const auto tolerated = [&](const Taint& taint) {
    return std::any_of(workload.tolerations.begin(), workload.tolerations.end(),
                       [&](const Toleration& each) {
                         return each.key == taint.key && (!each.value || each.value == taint.value);
                       });
  };
  return !node.drained && (workload.archs.empty() || among(workload.archs, node.arch)) &&
         (workload.pin.empty() || among(workload.pin, node.name)) &&
         std::all_of(workload.required.begin(), workload.required.end(),
                     [&](const Term& term) { return holds(node.labels, term); }) &&
         std::all_of(node.taints.begin(), node.taints.end(),
                     [&](const Taint& taint) { return !taint.hard || tolerated(taint); }) &&
         std::all_of(workload.volumes.begin(), workload.volumes.end(),
                     [&](const std::string& volume) { return among(node.volumes, volume); });
}

inline Amount offered(const Node& node, const std::string& resource) {
  const auto of = [&](const Amounts& amounts, Amount otherwise) {
    const auto found = amounts.find(resource);
    return found == amounts.end() ? otherwise : found->second;
  };
  return (of(node.capacity, 0) - of(node.reserved, 0)) * of(node.overcommit_milli, 1000) / 1000;
}

// Whether wishes for devices can all be met: every way is tried, with shares of cards in
// thousandths.
inline bool devices_suffice(std::vector<std::pair<std::string, std::pair<std::string, int>>>& cards,
                            const std::vector<DeviceRequest>& wishes, std::size_t next = 0) {
  if (next == wishes.size()) return true;
  const DeviceRequest& wish = wishes[next];
  for (auto& [kind, card] : cards) {
    auto& [model, left] = card;
    if (kind != wish.kind || left < wish.share_milli) continue;
    if (!wish.models.empty() && !among(wish.models, model)) continue;
    left -= wish.share_milli;
    const bool rest = devices_suffice(cards, wishes, next + 1);
    left += wish.share_milli;
    if (rest) return true;
  }
  return false;
}

inline void judge_amounts(const Node& node, const std::vector<Placed>& here,
                          std::vector<std::string>& out) {
  std::map<std::string, Amount> sums;
  std::vector<int> ports = node.ports_taken;
  std::vector<DeviceRequest> wishes;
  for (const Placed& placed : here) {
    for (const auto& [resource, amount] : placed.workload->requests) sums[resource] += amount;
    ports.insert(ports.end(), placed.workload->ports.begin(), placed.workload->ports.end());
    for (DeviceRequest wish : placed.workload->devices) {
      const int count = std::exchange(wish.count, 1);
      wishes.insert(wishes.end(), static_cast<std::size_t>(count), wish);
    }
  }
  for (const auto& [resource, sum] : sums) {
    if (sum > offered(node, resource)) out.push_back(resource + " overbooked on " + node.name);
  }
  std::sort(ports.begin(), ports.end());
  if (std::adjacent_find(ports.begin(), ports.end()) != ports.end()) {
    out.push_back("a port used twice on " + node.name);
  }
  std::vector<std::pair<std::string, std::pair<std::string, int>>> cards;
  for (const DeviceGroup& group : node.devices) {
    for (int i = 0; i < group.count; ++i) cards.push_back({group.kind, {group.model, 1000}});
  }
  if (!devices_suffice(cards, wishes)) out.push_back("devices overbooked on " + node.name);
}

// What a workload must be apart from and together with: an app that is together is so with all its
// workloads.
inline std::vector<Relation> required_of(const Problem& problem, const Workload& workload) {
  std::vector<Relation> out;
  for (const Workload& each : problem.workloads) {
    for (const Relation& relation : each.relations) {
      const bool of_app =
          !relation.apart && app(each) == app(workload) && relation.app == app(each);
      if (!relation.weight && (&each == &workload || of_app)) out.push_back(relation);
    }
  }
  return out;
}

inline void judge_relations(const Problem& problem, const Placed& one,
                            const std::vector<Placed>& all, std::vector<std::string>& out) {
  const std::string name = name_of(one.choice->allocation);
  for (const Relation& relation : required_of(problem, *one.workload)) {
    const std::string here = domain(*one.node, relation.level);
    bool shared = false, anywhere = false, stood = false;
    for (const Placed& other : all) {
      if (other.choice == one.choice || app(*other.workload) != relation.app) continue;
      anywhere = true;
      stood = stood || other.choice->act == Act::keep;
      shared = shared || (!here.empty() && domain(*other.node, relation.level) == here);
    }
    if (relation.apart && shared) out.push_back(name + " not apart from " + relation.app);
    if (relation.apart || shared) continue;
    // With itself it is together at once. Who stands stays though its company is nowhere.
    const bool stands = !stood && one.choice->act == Act::keep;
    const bool first = !anywhere && relation.app == app(*one.workload) && !here.empty();
    if (!stands && !first) out.push_back(name + " not together with " + relation.app);
  }
}

// Whether somebody else has its place.
inline bool pushed(const Choice& choice) {
  return choice.because.find(" has a higher priority") != std::string::npos;
}

// Who comes where an app is spread too far already makes it worse; who stands may, and so may those
// of whose app somebody was pushed out.
inline void judge_spreads(const Problem& problem, const std::vector<Choice>& choices,
                          const std::vector<Placed>& all, std::vector<std::string>& out) {
  for (const Workload& workload : problem.workloads) {
    for (const Spread& spread : workload.spreads) {
      if (!spread.max_skew) continue;
      std::map<std::string, int> counts;
      for (const Node& node : problem.cluster.nodes) {
        const std::string name = domain(node, spread.level);
        if (!name.empty() && lets_in(node, workload)) counts.emplace(name, 0);
      }
      bool stood = std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
        return choice.allocation.workload == workload.name && pushed(choice);
      });
      for (const Placed& one : all) {
        if (app(*one.workload) != app(workload)) continue;
        stood = stood || one.workload != &workload || !one.choice->from.empty();
        const std::string here = domain(*one.node, spread.level);
        ++counts[here];
        if (one.workload == &workload && one.choice->act != Act::keep && here.empty()) {
          out.push_back(workload.name + " spread over " + spread.level +
                        ", and where there is none");
        }
      }
      if (stood || counts.empty()) continue;
      int most = 0, least = 1 << 30;
      for (const auto& [name, count] : counts) {
        most = std::max(most, count);
        least = std::min(least, count);
      }
      if (most - least > *spread.max_skew) out.push_back(workload.name + " spread too unevenly");
    }
  }
}

inline void judge_quotas(const Problem& problem, const std::vector<Placed>& all,
                         std::vector<std::string>& out) {
  for (const auto& [project, quota] : problem.rules.quotas) {
    for (const auto& [resource, limit] : quota) {
      Amount sum = 0;
      for (const Placed& one : all) {
        if (one.workload->project != project) continue;
        const auto asked = one.workload->requests.find(resource);
        if (asked != one.workload->requests.end()) sum += asked->second;
      }
      if (sum > limit) out.push_back("quota of " + project + " exceeded");
    }
  }
}

// No more of an app leave where they run than may, and those whose nodes are gone count, too.
inline void judge_budgets(const Problem& problem, const Decision& decision,
                          std::vector<std::string>& out) {
  std::map<std::string, int> leaving, gone, most;  // by app
  std::map<std::string, std::string> app_of;
  for (const Workload& workload : problem.workloads) {
    app_of[workload.name] = app(workload);
    if (!workload.max_unavailable) continue;
    const auto [at, fresh] = most.emplace(app(workload), *workload.max_unavailable);
    at->second = std::min(at->second, *workload.max_unavailable);
  }
  for (const Choice& choice : decision.choices) {
    if (choice.from.empty() || choice.from == choice.node) continue;
    const auto& nodes = problem.cluster.nodes;
    const bool there = std::any_of(nodes.begin(), nodes.end(),
                                   [&](const Node& node) { return node.name == choice.from; });
    ++(there ? leaving : gone)[app_of[choice.allocation.workload]];
  }
  for (const auto& [app, count] : leaving) {
    const auto limit = most.find(app);
    if (limit != most.end() && count > std::max(0, limit->second - gone[app])) {
      out.push_back("more of " + app + " on the move than may");
    }
  }
}

inline void judge_gangs(const Problem& problem, const Decision& decision,
                        std::vector<std::string>& out) {
  std::map<std::string, std::pair<int, int>> gangs;  // begun, refused
  std::map<std::string, std::string> gang_of;
  for (const Workload& workload : problem.workloads) gang_of[workload.name] = workload.gang;
  for (const Choice& choice : decision.choices) {
    const std::string& gang = gang_of[choice.allocation.workload];
    if (gang.empty() || choice.act == Act::preempt) continue;
    if (choice.act == Act::refuse) ++gangs[gang].second;
    // Who stands may make room for others without the rest, and make way for a higher priority.
    const bool for_others =
        choice.because.find("makes room") != std::string::npos || pushed(choice);
    if (choice.act == Act::place || (choice.act == Act::move && !for_others)) ++gangs[gang].first;
  }
  for (const auto& [gang, counts] : gangs) {
    if (counts.first > 0 && counts.second > 0) out.push_back("gang " + gang + " is in parts");
  }
}

// Whoever loses its place is told to whom, and that one has it and a higher priority.
inline void judge_preemptions(const Problem& problem, const Decision& decision,
                              std::vector<std::string>& out) {
  std::map<std::string, int> priorities;
  for (const Workload& workload : problem.workloads) priorities[workload.name] = workload.priority;
  const std::string says = " has a higher priority";
  for (const Choice& choice : decision.choices) {
    if (choice.act == Act::refuse) continue;  // it had no place to lose
    const auto at = choice.because.find(says);
    if (at == std::string::npos) {
      if (choice.act == Act::preempt) out.push_back("preempted without a reason");
      continue;
    }
    if (!problem.rules.preempt) out.push_back("preempted against the rules");
    const auto winner = allocation_of(choice.because.substr(0, at));
    const int own = priorities[choice.allocation.workload];
    if (!winner || priorities[winner->workload] <= own) out.push_back("preempted by no better one");
    const bool seated =
        std::any_of(decision.choices.begin(), decision.choices.end(), [&](const Choice& other) {
          return winner && other.allocation == *winner && !other.node.empty();
        });
    if (!seated) out.push_back("preempted for nothing");
  }
}

// All that is wrong with a decision. What waits because no more may be on the move is let off.
inline std::vector<std::string> wrongs(const Problem& problem, const Decision& decision) {
  std::vector<std::string> out;
  std::vector<Placed> placed;
  std::map<std::string, const Node*> nodes;
  std::map<std::string, const Workload*> workloads;
  for (const Node& node : problem.cluster.nodes) nodes[node.name] = &node;
  std::size_t wanted = 0;
  for (const Workload& workload : problem.workloads) {
    wanted += static_cast<std::size_t>(workload.replicas);
    workloads[workload.name] = &workload;
  }
  if (wanted != decision.choices.size()) out.push_back("not everyone has a choice");
  for (const Choice& choice : decision.choices) {
    if (choice.node.empty()) continue;
    if (!nodes.contains(choice.node)) return {"no node " + choice.node};
    placed.push_back({workloads[choice.allocation.workload], &choice, nodes[choice.node]});
  }
  judge_budgets(problem, decision, out);
  judge_gangs(problem, decision, out);
  judge_preemptions(problem, decision, out);
  for (const Placed& one : placed) {
    if (one.waits() || lets_in(*one.node, *one.workload)) continue;
    out.push_back(name_of(one.choice->allocation) + " may not be on " + one.node->name);
  }
  if (std::any_of(placed.begin(), placed.end(), [](const Placed& one) { return one.waits(); })) {
    return out;
  }
  for (const Placed& one : placed) judge_relations(problem, one, placed, out);
  judge_spreads(problem, decision.choices, placed, out);
  judge_quotas(problem, placed, out);
  for (const auto& [name, node] : nodes) {
    std::vector<Placed> here;
    for (const Placed& one : placed) {
      if (one.node == node) here.push_back(one);
    }
    judge_amounts(*node, here, out);
  }
  return out;
}

}  // namespace paas::placement::feasible
