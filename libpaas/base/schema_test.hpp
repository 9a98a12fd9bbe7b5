#pragma once
// As much of JSON Schema (draft 2020-12) as the schemas of docs/formats use, for tests that hold
// them against what our codecs take and give.

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "libpaas/base/document.hpp"
#include "libpaas/base/json.hpp"

namespace paas::schema_test {

class Schema {
 public:
  // "apps": of docs/formats/apps.schema.json; null where that is no JSON.
  explicit Schema(const std::string& name) {
    std::ifstream in(PAAS_SOURCE_DIR "/docs/formats/" + name + ".schema.json");
    std::ostringstream text;
    text << in.rdbuf();
    root_ = parse_json(text.str()).value_or(Json());
  }

  const Json& root() const { return root_; }
  const Json& definition(std::string_view name) const { return root_["$defs"][name]; }
  const Json& resolved(const Json& schema) const {
    const auto* ref = schema["$ref"].string();
    return ref == nullptr ? schema : definition(ref->substr(std::string("#/$defs/").size()));
  }

  // What is wrong with a value; empty if nothing.
  std::string breach(const Json& value) const { return breach(root_, value, ""); }
  std::string breach(const Json& unresolved, const Json& value, const std::string& path) const {
    const Json& schema = resolved(unresolved);
    if (!has_type(schema["type"], value)) return path + ": has another type";
    if (!schema["const"].is_null() && schema["const"] != value) return path + ": is another value";
    if (const auto* words = schema["enum"].array()) {
      if (std::find(words->begin(), words->end(), value) == words->end()) return path + ": no word";
    }
    if (const auto whole = value.integer()) {
      if (*whole < schema["minimum"].integer().value_or(*whole)) return path + ": is too small";
      if (*whole > schema["maximum"].integer().value_or(*whole)) return path + ": is too great";
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
      const std::string at = path + (path.empty() ? "" : ".") + key;
      if (known.is_null() && rest == Json(false)) return at + ": is not known";
      const auto found = breach(known.is_null() ? rest : known, member, at);
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

inline std::set<std::string> properties_of(const Json& schema) {
  std::set<std::string> out;
  if (const auto* properties = schema["properties"].object()) {
    for (const auto& [name, property] : *properties) out.insert(name);
  }
  return out;
}

// What a codec itself says that it knows, when it is given a field that it does not know.
inline std::set<std::string> known_fields(const Flaws& flaws) {
  std::set<std::string> out;
  for (const Flaw& flaw : flaws) {
    const std::string begin = "unknown field; known are ";
    if (!flaw.message.starts_with(begin)) continue;
    std::istringstream names(flaw.message.substr(begin.size()));
    for (std::string name; std::getline(names >> std::ws, name, ',');) out.insert(name);
  }
  return out;
}

// What a codec writes beside what a schema tells, for formats whose readers ignore what they do not
// know.
struct Compared {
  std::set<std::string> untold{};  // written, and not in the schema
  std::set<std::string> unseen{};  // in the schema, and not written
};
class Comparison {
 public:
  explicit Comparison(const Schema& schema) : schema_(schema) {}
  Compared run(const Json& value) {
    walk(schema_.root(), value, "");
    for (const auto& [name, definition] : *schema_.root()["$defs"].object()) {
      expect(definition, name);
    }
    expect(schema_.root(), "");
    return std::move(out_);
  }

 private:
  void expect(const Json& schema, const std::string& name) {
    for (const std::string& property : properties_of(schema)) {
      if (!seen_.contains(name + "." + property)) out_.unseen.insert(name + "." + property);
    }
  }
  void walk(const Json& unresolved, const Json& value, const std::string& at) {
    const auto* ref = unresolved["$ref"].string();
    const std::string name = ref == nullptr ? at : ref->substr(ref->rfind('/') + 1);
    const Json& schema = schema_.resolved(unresolved);
    if (const auto* list = value.array()) {
      for (const Json& item : *list) walk(schema["items"], item, name + "[]");
    }
    if (value.object() == nullptr) return;
    const Json& rest = schema["additionalProperties"];
    if (schema["properties"].is_null() && rest.is_null()) return;  // told elsewhere
    for (const auto& [key, member] : *value.object()) {
      const Json& known = schema["properties"][key];
      if (known.is_null() && rest.is_null()) out_.untold.insert(name + "." + key);
      seen_.insert(name + "." + key);
      walk(known.is_null() ? rest : known, member, name + "." + key);
    }
  }

  const Schema& schema_;
  std::set<std::string> seen_{};
  Compared out_{};
};

// A declarative file as an editor sees it: plain scalars are what YAML's core schema makes of them.
inline Json json_of(const Document& document) {
  if (const auto* scalar = document.scalar()) {
    if (scalar->quoted) return scalar->text;
    if (scalar->text == "true" || scalar->text == "false") return scalar->text == "true";
    if (auto number = parse_json(scalar->text); number && number->number() != nullptr) {
      return *std::move(number);
    }
    return scalar->text;
  }
  if (const auto* list = document.list()) {
    Json::Array out;
    for (const Document& item : *list) out.push_back(json_of(item));
    return out;
  }
  Json::Object out;
  if (const auto* map = document.map()) {
    for (const auto& member : *map) out.emplace(member.key, json_of(member.value));
    return out;
  }
  return {};
}

// The blocks ```yaml … ``` of a page of docs/.
inline std::vector<std::string> yaml_blocks(const std::string& page) {
  std::ifstream in(PAAS_SOURCE_DIR "/docs/" + page);
  std::vector<std::string> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = line == "```yaml";
      if (inside) out.emplace_back();
    } else if (inside) {
      out.back() += line + "\n";
    }
  }
  return out;
}

}  // namespace paas::schema_test
