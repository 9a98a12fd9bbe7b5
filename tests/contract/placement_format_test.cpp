// The attributes of a placement, held against the format of snapshots.

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "libpaas/base/json.hpp"
#include "provider/placement/tables.hpp"

namespace placement_format_test {

using namespace paas;
using namespace paas::placement_values;

Json format() {
  std::ifstream in(PAAS_SOURCE_DIR "/docs/formats/placement-snapshot.schema.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_json(text).value();
}

// The attribute names of a table and of all tables in it, as "devices.kind".
void names_of(const tf::Schema& schema, const std::string& prefix, std::set<std::string>& out) {
  for (const tf::Attribute& a : schema.attributes) {
    out.insert(prefix + a.name);
    if (a.nested) names_of(*a.nested->object, prefix + a.name + ".", out);
  }
}

// The same of a definition of the format.
void names_of(const Json& whole, const Json& definition, const std::string& prefix,
              std::set<std::string>& out) {
  const Json::Object* properties = definition["properties"].object();
  if (!properties) return;
  for (const auto& [name, property] : *properties) {
    if (prefix.empty() && name == "name") continue;  // the key of the map
    out.insert(prefix + name);
    const Json& items = property["items"];
    const std::string* reference = items["$ref"].string();
    if (!reference) reference = property["$ref"].string();
    if (!reference) continue;
    const std::string definition_name = reference->substr(std::string("#/$defs/").size());
    names_of(whole, whole["$defs"][definition_name], prefix + name + ".", out);
  }
}

void check_same(const SharedSchema& schema, const char* definition) {
  INFO(definition);
  std::set<std::string> attributes, properties;
  names_of(*schema, "", attributes);
  const Json whole = format();
  names_of(whole, whole["$defs"][definition], "", properties);
  CHECK(attributes == properties);
}

TEST_CASE("the attributes are those of the snapshot format", "[placement][tf]") {
  check_same(node_schema(), "node");
  check_same(workload_schema(), "workload");
  check_same(rules_schema(), "rules");
}

}  // namespace placement_format_test
