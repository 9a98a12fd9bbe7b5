#include "libpaas/placement/snapshot.hpp"

#include <algorithm>
#include <set>

#include "libpaas/base/field_reader.hpp"
#include "libpaas/placement/amount.hpp"

namespace paas::placement {
namespace {

constexpr DocumentLimits snapshot_limits{
    .max_bytes = std::size_t{64} << 20, .max_depth = 32, .max_nodes = 8'000'000};

void read_amounts(FieldReader& in, std::string_view name, Amounts& target) {
  in.entries(name, [&](const std::string& resource, std::string_view text) -> Result<void> {
    target[resource] = TRY(parse_amount(resource, text));
    return {};
  });
}

FieldReader::ReadText into_milli(int& target) {
  return [&target](std::string_view text) -> Result<void> {
    // More than an int holds is out of every range as well.
    target = static_cast<int>(std::min<Amount>(TRY(parse_milli(text)), 1'000'000'000));
    return {};
  };
}

void read_devices(FieldReader& in, std::vector<DeviceGroup>& target) {
  in.each("devices", [&](FieldReader& device) {
    DeviceGroup& out = target.emplace_back();
    device.require({"kind", "count"});
    device.text("kind", out.kind);
    device.text("model", out.model);
    device.integer("count", out.count);
  });
}

void read_requests(FieldReader& in, std::vector<DeviceRequest>& target) {
  in.each("devices", [&](FieldReader& device) {
    DeviceRequest& out = target.emplace_back();
    device.require({"kind"});
    device.text("kind", out.kind);
    device.integer("count", out.count);
    device.parsed("share", into_milli(out.share_milli));
    device.texts("models", out.models);
  });
}

void read_node(FieldReader& in, Node& out) {
  in.require({"name"});
  in.text("name", out.name);
  in.text("host", out.host);
  in.text("arch", out.arch);
  in.text_map("labels", out.labels);
  read_amounts(in, "capacity", out.capacity);
  read_amounts(in, "reserved", out.reserved);
  in.entries("overcommit", [&](const std::string& resource, std::string_view text) -> Result<void> {
    out.overcommit_milli[resource] = TRY(parse_milli(text));
    return {};
  });
  read_devices(in, out.devices);
  in.integers("ports_taken", out.ports_taken);
  in.texts("volumes", out.volumes);
  in.each("taints", [&](FieldReader& taint) {
    Taint& one = out.taints.emplace_back();
    taint.require({"key"});
    taint.text("key", one.key);
    taint.text("value", one.value);
    taint.flag("hard", one.hard);
  });
  in.flag("drained", out.drained);
}

void read_term(FieldReader& in, Term& out) {
  in.require({"label"});
  in.text("label", out.label);
  in.word("op", out.op,
          {{"in", Operator::in},
           {"not_in", Operator::not_in},
           {"exists", Operator::exists},
           {"absent", Operator::absent},
           {"greater", Operator::greater},
           {"less", Operator::less}});
  in.texts("values", out.values);
}

void read_relation(FieldReader& in, Relation& out) {
  in.require({"app"});
  in.text("app", out.app);
  in.text("level", out.level);
  in.flag("apart", out.apart);
  in.integer("weight", out.weight);
}

// What a workload may ask of the nodes, beside amounts.
void read_conditions(FieldReader& in, Workload& out) {
  in.integers("ports", out.ports);
  in.texts("volumes", out.volumes);
  in.texts("archs", out.archs);
  in.texts("pin", out.pin);
  in.each("required", [&](FieldReader& term) { read_term(term, out.required.emplace_back()); });
  in.each("preferred", [&](FieldReader& preferred) {
    Preference& one = out.preferred.emplace_back();
    read_term(preferred, one.term);
    preferred.integer("weight", one.weight);
  });
  in.each("tolerations", [&](FieldReader& toleration) {
    Toleration& one = out.tolerations.emplace_back();
    toleration.require({"key"});
    toleration.text("key", one.key);
    toleration.text("value", one.value);
  });
  in.each("relations",
          [&](FieldReader& relation) { read_relation(relation, out.relations.emplace_back()); });
  in.each("spreads", [&](FieldReader& spread) {
    Spread& one = out.spreads.emplace_back();
    spread.text("level", one.level);
    spread.integer("max_skew", one.max_skew);
    spread.integer("weight", one.weight);
  });
}

void read_workload(FieldReader& in, Workload& out) {
  in.require({"name"});
  in.text("name", out.name);
  in.text("app", out.app);
  in.text("project", out.project);
  in.integer("replicas", out.replicas);
  read_amounts(in, "requests", out.requests);
  read_requests(in, out.devices);
  read_conditions(in, out);
  in.integer("priority", out.priority);
  in.text("gang", out.gang);
  in.integer("max_unavailable", out.max_unavailable);
  in.integer("move_cost", out.move_cost);
}

void read_current(FieldReader& in, Assignment& out) {
  in.entries("current", [&](const std::string& key, std::string_view node) -> Result<void> {
    const auto allocation = allocation_of(key);
    if (!allocation) {
      return fail(Errc::invalid,
                  "the key must be a workload and the number of its replica, like \"web/0\"");
    }
    out.emplace(*allocation, std::string(node));
    return {};
  });
}

void read_rules(FieldReader& in, Rules& out) {
  in.one("objectives", [&](FieldReader& objectives) {
    objectives.integer("pack", out.objectives.pack);
    objectives.integer("balance", out.objectives.balance);
    objectives.integer("fit", out.objectives.fit);
    objectives.integer("spread", out.objectives.spread);
    objectives.integer("affinity", out.objectives.affinity);
    objectives.integer("stay", out.objectives.stay);
  });
  in.entries_of("quotas",
                [&](const std::string& project, const std::string& resource,
                    std::string_view text) -> Result<void> {
                  out.quotas[project][resource] = TRY(parse_amount(resource, text));
                  return {};
                });
  in.flag("preempt", out.preempt);
  in.each("expected", [&](FieldReader& shape) {
    ExpectedShape& one = out.expected.emplace_back();
    read_amounts(shape, "requests", one.requests);
    read_requests(shape, one.devices);
    shape.integer("weight", one.weight);
  });
  in.integer("search_budget", out.search_budget);
}

void read_parts(FieldReader& in, std::vector<Node>& nodes, std::vector<Workload>& workloads) {
  int format = 1;
  in.integer("format", format, {1, 1});
  in.each("nodes", [&](FieldReader& node) { read_node(node, nodes.emplace_back()); });
  in.each("workloads",
          [&](FieldReader& workload) { read_workload(workload, workloads.emplace_back()); });
}

std::string meaning(std::string_view name, const std::set<std::string_view>& known) {
  const auto meant = nearest(name, {known.begin(), known.end()});
  return meant.empty() ? "" : "; did you mean \"" + std::string(meant) + "\"?";
}

// Names that point nowhere. To place() that is a fact; in what a person wrote it is a slip.
std::vector<Mistake> loose_ends(const Problem& problem) {
  std::vector<Mistake> out;
  std::set<std::string_view> nodes, apps, workloads, projects;
  for (const Node& node : problem.cluster.nodes) nodes.insert(node.name);
  for (const Workload& workload : problem.workloads) {
    apps.insert(workload.app.empty() ? workload.name : workload.app);
    workloads.insert(workload.name);
    if (!workload.project.empty()) projects.insert(workload.project);
  }
  for (std::size_t w = 0; w < problem.workloads.size(); ++w) {
    const Workload& workload = problem.workloads[w];
    const std::string path = item_path("workloads", w);
    for (std::size_t i = 0; i < workload.pin.size(); ++i) {
      const std::string& name = workload.pin[i];
      if (name.empty() || nodes.contains(name)) continue;
      out.push_back({item_path(path + ".pin", i),
                     "there is no node \"" + name + "\"" + meaning(name, nodes)});
    }
    for (std::size_t i = 0; i < workload.relations.size(); ++i) {
      const std::string& name = workload.relations[i].app;
      if (name.empty() || apps.contains(name)) continue;
      out.push_back({item_path(path + ".relations", i) + ".app",
                     "there is no app \"" + name + "\"" + meaning(name, apps)});
    }
  }
  for (const auto& [name, limits] : problem.rules.quotas) {
    if (projects.contains(name)) continue;
    out.push_back({member_path("rules.quotas", name),
                   "no workload is of the project \"" + name + "\"" + meaning(name, projects)});
  }
  for (std::size_t i = 0; i < problem.resized.size(); ++i) {
    const std::string& name = problem.resized[i];
    if (name.empty() || workloads.contains(name)) continue;
    out.push_back({item_path("resized", i),
                   "there is no workload \"" + name + "\"" + meaning(name, workloads)});
  }
  return out;
}

// Adds mistakes of the value to the flaws of its text; what has a flaw already is not judged again.
void add_mistakes(Flaws& flaws, const std::vector<Mistake>& found, const Document& document,
                  std::string_view file) {
  std::set<std::string> complained;
  for (const Flaw& flaw : flaws) complained.insert(flaw.path);
  for (const Mistake& mistake : found) {
    if (complained.contains(mistake.path)) continue;
    flaws.push_back(
        {std::string(file), place_of(document, mistake.path), mistake.path, mistake.message});
  }
  std::stable_sort(flaws.begin(), flaws.end(),
                   [](const Flaw& a, const Flaw& b) { return a.place < b.place; });
}

}  // namespace

Checked<Problem> parse_snapshot(std::string_view text, std::string_view file) {
  const auto document = parse_document(text, file, snapshot_limits);
  if (!document) return tl::unexpected<Flaws>(document.error());
  Problem problem;
  Flaws flaws = read_fields(*document, file, [&](FieldReader& in) {
    in.require({"nodes", "workloads"});
    read_parts(in, problem.cluster.nodes, problem.workloads);
    read_current(in, problem.current);
    in.texts("resized", problem.resized);
    in.one("rules", [&](FieldReader& rules) { read_rules(rules, problem.rules); });
  });
  add_mistakes(flaws, mistakes(problem), *document, file);
  // A name that could not be read would make all that refer to it look wrong.
  if (flaws.empty()) add_mistakes(flaws, loose_ends(problem), *document, file);
  if (!flaws.empty()) return tl::unexpected<Flaws>(std::move(flaws));
  return problem;
}

Checked<Addition> parse_addition(std::string_view text, std::string_view file) {
  const auto document = parse_document(text, file, snapshot_limits);
  if (!document) return tl::unexpected<Flaws>(document.error());
  Problem whole;
  Flaws flaws = read_fields(*document, file, [&](FieldReader& in) {
    read_parts(in, whole.cluster.nodes, whole.workloads);
  });
  add_mistakes(flaws, mistakes(whole), *document, file);
  if (!flaws.empty()) return tl::unexpected<Flaws>(std::move(flaws));
  return Addition{std::move(whole.cluster.nodes), std::move(whole.workloads)};
}

}  // namespace paas::placement
