#include "libpaas/placement/compiled.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "libpaas/base/text.hpp"

namespace paas::placement {
namespace compiling {

template <class T>
Index index_in(const std::vector<T>& sorted, std::string_view name) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), name);
  if (found == sorted.end() || *found != name) return nowhere;
  return static_cast<Index>(found - sorted.begin());
}

std::vector<std::string> ordered(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  return values;
}

// "gpu", or "gpu of model A100 or H100" where it may not be any.
std::string wanted(const DeviceRequest& request) {
  if (request.models.empty()) return request.kind;
  return request.kind + " of model " + join(ordered(request.models), " or ");
}

void put(std::string& key, std::string_view text) {
  key += std::to_string(text.size()) + ":";
  key += text;
}

void put(std::string& key, const Term& term) {
  put(key, term.label);
  put(key, std::to_string(static_cast<int>(term.op)));
  for (const std::string& value : term.values) put(key, value);
  key += ';';
}

// One text for equal conditions, whatever their order.
std::string gate_key(Gate& gate) {
  const auto by_key = [](const Term& a, const Term& b) {
    return std::tie(a.label, a.op, a.values) < std::tie(b.label, b.op, b.values);
  };
  for (Term& term : gate.required) term.values = ordered(std::move(term.values));
  std::sort(gate.required.begin(), gate.required.end(), by_key);
  std::string key;
  for (const auto* list : {&gate.archs, &gate.pin, &gate.volumes}) {
    for (const std::string& text : *list) put(key, text);
    key += '|';
  }
  for (const Term& term : gate.required) put(key, term);
  return key;
}

std::string toleration_key(std::vector<Toleration>& tolerations) {
  std::sort(tolerations.begin(), tolerations.end(), [](const Toleration& a, const Toleration& b) {
    return std::tie(a.key, a.value) < std::tie(b.key, b.value);
  });
  std::string key;
  for (const Toleration& each : tolerations) {
    put(key, each.key);
    key += each.value ? '=' : '*';
    put(key, each.value.value_or(""));
  }
  return key;
}

bool lets_in(const Gate& gate, const Node& node) {
  if (node.drained) return false;
  const auto among = [](const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  if (!gate.archs.empty() && !among(gate.archs, node.arch)) return false;
  if (!gate.pin.empty() && !among(gate.pin, node.name)) return false;
  for (const Term& term : gate.required) {
    if (!satisfies(node.labels, term)) return false;
  }
  for (const Taint& taint : node.taints) {
    if (taint.hard && !tolerates(gate.tolerations, taint)) return false;
  }
  return std::all_of(gate.volumes.begin(), gate.volumes.end(),
                     [&](const std::string& volume) { return among(node.volumes, volume); });
}

std::string domain_name(const Node& node, const std::string& level) {
  if (level == "node") return node.name;
  if (level == "host") return node.host.empty() ? node.name : node.host;
  const auto found = node.labels.find(level);
  return found == node.labels.end() ? std::string() : found->second;
}

}  // namespace compiling

using compiling::domain_name;
using compiling::index_in;

// Fills a Compiled, step by step.
class Compiler {
 public:
  explicit Compiler(Compiled& out) : out_(out), problem_(out.problem_) {}

  void run() {
    names();
    for (const Workload& workload : problem_.workloads) kind(workload);
    order_nodes();
    node_tables();
    level("node");  // comes first
    for (const Workload& workload : problem_.workloads) level_uses(workload);
    number_counters();
    for (Index job = 0; job < problem_.workloads.size(); ++job) ties(job);
    domains_behind_gates();
    mix();
    dominant_shares();
  }

 private:
  void names();
  void kind(const Workload& workload);
  Index shape(const Amounts& requests, const std::vector<DeviceRequest>& devices);
  Index gate(const Workload& workload);
  Index taste(const Workload& workload);
  Index level(const std::string& name);
  void order_nodes();
  void node_tables();
  void cards();
  void level_uses(const Workload& workload);
  void number_counters();
  void ties(Index job);
  void mirror(Index job, Tie tie);
  bool ends_in_itself(Index app, Index other) const;
  void domains_behind_gates();
  void mix();
  void dominant_shares();

