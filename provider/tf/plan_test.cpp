#include "provider/tf/plan.hpp"

#include <catch2/catch.hpp>

namespace plan_test {
namespace {

using namespace paas::tf;

Nested nested_of(Nesting nesting, Schema object) {
  return {nesting, std::make_shared<const Schema>(std::move(object))};
}

Attribute nested_attribute(std::string name, Nesting nesting, Schema object, Trait traits) {
  Type type = type_of(object);
  if (nesting == Nesting::list) type = Type::list(type);
  if (nesting == Nesting::set) type = Type::set(type);
  if (nesting == Nesting::map) type = Type::map(type);
  return {std::move(name), type, nested_of(nesting, std::move(object)), traits, "", {}};
}

bool same_size_text(const Value& prior, const Value& config) {
  auto plain = [](const Value& v) { return *v.as<std::string>() == "2G" ? Value("2048") : v; };
  return plain(prior) == plain(config);
}

Schema network_schema() {
  return {"",
          0,
          {{"bridge", Type::string(), {}, Trait::required, "", {}},
           {"model", Type::string(), {}, Trait::optional | Trait::replaces, "", {}},
           {"mtu", Type::number(), {}, Trait::optional, "", {.fallback = 1500}},
           {"mac", Type::string(), {}, Trait::optional | Trait::computed | Trait::stable, "", {}},
           {"address", Type::string(), {}, Trait::computed, "", {}}}};
}

Schema guest_schema() {
  return {
      "",
      0,
      {{"id", Type::string(), {}, Trait::computed | Trait::stable, "", {}},
       {"name", Type::string(), {}, Trait::required, "", {}},
       {"node", Type::string(), {}, Trait::optional | Trait::computed | Trait::replaces, "", {}},
       {"memory", Type::string(), {}, Trait::optional, "", {.same = same_size_text}},
       {"uptime", Type::number(), {}, Trait::computed, "", {}},
       {"password", Type::string(), {}, Trait::optional | Trait::write_only, "", {}},
       nested_attribute("network", Nesting::map, network_schema(), Trait::optional)}};
}

Value applied(const Value& planned) {
  if (planned.is_unknown()) return "made";
  if (const Map* map = planned.as<Map>()) {
    Map out;
    for (const auto& [k, v] : *map)
      out.emplace(k, k == "uptime" && v.is_unknown() ? Value(7) : applied(v));
    return out;
  }
  return planned;
}

Map network(const char* bridge) {
  return {{"bridge", bridge}};
}

TEST_CASE("a create: given, fallback, unknown", "[tf]") {
  const Plan p =
      plan(guest_schema(), Null{},
           Map{{"name", "web"}, {"password", "x"}, {"network", Map{{"net0", network("vmbr0")}}}});
  CHECK(
      to_text(p.state) ==
      R"({"id": (known after apply), "memory": null, "name": "web", "network": {"net0": )"
      R"({"address": (known after apply), "bridge": "vmbr0", "mac": (known after apply), "model": null, "mtu": 1500}}, )"
      R"("node": (known after apply), "password": null, "uptime": (known after apply)})");
  CHECK(p.requires_replace.empty());
}

TEST_CASE("an unchanged configuration plans the prior state", "[tf]") {
  const Value config =
      Map{{"name", "web"}, {"memory", "2048"}, {"network", Map{{"net0", network("vmbr0")}}}};
  const Value prior = applied(plan(guest_schema(), Null{}, config).state);
  CHECK(plan(guest_schema(), prior, config) == Plan{prior, {}});
  const Value other_words =
      Map{{"name", "web"}, {"memory", "2G"}, {"network", Map{{"net0", network("vmbr0")}}}};
  CHECK(plan(guest_schema(), prior, other_words) == Plan{prior, {}});
}

}  // namespace
}  // namespace plan_test
