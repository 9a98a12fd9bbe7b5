#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "libpaas/base/document.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/placement/place.hpp"

namespace paas::placement {
namespace {

constexpr std::size_t most_mistakes = 1000;
constexpr std::size_t longest_name = 253;
constexpr Amount most_replicas = 100'000;
constexpr Amount most_allocations = 10'000'000;
constexpr Amount most_overcommit_milli = 100'000;
constexpr Amount most_devices = 10'000;
constexpr Amount most_weight = 100'000;

const std::string& app_of(const Workload& workload) {
  return workload.app.empty() ? workload.name : workload.app;
}

class MistakeFinder {
 public:
  explicit MistakeFinder(const Problem& problem) : problem_(problem) {}

  std::vector<Mistake> find() {
    nodes();
    workloads();
    current();
    names(problem_.resized, "resized");
    rules();
    return std::move(found_);
  }

 private:
  void say(std::string path, std::string message) {
    if (found_.size() < most_mistakes) found_.push_back({std::move(path), std::move(message)});
  }

  void range(Amount value, Amount min, Amount max, const std::string& path) {
    if (value >= min && value <= max) return;
    say(path, "must be from " + std::to_string(min) + " to " + std::to_string(max));
  }

  void name(std::string_view text, const std::string& path) {
    if (text.empty()) return say(path, "must not be empty");
    if (text.size() > longest_name) {
      return say(path, "must be at most " + std::to_string(longest_name) + " bytes");
    }
    const bool control = std::any_of(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (control || !is_utf8(text)) return say(path, "must be printable");
    if (trim(text).size() != text.size()) say(path, "must not begin or end with a blank");
  }
  void name_or_nothing(std::string_view text, const std::string& path) {
    if (!text.empty()) name(text, path);
  }
  void names(const std::vector<std::string>& texts, const std::string& path) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      name(texts[i], item_path(path, i));
      if (!seen.insert(texts[i]).second) say(item_path(path, i), "stands in the list twice");
    }
  }

  void amounts(const Amounts& values, const std::string& path) {
    for (const auto& [resource, amount] : values) {
      name(resource, member_path(path, resource));
      range(amount, 0, most_amount, member_path(path, resource));
    }
  }

  void ports(const std::vector<int>& values, const std::string& path) {
    std::set<int> seen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      range(values[i], 1, 65535, item_path(path, i));
      if (!seen.insert(values[i]).second) say(item_path(path, i), "stands in the list twice");
    }
  }