  Index app_index(std::string_view name) const {
    const auto found = apps_.find(name);
    return found == apps_.end() ? nowhere : found->second;
  }
  // The offset of a level among those that an app is counted on.
  Index offset(Index app, Index level) const {
    const auto& levels = out_.layouts_[out_.apps_[app].layout];
    return static_cast<Index>(std::find(levels.begin(), levels.end(), level) - levels.begin());
  }

  Compiled& out_;
  const Problem& problem_;
  std::vector<std::string> kinds_of_card_;
  std::map<Shape, Index> shapes_;
  std::map<std::string, Index> gates_, tastes_;
  std::map<std::string, Index, std::less<>> levels_;
  std::map<std::string_view, Index> apps_;
  std::vector<std::vector<Index>> jobs_of_;        // by app
  std::vector<std::set<Index>> counted_;           // by app: levels
  std::vector<std::set<std::string_view>> seeks_;  // by app: apps it must be together with
  std::map<std::string, int> spread_uses_;         // by level
};

void Compiler::names() {
  std::set<std::string> resources, projects;
  std::set<std::pair<std::string, std::string>> types;
  for (const Node& node : problem_.cluster.nodes) {
    for (const auto& [resource, amount] : node.capacity) resources.insert(resource);
    for (const DeviceGroup& group : node.devices) types.emplace(group.kind, group.model);
  }
  const auto asked = [&](const Amounts& requests) {
    for (const auto& [resource, amount] : requests) {
      if (amount > 0) resources.insert(resource);
    }
  };
  for (const Workload& workload : problem_.workloads) {
    asked(workload.requests);
    projects.insert(workload.project);
    apps_.emplace(app_name_of(workload), 0);
  }
  for (const ExpectedShape& shape : problem_.rules.expected) asked(shape.requests);
  for (const auto& [project, limits] : problem_.rules.quotas) asked(limits);
  out_.resources_.assign(resources.begin(), resources.end());
  out_.projects_.assign(projects.begin(), projects.end());
  out_.types_.assign(types.begin(), types.end());
  Index next = 0;
  for (auto& [name, index] : apps_) {
    index = next++;
    out_.app_names_.push_back(name);
  }
  counted_.resize(next);
  jobs_of_.resize(next);
  seeks_.resize(next);
  for (const std::string& project : out_.projects_) {
    const auto limits = problem_.rules.quotas.find(project);
    auto& row = out_.quotas_.emplace_back();
    if (limits == problem_.rules.quotas.end()) continue;
    row.assign(out_.resources_.size(), -1);
    for (const auto& [resource, amount] : limits->second) {
      const Index at = out_.find_resource(resource);
      if (at != nowhere) row[at] = amount;
    }
  }
}

Index Compiler::shape(const Amounts& requests, const std::vector<DeviceRequest>& devices) {
  Shape made;
  for (const auto& [resource, amount] : requests) {
    if (amount > 0) made.needs.push_back({out_.find_resource(resource), amount});
  }
  for (const DeviceRequest& request : devices) {
    CardWant want{{}, request.count, request.share_milli, compiling::wanted(request)};
    for (const auto& [kind, model] : out_.types_) {
      const bool will_do =
          kind == request.kind &&
          (request.models.empty() ||
           std::find(request.models.begin(), request.models.end(), model) != request.models.end());
      want.types.push_back(will_do ? 1 : 0);
    }
    made.cards.push_back(std::move(want));
  }
  std::sort(made.cards.begin(), made.cards.end(), [](const CardWant& a, const CardWant& b) {
    const auto choices = [](const CardWant& want) {
      return std::count(want.types.begin(), want.types.end(), std::uint8_t{1});
    };
    return std::tuple(choices(a), -a.count, -a.share_milli, a) <
           std::tuple(choices(b), -b.count, -b.share_milli, b);
  });
  const auto [at, fresh] = shapes_.emplace(made, static_cast<Index>(out_.shapes_.size()));
  if (fresh) out_.shapes_.push_back(std::move(made));
  return at->second;
}

