// The JSON Schemas of docs/formats and the codecs say the same.

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "libpaas/placement/plan_json.hpp"
#include "libpaas/placement/snapshot.hpp"

namespace placement_schema_test {

using namespace paas;
using namespace paas::placement;

Json schema_of(const std::string& name) {
  std::ifstream in(PAAS_SOURCE_DIR "/docs/formats/placement-" + name + ".schema.json");
  std::ostringstream text;
  text << in.rdbuf();
  auto json = parse_json(text.str());
  if (!json) FAIL(json.error().message);
  return *std::move(json);
}

// As much of JSON Schema as ours use.
class Schema {
 public:
  explicit Schema(std::string name) : root_(schema_of(name)) {}

  const Json& root() const { return root_; }
  const Json& definition(std::string_view name) const { return root_["$defs"][name]; }
  const Json& resolved(const Json& schema) const {
    const auto* ref = schema["$ref"].string();
    return ref == nullptr ? schema : definition(ref->substr(std::string("#/$defs/").size()));
  }

  // What is wrong with a value; empty if nothing.
  std::string breach(const Json& unresolved, const Json& value, const std::string& path) const {
    const Json& schema = resolved(unresolved);
    if (const auto* options = schema["anyOf"].array()) {
      for (const Json& option : *options) {
        if (breach(option, value, path).empty()) return "";
      }
      return path + ": is none of those";
    }
    if (!has_type(schema["type"], value)) return path + ": has another type";
    if (const auto* words = schema["enum"].array()) {
      if (std::find(words->begin(), words->end(), value) == words->end()) return path + ": no word";
    }
    if (const auto* list = value.array()) {
      for (const Json& item : *list) {
        if (auto found = breach(schema["items"], item, path + "[]"); !found.empty()) return found;
      }
    }
    return value.object() == nullptr ? "" : breach_of_object(schema, value, path);
  }

 private:
  static bool has_type(const Json& type, const Json& value) {
    if (type.is_null()) return true;
    if (const auto* options = type.array()) {
      return std::any_of(options->begin(), options->end(),
                         [&](const Json& one) { return has_type(one, value); });
    }
    const std::string& name = *type.string();
    if (name == "null") return value.is_null();
    if (name == "boolean") return value.boolean() != nullptr;
    if (name == "integer") return value.integer().has_value();
    if (name == "number") return value.number() != nullptr;
    if (name == "string") return value.string() != nullptr;
    if (name == "array") return value.array() != nullptr;
    return name == "object" && value.object() != nullptr;
  }

  std::string breach_of_object(const Json& schema, const Json& value,
                               const std::string& path) const {
    for (const auto& [key, member] : *value.object()) {
      const Json& known = schema["properties"][key];
      const Json& rest = schema["additionalProperties"];
      if (known.is_null() && rest.object() == nullptr) return path + "." + key + ": is not known";
      const auto found = breach(known.is_null() ? rest : known, member, path + "." + key);
      if (!found.empty()) return found;
    }
    if (const auto* required = schema["required"].array()) {
      for (const Json& name : *required) {
        if (!value.object()->contains(*name.string())) return path + ": lacks " + *name.string();
      }
    }
    return "";
  }

