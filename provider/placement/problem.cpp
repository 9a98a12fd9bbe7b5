#include "provider/placement/problem.hpp"

#include <algorithm>
#include <set>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/snapshot.hpp"
#include "provider/placement/tables.hpp"

namespace paas::placement_values {
namespace {

using placement::Problem;
using tf::at;
using tf::Diagnostics;
using tf::Path;
using tf::Value;

// A number as people write it: what Terraform read as a double may come with all its digits.
Json number_json(const tf::Number& number) {
  if (number.int64() || number.text().find('I') != std::string::npos) {
    return Json::Number{number.text()};
  }
  const auto exact = number.exact_double();
  return Json::Number{exact ? tf::Number::from_double(*exact).text() : number.text()};
}

// REQUIRES: wholly_known(value).
Json json_of(const Value& value) {
  if (const bool* flag = value.as<bool>()) return *flag;
  if (const auto* number = value.as<tf::Number>()) return number_json(*number);
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* list = value.as<tf::List>()) {
    Json::Array out;
    for (const Value& element : *list) out.push_back(json_of(element));
    return out;
  }
  const auto* map = value.as<tf::Map>();
  if (!map) return {};
  Json::Object out;
  for (const auto& [name, member] : *map) {
    if (!member.is_null()) out.emplace(name, json_of(member));
  }
  return out;
}

// A map by name as the list of a snapshot, in the order of its names.
Json list_of_named(const Value& value) {
  Json::Array out;
  if (const auto* map = value.as<tf::Map>()) {
    for (const auto& [name, member] : *map) {
      Json one = json_of(member);
      if (Json::Object* object = one.object()) object->insert_or_assign("name", name);
      out.push_back(std::move(one));
    }
  }
  return out;
}

// The steps of a path as flaws have it: nodes[2].capacity["disk/local"].
class Steps {
 public:
  explicit Steps(std::string_view text) : text_(text) {}

  // The next name or number; nothing at the end.
  std::optional<std::string> next() {
    if (text_.empty()) return std::nullopt;
    if (text_.starts_with("[\"")) return quoted();
    if (text_.starts_with('[')) return until(text_.find(']'), 1, 1);
    if (text_.starts_with('.')) text_.remove_prefix(1);
    return until(text_.find_first_of(".["), 0, 0);
  }

 private:
  std::string until(std::size_t end, std::size_t before, std::size_t after) {
    end = std::min(end, text_.size());
    std::string out(text_.substr(before, end - before));
    text_.remove_prefix(std::min(end + after, text_.size()));
    return out;
  }
  std::string quoted() {
    std::string out;
    std::size_t i = 2;
    for (; i < text_.size() && text_[i] != '"'; ++i) {
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      out += text_[i];
    }
    text_.remove_prefix(std::min(i + 2, text_.size()));
    return out;
  }

  std::string_view text_;
};

// One part of a problem: a map by name, and where it stands.
struct Part {
  Value value = tf::Null{};
  Path path{};
};

// What a path of a snapshot leads to in a configuration.
class Paths {
 public:
  Paths(const Part& nodes, const Part& workloads, const Part& rules)
      : nodes_(nodes), workloads_(workloads), rules_(rules) {}

  Path of(std::string_view flaw) const {
    Steps steps(flaw);
    const auto first = steps.next();
    if (first == "nodes") return named(nodes_, *node_schema(), steps);
    if (first == "workloads") return named(workloads_, *workload_schema(), steps);
    return inside(rules_.path, *rules_schema(), steps);
  }

 private:
  static Path named(const Part& part, const tf::Schema& schema, Steps& steps) {
    const auto index = steps.next();
    const auto number = index ? parse_integer<std::size_t>(*index) : std::nullopt;
    const auto* map = part.value.as<tf::Map>();
    if (!number || !map || *number >= map->size()) return part.path;
    const auto entry = std::next(map->begin(), static_cast<std::ptrdiff_t>(*number));
    return inside(part.path.key(entry->first), schema, steps);
  }

  static Path inside(Path path, const tf::Schema& schema, Steps& steps) {
    const auto name = steps.next();
    const tf::Attribute* attribute = name ? schema.find(*name) : nullptr;
    if (!attribute) return path;
    path = path.attribute(*name);
    if (!attribute->nested) {
      const bool list = attribute->type.kind() == tf::Type::Kind::list;
      while (const auto step = steps.next()) {
        const auto number = list ? parse_integer<std::int64_t>(*step) : std::nullopt;
        path = number ? path.index(*number) : path.key(*step);
      }
      return path;
    }
    if (attribute->nested->nesting == tf::Nesting::list) {
      const auto index = steps.next();
      const auto number = index ? parse_integer<std::int64_t>(*index) : std::nullopt;
      if (!number) return path;
      path = path.index(*number);
    }
    return inside(std::move(path), *attribute->nested->object, steps);
  }