Index Compiler::gate(const Workload& workload) {
  Gate made{compiling::ordered(workload.archs), compiling::ordered(workload.pin),
            compiling::ordered(workload.volumes), workload.required, workload.tolerations};
  const std::string key = compiling::gate_key(made) + compiling::toleration_key(made.tolerations);
  const auto [at, fresh] = gates_.emplace(key, static_cast<Index>(out_.gates_.size()));
  if (fresh) out_.gates_.push_back(std::move(made));
  return at->second;
}

Index Compiler::taste(const Workload& workload) {
  Taste made{workload.preferred, workload.tolerations};
  std::string key = compiling::toleration_key(made.tolerations);
  std::sort(made.preferred.begin(), made.preferred.end(),
            [](const Preference& a, const Preference& b) {
              return std::tie(a.term.label, a.term.op, a.term.values, a.weight) <
                     std::tie(b.term.label, b.term.op, b.term.values, b.weight);
            });
  for (const Preference& each : made.preferred) {
    compiling::put(key, each.term);
    key += std::to_string(each.weight);
  }
  const auto [at, fresh] = tastes_.emplace(key, static_cast<Index>(out_.tastes_.size()));
  if (fresh) out_.tastes_.push_back(std::move(made));
  return at->second;
}

void Compiler::kind(const Workload& workload) {
  Kind made;
  made.shape = shape(workload.requests, workload.devices);
  made.gate = gate(workload);
  made.taste = taste(workload);
  made.project = index_in(out_.projects_, workload.project);
  for (const int port : workload.ports) made.ports.push_back(static_cast<std::uint16_t>(port));
  std::sort(made.ports.begin(), made.ports.end());
  made.priority = workload.priority;
  made.max_unavailable = workload.max_unavailable.value_or(-1);
  for (const auto& [resource, amount] : workload.requests) {
    if (resource == "memory" || resource.starts_with("disk/")) made.move_cost += amount;
  }
  made.move_cost = workload.move_cost.value_or(made.move_cost);
  for (const Spread& spread : workload.spreads) ++spread_uses_[spread.level];
  const Index app = app_index(app_name_of(workload));
  jobs_of_[app].push_back(static_cast<Index>(out_.jobs_.size()));
  for (const Relation& relation : workload.relations) {
    if (!relation.apart && !relation.weight) seeks_[app].insert(relation.app);
  }
  out_.jobs_.push_back({static_cast<Index>(out_.kinds_.size()), app});
  out_.kinds_.push_back(std::move(made));
}

Index Compiler::level(const std::string& name) {
  const auto [at, fresh] = levels_.emplace(name, static_cast<Index>(out_.levels_.size()));
  if (!fresh) return at->second;
  Level made{name};
  std::set<std::string> domains;
  const bool label = name != "node" && name != "host";
  for (const Node* node : out_.nodes_) {
    if (!label || node->labels.contains(name)) domains.insert(domain_name(*node, name));
  }
  made.domains.assign(domains.begin(), domains.end());
  for (const Node* node : out_.nodes_) {
    const bool there = !label || node->labels.contains(name);
    made.domain_of.push_back(there ? index_in(made.domains, domain_name(*node, name)) : nowhere);
  }
  out_.levels_.push_back(std::move(made));
  return at->second;
}