  void nodes() {
    std::set<std::string_view> seen;
    std::map<std::string_view, std::string> homes;  // of volumes
    const auto& all = problem_.cluster.nodes;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string path = item_path("nodes", i);
      node(all[i], path);
      if (!seen.insert(all[i].name).second) {
        say(path + ".name", "another node is called \"" + all[i].name + "\", too");
      }
      for (std::size_t v = 0; v < all[i].volumes.size(); ++v) {
        const auto [home, fresh] = homes.emplace(all[i].volumes[v], all[i].name);
        if (fresh || home->second == all[i].name) continue;
        say(item_path(path + ".volumes", v),
            "is on \"" + home->second + "\", too; a volume is on one node");
      }
    }
  }

  void node(const Node& node, const std::string& path) {
    name(node.name, path + ".name");
    name_or_nothing(node.host, path + ".host");
    name_or_nothing(node.arch, path + ".arch");
    for (const auto& [label, value] : node.labels)
      name(label, member_path(path + ".labels", label));
    amounts(node.capacity, path + ".capacity");
    amounts(node.reserved, path + ".reserved");
    for (const auto& [resource, amount] : node.reserved) {
      const auto there = node.capacity.find(resource);
      if (there == node.capacity.end()) {
        say(member_path(path + ".reserved", resource), "is no resource of the node's capacity");
      } else if (amount > there->second) {
        say(member_path(path + ".reserved", resource), "is more than the capacity");
      }
    }
    for (const auto& [resource, milli] : node.overcommit_milli) {
      const std::string at = member_path(path + ".overcommit", resource);
      if (!node.capacity.contains(resource)) say(at, "is no resource of the node's capacity");
      if (milli < 1 || milli > most_overcommit_milli) say(at, "must be from 0.001 to 100");
    }
    devices(node.devices, path + ".devices");
    ports(node.ports_taken, path + ".ports_taken");
    names(node.volumes, path + ".volumes");
    for (std::size_t i = 0; i < node.taints.size(); ++i) {
      name(node.taints[i].key, item_path(path + ".taints", i) + ".key");
    }
  }

  void devices(const std::vector<DeviceGroup>& groups, const std::string& path) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::string at = item_path(path, i);
      name(groups[i].kind, at + ".kind");
      name_or_nothing(groups[i].model, at + ".model");
      range(groups[i].count, 0, most_devices, at + ".count");
      if (!seen.emplace(groups[i].kind, groups[i].model).second) {
        say(at, "devices of this kind and model stand in the list already; add up the counts");
      }
    }
  }

  void requests(const std::vector<DeviceRequest>& requests, const std::string& path) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const DeviceRequest& request = requests[i];
      const std::string at = item_path(path, i);
      name(request.kind, at + ".kind");
      range(request.count, 1, most_devices, at + ".count");
      if (request.share_milli < 1 || request.share_milli > 1000) {
        say(at + ".share", "must be from 0.001 to 1");
      } else if (request.share_milli < 1000 && request.count != 1) {
        say(at + ".share", "a share is of one device: count must be 1");
      }
      names(request.models, at + ".models");
    }
  }

  void workloads() {
    std::set<std::string_view> seen;
    Amount allocations = 0;
    for (std::size_t i = 0; i < problem_.workloads.size(); ++i) {
      const Workload& each = problem_.workloads[i];
      const std::string path = item_path("workloads", i);
      workload(each, path);
      if (!seen.insert(each.name).second) {
        say(path + ".name", "another workload is called \"" + each.name + "\", too");
      }
      allocations += std::clamp<Amount>(each.replicas, 0, most_replicas);
    }
    if (allocations > most_allocations) {
      say("workloads", "more than " + std::to_string(most_allocations) + " replicas in all");
    }
  }

  void workload(const Workload& workload, const std::string& path) {
    name(workload.name, path + ".name");
    if (workload.name.find('/') != std::string::npos) say(path + ".name", "must not hold a \"/\"");
    name_or_nothing(workload.app, path + ".app");
    name_or_nothing(workload.project, path + ".project");
    name_or_nothing(workload.gang, path + ".gang");
    range(workload.replicas, 0, most_replicas, path + ".replicas");
    amounts(workload.requests, path + ".requests");
    requests(workload.devices, path + ".devices");
    ports(workload.ports, path + ".ports");
    names(workload.volumes, path + ".volumes");
    names(workload.archs, path + ".archs");
    names(workload.pin, path + ".pin");
    terms(workload, path);
    for (std::size_t i = 0; i < workload.tolerations.size(); ++i) {
      name(workload.tolerations[i].key, item_path(path + ".tolerations", i) + ".key");
    }
    for (std::size_t i = 0; i < workload.relations.size(); ++i) {
      relation(workload, workload.relations[i], item_path(path + ".relations", i));
    }
    spreads(workload.spreads, path + ".spreads");
    range(workload.priority, -1'000'000, 1'000'000, path + ".priority");
    range(workload.max_unavailable.value_or(0), 0, most_replicas, path + ".max_unavailable");
    range(workload.move_cost.value_or(0), 0, most_amount, path + ".move_cost");
  }

  void terms(const Workload& workload, const std::string& path) {
    std::map<std::string_view, Operator> presence;
    for (std::size_t i = 0; i < workload.required.size(); ++i) {
      const Term& one = workload.required[i];
      const std::string at = item_path(path + ".required", i);
      term(one, at);
      if (one.op != Operator::exists && one.op != Operator::absent) continue;
      if (presence.emplace(one.label, one.op).first->second != one.op) {
        say(at, "the label \"" + one.label + "\" is required both to exist and to be absent");
      }
    }
    for (std::size_t i = 0; i < workload.preferred.size(); ++i) {
      const std::string at = item_path(path + ".preferred", i);
      term(workload.preferred[i].term, at);
      range(workload.preferred[i].weight, 1, 100, at + ".weight");
    }
  }

  void term(const Term& term, const std::string& path) {
    name(term.label, path + ".label");
    const std::string at = path + ".values";
    switch (term.op) {
      case Operator::in:
      case Operator::not_in:
        if (term.values.empty()) say(at, "must hold at least one value");
        break;
      case Operator::exists:
      case Operator::absent:
        if (!term.values.empty()) say(at, "must be left out for this operator");
        break;
      case Operator::greater:
      case Operator::less:
        if (term.values.size() != 1 || !parse_integer<std::int64_t>(term.values[0])) {
          say(at, "must hold one whole number for this operator");
        }
        break;
    }
  }

  void spreads(const std::vector<Spread>& spreads, const std::string& path) {
    std::set<std::string_view> levels;
    for (std::size_t i = 0; i < spreads.size(); ++i) {
      const std::string at = item_path(path, i);
      name(spreads[i].level, at + ".level");
      if (!levels.insert(spreads[i].level).second) say(at + ".level", "is spread over already");
      range(spreads[i].max_skew.value_or(1), 1, most_replicas, at + ".max_skew");
      range(spreads[i].weight, 1, 100, at + ".weight");
    }
  }

  void relation(const Workload& workload, const Relation& relation, const std::string& path) {
    name(relation.app, path + ".app");
    name(relation.level, path + ".level");
    if (relation.weight) return range(*relation.weight, 1, 100, path + ".weight");
    const auto [first, second] = std::minmax(app_of(workload), relation.app);
    auto& ties = ties_[{first, second}];
    for (const Tie& tie : ties) {
      // Who shares a node shares its host and its labels.
      const bool level_meets =
          tie.level == relation.level || (relation.apart ? tie.level : relation.level) == "node";
      if (tie.apart == relation.apart || !level_meets) continue;
      return say(path, "contradicts " + tie.path + ": \"" + first + "\" and \"" + second +
                           "\" cannot be both together and apart");
    }
    ties.push_back({relation.level, relation.apart, path});
  }

  void current() {
    std::set<std::string_view> known;
    for (const Workload& workload : problem_.workloads) known.insert(workload.name);
    for (const auto& [allocation, node] : problem_.current) {
      const std::string path = member_path("current", name_of(allocation));
      name(node, path);
      if (allocation.ordinal < 0) say(path, "replicas are counted from 0");
      if (known.contains(allocation.workload)) continue;
      const auto meant = nearest(allocation.workload, {known.begin(), known.end()});
      say(path, "there is no workload \"" + allocation.workload + "\"" +
                    (meant.empty() ? "" : "; did you mean \"" + std::string(meant) + "\"?"));
    }
  }

  void rules() {
    const Objectives& all = problem_.rules.objectives;
    const std::pair<const char*, int> weights[] = {
        {"pack", all.pack},     {"balance", all.balance},   {"fit", all.fit},
        {"spread", all.spread}, {"affinity", all.affinity}, {"stay", all.stay}};
    for (const auto& [word, weight] : weights) {
      range(weight, 0, most_weight, std::string("rules.objectives.") + word);
    }
    for (const auto& [project, quota] : problem_.rules.quotas) {
      const std::string path = member_path("rules.quotas", project);
      name(project, path);
      amounts(quota, path);
    }
    for (std::size_t i = 0; i < problem_.rules.expected.size(); ++i) {
      const ExpectedShape& shape = problem_.rules.expected[i];
      const std::string path = item_path("rules.expected", i);
      amounts(shape.requests, path + ".requests");
      requests(shape.devices, path + ".devices");
      range(shape.weight, 1, 1'000'000, path + ".weight");
      if (shape.requests.empty() && shape.devices.empty()) say(path, "asks for nothing");
    }
    range(problem_.rules.search_budget, 0, 1'000'000'000'000, "rules.search_budget");
  }

  struct Tie {
    std::string level;
    bool apart;
    std::string path;
  };

  const Problem& problem_;
  std::map<std::pair<std::string, std::string>, std::vector<Tie>> ties_;  // by two apps, sorted
  std::vector<Mistake> found_;
};

}  // namespace

std::vector<Mistake> mistakes(const Problem& problem) {
  return MistakeFinder(problem).find();
}

}  // namespace paas::placement
