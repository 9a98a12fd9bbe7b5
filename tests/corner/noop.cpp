// corner_noop: does nothing, in the shape of a resource of one's choice.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Trait;

tf::Nesting nesting_of(const std::string& mode) {
  if (mode == "list") return tf::Nesting::list;
  if (mode == "set") return tf::Nesting::set;
  if (mode == "map") return tf::Nesting::map;
  return tf::Nesting::single;
}

tf::Type collection_of(tf::Nesting nesting, tf::Type element) {
  if (nesting == tf::Nesting::list) return tf::Type::list(std::move(element));
  if (nesting == tf::Nesting::set) return tf::Type::set(std::move(element));
  if (nesting == tf::Nesting::map) return tf::Type::map(std::move(element));
  return element;
}

tf::Schema schema_from(const Json& attributes);

// One attribute as `terraform providers schema -json` describes it.
tf::Attribute attribute_from(const std::string& name, const Json& described) {
  tf::Attribute a;
  a.name = name;
  for (const auto& [word, trait] : {std::pair{"required", Trait::required},
                                    {"optional", Trait::optional},
                                    {"computed", Trait::computed},
                                    {"sensitive", Trait::sensitive},
                                    {"write_only", Trait::write_only}}) {
    if (const bool* is = described[word].boolean(); is && *is) a.traits = a.traits | trait;
  }
  // Nothing changes by itself, so what is computed may as well be known.
  if (a.is(Trait::computed)) a.traits = a.traits | Trait::stable;
  const Json& object = described["nested_type"];
  if (object.is_null()) {
    a.type = tf::parse_type(print_json(described["type"])).value_or(tf::Type::string());
    return a;
  }
  const std::string* mode = object["nesting_mode"].string();
  auto shared = std::make_shared<const tf::Schema>(schema_from(object["attributes"]));
  a.nested = tf::Nested{nesting_of(mode ? *mode : "single"), shared};
  a.type = collection_of(a.nested->nesting, type_of(*shared));
  return a;
}

tf::Schema schema_from(const Json& attributes) {
  tf::Schema schema;
  if (const Json::Object* rows = attributes.object()) {
    for (const auto& [name, described] : *rows)
      schema.attributes.push_back(attribute_from(name, described));
  }
  return schema;
}

tf::Schema noop_schema() {
  if (const char* path = std::getenv("CORNER_NOOP_SCHEMA")) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    if (const auto described = parse_json(text.str()))
      return schema_from((*described)["block"]["attributes"]);
  }
  return {"Does nothing.",
          0,
          {{"id", tf::Type::string(), {}, Trait::computed | Trait::stable, "Its id.", {}},
           {"text", tf::Type::string(), {}, Trait::optional, "Any text.", {}}}};
}

class Noop final : public InMemory {
 public:
  Noop() : InMemory("corner_noop", noop_schema()) {}
};

}  // namespace

std::unique_ptr<tf::Resource> noop() {
  return std::make_unique<Noop>();
}

}  // namespace paas::corner