// Neighbours share the domain that is spread over most, then the gates that let them in, then what
// they have: so the bounds of the index are tight.
void Compiler::order_nodes() {
  struct Key {
    std::string domain;
    std::vector<std::uint64_t> gates;
    std::string capacity;
    const Node* node;
  };
  std::string main_level;
  int most = 0;
  for (const auto& [name, uses] : spread_uses_) {
    if (name == "node" || name == "host" || uses <= most) continue;
    most = uses;
    main_level = name;
  }
  std::vector<Key> keys;
  for (const Node& node : problem_.cluster.nodes) {
    Key key{main_level.empty() ? "" : domain_name(node, main_level),
            std::vector<std::uint64_t>((out_.gates_.size() + 63) / 64),
            {},
            &node};
    for (std::size_t g = 0; g < out_.gates_.size(); ++g) {
      if (compiling::lets_in(out_.gates_[g], node)) {
        key.gates[g / 64] |= std::uint64_t{1} << (g % 64);
      }
    }
    for (const auto& [resource, amount] : node.capacity)
      key.capacity += std::to_string(amount) + ",";
    keys.push_back(std::move(key));
  }
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return std::tie(a.domain, a.gates, a.capacity, a.node->name) <
           std::tie(b.domain, b.gates, b.capacity, b.node->name);
  });
  for (Gate& gate : out_.gates_) gate.open = NodeSet(keys.size());
  for (Index n = 0; n < keys.size(); ++n) {
    out_.nodes_.push_back(keys[n].node);
    for (std::size_t g = 0; g < out_.gates_.size(); ++g) {
      if ((keys[n].gates[g / 64] >> (g % 64) & 1U) != 0) out_.gates_[g].open.add(n);
    }
  }
}

void Compiler::node_tables() {
  const std::size_t count = out_.nodes_.size();
  out_.by_name_.resize(count);
  std::iota(out_.by_name_.begin(), out_.by_name_.end(), Index{0});
  std::sort(out_.by_name_.begin(), out_.by_name_.end(),
            [&](Index a, Index b) { return out_.nodes_[a]->name < out_.nodes_[b]->name; });
  out_.rank_.resize(count);
  for (Index i = 0; i < count; ++i) out_.rank_[out_.by_name_[i]] = i;
  out_.capacity_.assign(count * out_.resources_.size(), 0);
  out_.totals_.assign(out_.resources_.size(), 0);
  for (Index n = 0; n < count; ++n) {
    const Node& node = *out_.nodes_[n];
    for (const auto& [resource, amount] : node.capacity) {
      const Index r = out_.find_resource(resource);
      const auto reserved = node.reserved.find(resource);
      const auto promised = node.overcommit_milli.find(resource);
      Amount have = amount - (reserved == node.reserved.end() ? 0 : reserved->second);
      // In two steps, for a product of the whole could overflow.
      const Amount milli = promised == node.overcommit_milli.end() ? 1000 : promised->second;
      have = have / 1000 * milli + have % 1000 * milli / 1000;
      out_.capacity_[n * out_.resources_.size() + r] = have;
      out_.totals_[r] += have;
    }
  }
  cards();
  for (Taste& taste : out_.tastes_) {
    for (const Node* node : out_.nodes_) {
      std::int32_t liking = 0;
      for (const Preference& each : taste.preferred) {
        if (satisfies(node->labels, each.term)) liking += each.weight;
      }
      for (const Taint& taint : node->taints) {
        if (!taint.hard && !tolerates(taste.tolerations, taint)) liking -= 100;
      }
      taste.liking.push_back(liking);
      taste.indifferent = taste.indifferent && liking == 0;
    }
  }
}

void Compiler::cards() {
  for (const Node* node : out_.nodes_) {
    out_.first_card_.push_back(static_cast<Index>(out_.card_types_.size()));
    for (Index type = 0; type < out_.types_.size(); ++type) {
      for (const DeviceGroup& group : node->devices) {
        if (std::tie(group.kind, group.model) !=
            std::tie(out_.types_[type].first, out_.types_[type].second)) {
          continue;
        }
        out_.card_types_.insert(out_.card_types_.end(), static_cast<std::size_t>(group.count),
                                type);
      }
    }
  }
  out_.first_card_.push_back(static_cast<Index>(out_.card_types_.size()));
}