  Json root_;
};

std::set<std::string> properties_of(const Json& schema) {
  std::set<std::string> out;
  for (const auto& [name, property] : *schema["properties"].object()) out.insert(name);
  return out;
}

// What the codec itself says that it knows, when it is given a field that it does not.
std::set<std::string> fields_at(const std::string& text) {
  std::set<std::string> out;
  const auto problem = parse_snapshot(text, "f");
  REQUIRE(!problem);
  for (const Flaw& flaw : problem.error()) {
    const std::string begin = "unknown field; known are ";
    if (!flaw.message.starts_with(begin)) continue;
    std::istringstream names(flaw.message.substr(begin.size()));
    for (std::string name; std::getline(names >> std::ws, name, ',');) out.insert(name);
  }
  return out;
}

TEST_CASE("schema: the fields of a snapshot are those that the codec knows") {
  const Schema schema("snapshot");
  const std::string odd = "{zzzzzzzzzzzzzzzz: 1}";
  const std::pair<const char*, std::string> places[] = {
      {"node", "nodes: [" + odd + "]"},
      {"device_group", "nodes: [{devices: [" + odd + "]}]"},
      {"taint", "nodes: [{taints: [" + odd + "]}]"},
      {"workload", "workloads: [" + odd + "]"},
      {"device_request", "workloads: [{devices: [" + odd + "]}]"},
      {"term", "workloads: [{required: [" + odd + "]}]"},
      {"preference", "workloads: [{preferred: [" + odd + "]}]"},
      {"toleration", "workloads: [{tolerations: [" + odd + "]}]"},
      {"relation", "workloads: [{relations: [" + odd + "]}]"},
      {"spread", "workloads: [{spreads: [" + odd + "]}]"},
      {"rules", "rules: " + odd},
      {"objectives", "rules: {objectives: " + odd + "}"},
      {"expected_shape", "rules: {expected: [" + odd + "]}"},
  };
  CHECK(properties_of(schema.root()) == fields_at(odd));
  std::set<std::string> covered;
  for (const auto& [name, text] : places) {
    INFO(name);
    CHECK(properties_of(schema.definition(name)) == fields_at(text));
    covered.insert(name);
  }
  for (const auto& [name, definition] : *schema.root()["$defs"].object()) {
    if (!definition["properties"].is_null()) CHECK(covered.contains(name));
  }
}

TEST_CASE("schema: the canonical form of a snapshot is valid") {
  const Schema schema("snapshot");
  const auto problem = parse_snapshot(R"(
nodes: [{name: a, labels: {x: y}, capacity: {cpu: 1.5, memory: 2G}, overcommit: {cpu: 1.5},
         devices: [{kind: gpu, count: 0}], taints: [{key: k, hard: false}], ports_taken: [1],
         drained: true}]
workloads: [{name: b, project: p, required: [{label: x, op: absent}], relations: [{app: b, weight: 3}],
             spreads: [{max_skew: 1}], devices: [{kind: gpu, share: 0.25}], move_cost: 0}]
current: {b/0: a}
rules: {objectives: {pack: 1}, quotas: {p: {cpu: 1}}, expected: [{requests: {cpu: 1}}]})",
                                      "f");
  REQUIRE(problem);
  CHECK(schema.breach(schema.root(), snapshot_json(*problem), "") == "");
  CHECK(schema.breach(schema.root(), Json::Object{{"nodes", Json::Array{}}}, "") ==
        ": lacks workloads");
}

// --- Answers -----------------------------------------------------------------------------------

const Option option{"pve1", 12, {{"fit", 20}, {"spread", -8}}};
const Remedy remedy{"pve2", {{"memory", "", 512}}, "512 MiB more memory on pve2"};

Decision decision() {
  Choice placed{.allocation = {"web", 0}, .act = Act::place, .node = "pve1", .because = "free"};
  placed.chosen = option;
  placed.alternatives = {option};
  Choice refused{.allocation = {"web", 1}};
  refused.refused = {{"memory", "", 2}};
  refused.remedy = remedy;
  return {{placed, refused}};
}

void check_answer(const Schema& schema, const char* name, const Json& answer) {
  INFO(name);
  CHECK(schema.breach(schema.definition(name), answer, "") == "");
  CHECK(properties_of(schema.definition(name)).size() == answer.object()->size());
  CHECK(schema.breach(schema.root(), answer, "") == "");
}

TEST_CASE("schema: answers are valid, and have every field") {
  const Schema schema("plan");
  check_answer(schema, "decision", decision_json(decision()));
  const Explanation explanation{
      {"web", 0}, {{"pve1", {}, option, true}, {"pve2", {{"memory", "", 512}}}}, remedy};
  check_answer(schema, "explanation", explanation_json(explanation));
  const std::vector<Loss> losses = {{"rack1", {{"web", 0, 2}}, {{"web", 1, 2}}, false}};
  check_answer(schema, "what_if",
               Json::Object{{"plan", decision_json(decision())},
                            {"survival", losses_json(losses)},
                            {"room", room_json("web", 3, 100)}});
  check_answer(schema, "moves", moves_json({{{"web", 0}, "pve1", "pve2", 512, 30}}));
}

TEST_CASE("answers: what there is not is null, and the assignment can be the next current") {
  const Json json = decision_json(decision());
  CHECK(print_json(json["assignment"]) == R"({"web/0":"pve1"})");
  CHECK(print_json(json["summary"]) == R"({"keep":0,"move":0,"place":1,"preempt":0,"refuse":1})");
  CHECK(json["fits"] == Json(false));
  const Json& refused = json["choices"].array()->at(1);
  CHECK(refused["node"].is_null());
  CHECK(refused["chosen"].is_null());
  CHECK(print_json(refused["remedy"]) ==
        R"({"changes":[{"reason":"memory","short_of":512,"what":""}],"node":"pve2",)"
        R"("text":"512 MiB more memory on pve2"})");
}

}  // namespace placement_schema_test