  const Part& nodes_;
  const Part& workloads_;
  const Part& rules_;
};

std::string last_attribute(const Path& path) {
  for (auto step = path.steps().rbegin(); step != path.steps().rend(); ++step) {
    if (const auto* attribute = std::get_if<tf::AttributeName>(&*step)) return attribute->name;
  }
  return "placement";
}

tf::Diagnostic mistake_at(const Path& path, const std::string& message) {
  return tf::error_at(path, "invalid " + last_attribute(path),
                      to_text(path) + (message.starts_with("must") ? " " : ": ") + message + ".");
}

void tell(const Flaws& flaws, const Paths& paths, Diagnostics& out) {
  for (const Flaw& flaw : flaws) out.push_back(mistake_at(paths.of(flaw.path), flaw.message));
}

placement::Addition read_parts(const Part& nodes, const Part& workloads, Diagnostics& out) {
  const Json text = Json::Object{{"nodes", list_of_named(nodes.value)},
                                 {"workloads", list_of_named(workloads.value)}};
  auto read = placement::parse_addition(print_json(text), "");
  if (read) return *std::move(read);
  tell(read.error(), Paths(nodes, workloads, {}), out);
  return {};
}

// A snapshot refuses the quota of a project that nobody is in. Here the workloads may not be known
// yet, and loose_ends() warns.
Json one_of_each_project(const Value& rules) {
  Json::Array out;
  if (const auto* quotas = at(rules, "quotas").as<tf::Map>())
    for (const auto& entry : *quotas)
      out.push_back(
          Json::Object{{"name", "w" + std::to_string(out.size())}, {"project", entry.first}});
  return out;
}

placement::Rules read_rules(const Part& rules, Diagnostics& out) {
  if (rules.value.is_null()) return {};
  const Json text = Json::Object{{"nodes", Json::Array{}},
                                 {"workloads", one_of_each_project(rules.value)},
                                 {"rules", json_of(rules.value)}};
  auto read = placement::parse_snapshot(print_json(text), "");
  if (read) return std::move(read->rules);
  tell(read.error(), Paths({}, {tf::Null{}, rules.path.attribute("quotas")}, rules), out);
  return {};
}

void check_current(const Value& current, const Path& path, Diagnostics& out) {
  const auto* map = current.as<tf::Map>();
  if (!map) return;
  for (const auto& [name, node] : *map) {
    const std::string* text = node.as<std::string>();
    if (!placement::allocation_of(name)) {
      out.push_back(mistake_at(path.key(name),
                               "the key must be a workload and the number of its replica, like "
                               "\"web/0\""));
    } else if (text && trim(*text).empty()) {
      out.push_back(mistake_at(path.key(name), "must not be empty"));
    }
  }
}

}  // namespace

Reading read_problem(const Source& source) {
  Reading out;
  bool complete = true;
  const auto part = [&](const std::string& name) -> Part {
    const Value& value = at(source.object, name);
    const bool known = wholly_known(value);
    complete = complete && known;
    return {known ? value : Value(tf::Null{}), source.path.attribute(name)};
  };
  const Part nodes = part("cluster"), workloads = part("workloads"), rules = part("rules");
  const Part current = source.current_name.empty() ? Part{} : part(source.current_name);
  placement::Addition parts = read_parts(nodes, workloads, out.mistakes);
  Problem problem{{std::move(parts.nodes)}, std::move(parts.workloads), {}, {}};
  problem.rules = read_rules(rules, out.mistakes);
  check_current(current.value, current.path, out.mistakes);
  if (!complete || !out.mistakes.empty()) return out;
  problem.current = assignment_of(current.value, problem);
  out.problem = std::move(problem);
  return out;
}

std::vector<placement::Node> read_nodes(const Value& value, const Path& path, Diagnostics& out) {
  return read_parts({value, path}, {}, out).nodes;
}

std::vector<placement::Workload> read_workloads(const Value& value, const Path& path,
                                                Diagnostics& out) {
  return read_parts({}, {value, path}, out).workloads;
}

placement::Assignment assignment_of(const Value& value, const Problem& problem) {
  placement::Assignment out;
  const auto* map = value.as<tf::Map>();
  if (!map) return out;
  std::set<std::string_view> wanted;
  for (const placement::Workload& workload : problem.workloads) wanted.insert(workload.name);
  for (const auto& [name, node] : *map) {
    const auto allocation = placement::allocation_of(name);
    const std::string* text = node.as<std::string>();
    if (!allocation || !text || trim(*text).empty()) continue;
    if (wanted.contains(allocation->workload)) out.emplace(*allocation, *text);
  }
  return out;
}

std::vector<std::string> obey(const policy::Policy& policy, Problem& problem) {
  const std::vector<std::string> allowed = policy.nodes();
  std::vector<std::string> out;
  if (allowed.empty()) return out;
  std::erase_if(problem.cluster.nodes, [&](const placement::Node& node) {
    const bool out_of_bounds =
        std::find(allowed.begin(), allowed.end(), node.name) == allowed.end();
    if (out_of_bounds) out.push_back(node.name);
    return out_of_bounds;
  });
  return out;
}

}  // namespace paas::placement_values