void Compiler::level_uses(const Workload& workload) {
  const Index app = app_index(app_name_of(workload));
  counted_[app].insert(level("node"));
  for (const Spread& spread : workload.spreads) counted_[app].insert(level(spread.level));
  for (const Relation& relation : workload.relations) {
    const Index other = app_index(relation.app);
    if (other != nowhere) counted_[other].insert(level(relation.level));
  }
}

void Compiler::number_counters() {
  std::map<std::set<Index>, Index> layouts;
  for (const std::set<Index>& levels : counted_) {
    const auto [at, fresh] = layouts.emplace(levels, static_cast<Index>(out_.layouts_.size()));
    if (fresh) out_.layouts_.emplace_back(levels.begin(), levels.end());
    out_.apps_.push_back({static_cast<Index>(out_.counters_), at->second});
    out_.counters_ += levels.size();
  }
}

// Whether, following who must be together with whom from `other`, one comes back to `app`.
bool Compiler::ends_in_itself(Index app, Index other) const {
  std::set<Index> seen{other};
  std::vector<Index> open{other};
  while (!open.empty()) {
    const Index at = open.back();
    open.pop_back();
    if (at == app) return true;
    for (const std::string_view name : seeks_[at]) {
      const Index next = app_index(name);
      if (next != nowhere && seen.insert(next).second) open.push_back(next);
    }
  }
  return false;
}

void Compiler::ties(Index job) {
  const Workload& workload = problem_.workloads[job];
  const Index app = out_.jobs_[job].app;
  Kind& kind = out_.kinds_[out_.jobs_[job].kind];
  for (const Spread& spread : workload.spreads) {
    const Index at = level(spread.level);
    kind.spreads.push_back({offset(app, at), at, spread.max_skew.value_or(0), spread.weight});
  }
  for (const Relation& relation : workload.relations) {
    Tie tie{relation.weight ? (relation.apart ? TieKind::rather_apart : TieKind::rather_together)
                            : (relation.apart ? TieKind::apart : TieKind::together)};
    tie.weight = relation.weight.value_or(0);
    tie.level = level(relation.level);
    tie.app = app_index(relation.app);
    if (tie.app == nowhere) {
      // Nobody to keep away from; but to be together with nobody is impossible.
      tie.app_gone = relation.app;
      if (tie.kind == TieKind::together) kind.ties.push_back(tie);
      continue;
    }
    tie.own = tie.app == app;
    tie.counter = offset(tie.app, tie.level) + (tie.own ? 0 : out_.apps_[tie.app].first_counter);
    tie.free_first = ends_in_itself(app, tie.app);
    tie.wanted = std::any_of(jobs_of_[tie.app].begin(), jobs_of_[tie.app].end(),
                             [&](Index other) { return problem_.workloads[other].replicas > 0; });
    kind.ties.push_back(tie);
    mirror(job, tie);
  }
}

void Compiler::mirror(Index job, Tie tie) {
  // Who is sought need not seek; but an app that is together is so with all its workloads.
  if (tie.kind == TieKind::together && !tie.own) return;
  std::vector<Index> others;
  for (const Index other : jobs_of_[tie.app]) {
    if (other != job) others.push_back(other);
  }
  if (others.empty()) return;
  if (tie.kind != TieKind::together) {
    tie.own = false;
    tie.mirrored = true;
    tie.counter = static_cast<Index>(out_.counters_++);
    tie.app = out_.jobs_[job].app;
    out_.kinds_[out_.jobs_[job].kind].fed.emplace_back(tie.counter, tie.level);
  }
  for (const Index other : others) out_.kinds_[out_.jobs_[other].kind].ties.push_back(tie);
}

void Compiler::domains_behind_gates() {
  for (const Kind& kind : out_.kinds_) {
    for (const SpreadTie& spread : kind.spreads) {
      auto& behind = out_.behind_[{kind.gate, spread.level}];
      if (!behind.empty()) continue;
      std::set<Index> domains;
      for (Index n = 0; n < out_.nodes_.size(); ++n) {
        const Index domain = out_.levels_[spread.level].domain_of[n];
        if (domain != nowhere && out_.gates_[kind.gate].open.has(n)) domains.insert(domain);
      }
      behind.assign(domains.begin(), domains.end());
    }
  }
}

void Compiler::mix() {
  std::map<Shape, Amount> counts;
  for (const ExpectedShape& expected : problem_.rules.expected) {
    counts[out_.shapes_[shape(expected.requests, expected.devices)]] += expected.weight;
  }
  if (counts.empty()) {
    for (Index job = 0; job < out_.jobs_.size(); ++job) {
      counts[out_.shape(job)] += problem_.workloads[job].replicas;
    }
  }
  out_.mix_.assign(counts.begin(), counts.end());
}

void Compiler::dominant_shares() {
  const auto nodes = static_cast<Amount>(std::max<std::size_t>(out_.nodes_.size(), 1));
  Amount all_cards = static_cast<Amount>(out_.card_types_.size()) * 1000;
  for (Kind& kind : out_.kinds_) {
    const Shape& shape = out_.shapes_[kind.shape];
    const auto share = [&](Amount part, Amount whole) {
      constexpr Amount most = Amount{1} << 40;
      const Amount mean = std::max<Amount>(whole / nodes, 1);
      kind.dominant_share = std::max(kind.dominant_share, std::min(part, most) * (1 << 20) / mean);
    };
    for (const Need& need : shape.needs) share(need.amount, out_.totals_[need.resource]);
    for (const CardWant& want : shape.cards) {
      share(Amount{want.count} * want.share_milli, all_cards);
    }
  }
}

Compiled::Compiled(const Problem& problem) : problem_(problem) {
  Compiler(*this).run();
}

Index Compiled::add_like(Index job) {
  const App app = apps_[jobs_[job].app];
  apps_.push_back({static_cast<Index>(counters_), app.layout});
  counters_ += layouts_[app.layout].size();
  const Index kind = jobs_[job].kind;
  jobs_.push_back({kind, static_cast<Index>(apps_.size() - 1)});
  return static_cast<Index>(jobs_.size() - 1);
}

Index Compiled::find_node(std::string_view name) const {
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [&](Index node, std::string_view wanted) { return nodes_[node]->name < wanted; });
  if (found == by_name_.end() || nodes_[*found]->name != name) return nowhere;
  return *found;
}

Index Compiled::find_resource(std::string_view name) const {
  return index_in(resources_, name);
}

const Amount* Compiled::quota(Index project) const {
  return quotas_[project].empty() ? nullptr : quotas_[project].data();
}

const std::vector<Index>& Compiled::domains_behind(Index gate, Index level) const {
  return behind_.at({gate, level});
}

bool satisfies(const Labels& labels, const Term& term) {
  const auto found = labels.find(term.label);
  const bool there = found != labels.end();
  const auto listed = [&] {
    return there &&
           std::find(term.values.begin(), term.values.end(), found->second) != term.values.end();
  };
  switch (term.op) {
    case Operator::in:
      return listed();
    case Operator::not_in:
      return !listed();
    case Operator::exists:
      return there;
    case Operator::absent:
      return !there;
    case Operator::greater:
    case Operator::less:
      break;
  }
  if (!there || term.values.empty()) return false;
  const auto have = parse_integer<std::int64_t>(found->second);
  const auto bound = parse_integer<std::int64_t>(term.values[0]);
  if (!have || !bound) return false;
  return term.op == Operator::greater ? *have > *bound : *have < *bound;
}

bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(), [&](const Toleration& each) {
    return each.key == taint.key && (!each.value || *each.value == taint.value);
  });
}

const std::string& app_name_of(const Workload& workload) {
  return workload.app.empty() ? workload.name : workload.app;
}

}  // namespace paas::placement
