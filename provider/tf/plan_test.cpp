#include "provider/tf/plan.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "provider/tf/contract.hpp"

namespace plan_test {
namespace {

using namespace paas::tf;

Attribute nested_row(std::string name, Nesting nesting, Schema object, Trait traits,
                     Rules rules = {}) {
  Type type = type_of(object);
  if (nesting == Nesting::list) type = Type::list(type);
  if (nesting == Nesting::set) type = Type::set(type);
  if (nesting == Nesting::map) type = Type::map(type);
  return {std::move(name), type, Nested{nesting, std::make_shared<const Schema>(std::move(object))},
          traits,          "",   std::move(rules)};
}

bool same_letters(const Value& prior, const Value& config) {
  auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  };
  return lower(*prior.as<std::string>()) == lower(*config.as<std::string>());
}

Schema network_schema() {
  return {"",
          0,
          {{"bridge", Type::string(), {}, Trait::required, "", {}},
           {"model", Type::string(), {}, Trait::optional | Trait::replaces, "", {}},
           {"mtu", Type::number(), {}, Trait::optional, "", {.fallback = 1500}},
           {"mac",
            Type::string(),
            {},
            Trait::optional | Trait::computed | Trait::stable,
            "",
            {.same = same_letters}},
           {"address", Type::string(), {}, Trait::computed, "", {}}}};
}

Schema rule_schema() {
  return {"",
          0,
          {{"port", Type::number(), {}, Trait::required | Trait::replaces, "", {}},
           {"note", Type::string(), {}, Trait::optional, "", {}}}};
}

Schema guest_schema() {
  return {
      "",
      0,
      {{"id", Type::string(), {}, Trait::computed | Trait::stable, "", {}},
       {"name", Type::string(), {}, Trait::required, "", {.same = same_letters}},
       {"node", Type::string(), {}, Trait::optional | Trait::computed | Trait::replaces, "", {}},
       {"tags", Type::set(Type::string()), {}, Trait::optional, "", {}},
       {"uptime", Type::number(), {}, Trait::computed, "", {}},
       {"password", Type::string(), {}, Trait::optional | Trait::write_only, "", {}},
       nested_row("network", Nesting::map, network_schema(), Trait::optional),
       nested_row("disks", Nesting::list, network_schema(), Trait::optional),
       nested_row("root", Nesting::single, network_schema(), Trait::optional),
       nested_row("rules", Nesting::set, rule_schema(), Trait::optional)}};
}

// What an apply makes of a plan: texts and numbers for what is unknown.
Value applied(const Value& planned) {
  if (planned.is_unknown()) return "made";
  if (const Map* map = planned.as<Map>()) {
    Map out;
    for (const auto& [key, value] : *map)
      out.emplace(key, key == "uptime" && value.is_unknown() ? Value(7) : applied(value));
    return out;
  }
  if (const List* list = planned.as<List>()) {
    List out;
    for (const Value& value : *list) out.push_back(applied(value));
    return out;
  }
  return planned;
}

Value settled(const Value& config) {
  return applied(plan(guest_schema(), Null{}, config).state);
}

// A configuration with some more attributes.
Value with(Map config, const Map& more) {
  for (const auto& [name, value] : more) config[name] = value;
  return config;
}

const Map& web() {
  static const Map config{{"name", "web"}, {"network", Map{{"net0", Map{{"bridge", "vmbr0"}}}}}};
  return config;
}

// The plan for another configuration, in words.
std::string change(const Value& from, const Value& to) {
  const Value prior = settled(from);
  return render(guest_schema(), prior, plan(guest_schema(), prior, to));
}

TEST_CASE("a create: what is given, fallbacks, and the rest unknown", "[tf]") {
  const Value config = with(web(), {{"password", "x"}});
  CHECK(render(guest_schema(), Null{}, plan(guest_schema(), Null{}, config)) ==
        "+\n"
        "  id: (known after apply)\n"
        "  name: \"web\"\n"
        "  node: (known after apply)\n"
        "  uptime: (known after apply)\n"
        "  network[\"net0\"].bridge: \"vmbr0\"\n"
        "  network[\"net0\"].mtu: 1500\n"
        "  network[\"net0\"].mac: (known after apply)\n"
        "  network[\"net0\"].address: (known after apply)\n");
}

TEST_CASE("a destroy", "[tf]") {
  const Value prior = settled(web());
  CHECK(plan(guest_schema(), prior, Null{}) == Plan{Null{}, {}});
  CHECK(render(guest_schema(), prior, Plan{Null{}, {}}) == "-\n");
  CHECK(render(guest_schema(), Null{}, Plan{Null{}, {}}) == "=\n");
}

TEST_CASE("an unchanged configuration plans the prior state", "[tf]") {
  const Value config = with(web(), {{"tags", List{"a", "b"}},
                                    {"disks", List{Map{{"bridge", "x"}}}},
                                    {"rules", List{Map{{"port", 1}, {"note", Null{}}}}},
                                    {"password", "secret"}});
  const Value prior = settled(config);
  CHECK(plan(guest_schema(), prior, config) == Plan{prior, {}});
  CHECK(render(guest_schema(), prior, plan(guest_schema(), prior, config)) == "=\n");
}

TEST_CASE("the same in other words is no change", "[tf]") {
  CHECK(change(web(), with(web(), {{"name", "WEB"}})) == "=\n");
  CHECK(change(with(web(), {{"tags", List{"a", "b"}}}), with(web(), {{"tags", List{"b", "a"}}})) ==
        "=\n");
  const Map with_mac{{"bridge", "vmbr0"}, {"mac", "AA:BB"}};
  CHECK(change(with(web(), {{"network", Map{{"net0", with(with_mac, {{"mac", "aa:bb"}})}}}}),
               with(web(), {{"network", Map{{"net0", with_mac}}}})) == "=\n");
}

TEST_CASE("a set whose unknown element makes it the same after all keeps its planned words",
          "[tf]") {
  const auto any_case = [](const Value& prior, const Value& config) {
    const auto words = [](const Value& set) {
      std::set<std::string> out;
      for (const Value& one : *set.as<List>()) {
        std::string word = *one.as<std::string>();
        for (char& c : word) c = static_cast<char>(std::tolower(c));
        out.insert(word);
      }
      return out;
    };
    return words(prior) == words(config);
  };
  const Schema schema{
      "", 0, {{"tags", Type::set(Type::string()), {}, Trait::optional, "", {.same = any_case}}}};
  const Value prior = Map{{"tags", List{"edge", "web"}}};
  const Plan first = plan(schema, prior, Map{{"tags", List{"Web", Unknown{}}}});
  const Plan second = plan(schema, prior, Map{{"tags", List{"Web", "edge"}}});
  CHECK(first.state == Value(Map{{"tags", List{"Web", Unknown{}}}}));
  CHECK(second.state == Value(Map{{"tags", List{"Web", "edge"}}}));
  CHECK(check_second_plan(schema, prior, first, second).empty());
  // What the cluster says keeps the words of the state.
  CHECK(as_written(schema, second.state, prior) == second.state);
}

TEST_CASE("a change makes unknown what is computed and not stable", "[tf]") {
  CHECK(change(web(), with(web(), {{"name", "api"}})) ==
        "~\n"
        "  name: \"web\" -> \"api\"\n"
        "  node: \"made\" -> (known after apply)\n"
        "  uptime: 7 -> (known after apply)\n"
        "  network[\"net0\"].address: \"made\" -> (known after apply)\n");
}

TEST_CASE("elements of a map are matched by key", "[tf]") {
  const Map two{{"net0", Map{{"bridge", "vmbr0"}}}, {"net1", Map{{"bridge", "vmbr1"}}}};
  CHECK(change(web(), with(web(), {{"network", two}, {"node", "pve1"}})) ==
        "-/+\n"
        "  id: \"made\" -> (known after apply)\n"
        "  node: \"made\" -> \"pve1\" # replaces\n"
        "  uptime: 7 -> (known after apply)\n"
        "  network[\"net0\"].mac: \"made\" -> (known after apply)\n"
        "  network[\"net0\"].address: \"made\" -> (known after apply)\n"
        "  network[\"net1\"].bridge: null -> \"vmbr1\"\n"
        "  network[\"net1\"].mtu: null -> 1500\n"
        "  network[\"net1\"].mac: null -> (known after apply)\n"
        "  network[\"net1\"].address: null -> (known after apply)\n");
  CHECK(change(with(web(), {{"network", two}}), with(web(), {{"network", Map{}}})) ==
        "~\n"
        "  node: \"made\" -> (known after apply)\n"
        "  uptime: 7 -> (known after apply)\n"
        "  network[\"net0\"].bridge: \"vmbr0\" -> null\n"
        "  network[\"net0\"].mtu: 1500 -> null\n"
        "  network[\"net0\"].mac: \"made\" -> null\n"
        "  network[\"net0\"].address: \"made\" -> null\n"
        "  network[\"net1\"].bridge: \"vmbr1\" -> null\n"
        "  network[\"net1\"].mtu: 1500 -> null\n"
        "  network[\"net1\"].mac: \"made\" -> null\n"
        "  network[\"net1\"].address: \"made\" -> null\n");
}

TEST_CASE("elements of a list are matched by position", "[tf]") {
  const Map a{{"bridge", "a"}};
  const Map b{{"bridge", "b"}};
  const Value prior = settled(with(web(), {{"disks", List{a, b}}}));
  const Plan shorter = plan(guest_schema(), prior, with(web(), {{"disks", List{b}}}));
  const Value& first = at(shorter.state, "disks").as<List>()->front();
  CHECK(at(first, "bridge") == Value("b"));
  CHECK(at(first, "mac") == Value("made"));  // of what stood there before
  CHECK(at(first, "address").is_unknown());
  CHECK(at(shorter.state, "uptime").is_unknown());
  const Plan longer = plan(guest_schema(), prior, with(web(), {{"disks", List{a, b, a}}}));
  CHECK(at(longer.state, "disks").as<List>()->size() == 3);
  CHECK(at(at(longer.state, "disks").as<List>()->back(), "mac").is_unknown());
  CHECK(at(longer.state, "uptime").is_unknown());
}

TEST_CASE("a single nested object comes, changes and goes", "[tf]") {
  const Value none = web();
  const Value one = with(web(), {{"root", Map{{"bridge", "a"}}}});
  const Value empty = with(web(), {{"root", Map{}}});
  CHECK(at(plan(guest_schema(), settled(none), one).state, "root") ==
        Value(Map{{"bridge", "a"},
                  {"model", Null{}},
                  {"mtu", 1500},
                  {"mac", Unknown{}},
                  {"address", Unknown{}}}));
  const Plan gone = plan(guest_schema(), settled(one), none);
  CHECK(at(gone.state, "root").is_null());
  CHECK(at(gone.state, "uptime").is_unknown());
  const Schema bare{"",
                    0,
                    {nested_row("root", Nesting::single, {"", 0, {}, {}, ""}, Trait::optional),
                     {"seen", Type::string(), {}, Trait::computed, "", {}}}};
  CHECK(plan(bare, Map{{"root", Null{}}, {"seen", "x"}}, Map{{"root", Map{}}}).state ==
        Value(Map{{"root", Map{}}, {"seen", Unknown{}}}));
  CHECK(at(plan(guest_schema(), settled(none), empty).state, "uptime").is_unknown());
}

TEST_CASE("a changed leaf that replaces names itself", "[tf]") {
  auto model = [](const char* name) {
    return Map{{"net0", Map{{"bridge", "vmbr0"}, {"model", name}}}};
  };
  const Value prior = settled(with(web(), {{"network", model("virtio")}}));
  const Plan p = plan(guest_schema(), prior, with(web(), {{"network", model("e1000")}}));
  CHECK(p.requires_replace == std::vector{Path("network").key("net0").attribute("model")});
  CHECK(at(p.state, "id").is_unknown());  // stable, but it will be another object
  const Plan same = plan(guest_schema(), prior, with(web(), {{"network", model("virtio")}}));
  CHECK(same.requires_replace.empty());
}

TEST_CASE("an element that comes or goes replaces nothing", "[tf]") {
  const Map both{{"net0", Map{{"bridge", "vmbr0"}}},
                 {"net1", Map{{"bridge", "b"}, {"model", "m"}}}};
  const Value two = with(web(), {{"network", both}});
  CHECK(plan(guest_schema(), settled(web()), two).requires_replace.empty());
  CHECK(plan(guest_schema(), settled(two), web()).requires_replace.empty());
  const Value root = with(web(), {{"root", Map{{"bridge", "a"}, {"model", "m"}}}});
  CHECK(plan(guest_schema(), settled(web()), root).requires_replace.empty());
  CHECK(plan(guest_schema(), settled(root), web()).requires_replace.empty());
}

TEST_CASE("a collection that replaces does so for whatever changes in it", "[tf]") {
  const Schema schema{
      "",
      0,
      {nested_row("network", Nesting::map, network_schema(), Trait::optional | Trait::replaces)}};
  auto networks = [](Map map) { return Value(Map{{"network", std::move(map)}}); };
  const Value one = networks({{"a", Map{{"bridge", "x"}, {"model", "m"}}}});
  const Value prior = applied(plan(schema, Null{}, one).state);
  const std::vector<Path> whole{Path("network")};
  CHECK(plan(schema, prior, one).requires_replace.empty());
  CHECK(plan(schema, prior, networks({})).requires_replace == whole);
  CHECK(plan(schema, prior, Map{{"network", Null{}}}).requires_replace == whole);
  CHECK(plan(schema, prior, networks({{"a", Map{{"bridge", "y"}, {"model", "n"}}}}))
            .requires_replace == whole);
}

TEST_CASE("a path never enters a set", "[tf]") {
  auto rules = [](int port) { return Map{{"rules", List{Map{{"port", port}, {"note", Null{}}}}}}; };
  const Value prior = settled(with(web(), rules(1)));
  CHECK(plan(guest_schema(), prior, with(web(), rules(2))).requires_replace ==
        std::vector{Path("rules")});
  CHECK(plan(guest_schema(), prior, with(web(), rules(1))).requires_replace.empty());
  CHECK(plan(guest_schema(), settled(web()), with(web(), rules(1))).requires_replace.empty());
}

TEST_CASE("what becomes unknown as a whole may replace by any leaf in it", "[tf]") {
  const Value unknown_map = with(web(), {{"network", Unknown{}}});
  CHECK(plan(guest_schema(), settled(web()), unknown_map).requires_replace ==
        std::vector{Path("network")});
  CHECK(plan(guest_schema(), Null{}, unknown_map).requires_replace.empty());
  const Value unknown_element = with(web(), {{"network", Map{{"net0", Unknown{}}}}});
  CHECK(plan(guest_schema(), settled(web()), unknown_element).requires_replace ==
        std::vector{Path("network").key("net0")});
  const Value unknown_rules = with(web(), {{"rules", Unknown{}}});
  CHECK(plan(guest_schema(), settled(web()), unknown_rules).requires_replace.empty());
  CHECK(
      plan(guest_schema(), settled(with(web(), {{"rules", List{Map{{"port", 1}}}}})), unknown_rules)
          .requires_replace == std::vector{Path("rules")});
}

TEST_CASE("unknown values are echoed with what is known of them", "[tf]") {
  const Value unknown = Unknown{"\x81\x01\xc2"};
  const Plan p = plan(guest_schema(), settled(web()), with(web(), {{"name", unknown}}));
  CHECK(at(p.state, "name").as<Unknown>()->refinements == "\x81\x01\xc2");
  CHECK(at(p.state, "uptime").is_unknown());
  CHECK(at(p.state, "id") == Value("made"));
}

TEST_CASE("a computed attribute that was configured once stays as it was", "[tf]") {
  const Value prior = settled(with(web(), {{"node", "pve1"}}));
  CHECK(plan(guest_schema(), prior, web()) == Plan{prior, {}});
  const Plan p = plan(guest_schema(), prior, with(web(), {{"name", "api"}}));
  CHECK(at(p.state, "node").is_unknown());
  CHECK(p.requires_replace.empty());
}

TEST_CASE("a fallback is what silence means", "[tf]") {
  auto mtu = [](const Value& value) {
    return with(web(), {{"network", Map{{"net0", Map{{"bridge", "vmbr0"}, {"mtu", value}}}}}});
  };
  CHECK(change(mtu(9000), mtu(Null{})).find("mtu: 9000 -> 1500") != std::string::npos);
  CHECK(change(mtu(1500), mtu(Null{})) == "=\n");
  const Schema schema{"",
                      0,
                      {nested_row("root", Nesting::single, network_schema(), Trait::optional,
                                  {.fallback = Map{{"bridge", "usual"}}})}};
  const Value prior = applied(plan(schema, Null{}, Map{{"root", Null{}}}).state);
  CHECK(at(at(prior, "root"), "mac") == Value("made"));
  CHECK(plan(schema, prior, Map{{"root", Null{}}}) == Plan{prior, {}});
}

TEST_CASE("what only we compute is not taken from a configuration", "[tf]") {
  const Value prior = settled(web());
  CHECK(plan(guest_schema(), prior, with(web(), {{"uptime", 99}})) == Plan{prior, {}});
}

TEST_CASE("a nested attribute left to us is unknown as a whole", "[tf]") {
  const Schema schema{
      "",
      0,
      {{"name", Type::string(), {}, Trait::required, "", {}},
       nested_row("root", Nesting::single, network_schema(), Trait::optional | Trait::computed)}};
  const Value config = Map{{"name", "a"}, {"root", Null{}}};
  CHECK(at(plan(schema, Null{}, config).state, "root").is_unknown());
  const Value prior = Map{{"name", "a"}, {"root", Map{{"bridge", "x"}}}};
  CHECK(plan(schema, prior, config).state == prior);
  CHECK(at(plan(schema, prior, Map{{"name", "b"}, {"root", Null{}}}).state, "root").is_unknown());
}

TEST_CASE("blocks are never null, and unknown ones are left alone", "[tf]") {
  const Schema schema{"",
                      0,
                      {nested_row("lists", Nesting::list, network_schema(), Trait::block),
                       nested_row("sets", Nesting::set, rule_schema(), Trait::block),
                       nested_row("maps", Nesting::map, network_schema(), Trait::block),
                       nested_row("one", Nesting::single, network_schema(), Trait::block)}};
  CHECK(plan(schema, Null{}, Map{}).state ==
        Value(Map{{"lists", List{}}, {"sets", List{}}, {"maps", Map{}}, {"one", Null{}}}));
  const Value config = Map{{"lists", Unknown{"\x81\x01\xc2"}},
                           {"sets", Unknown{}},
                           {"maps", Map{{"a", Map{{"bridge", "x"}}}}},
                           {"one", Map{{"bridge", "y"}}}};
  const Plan p = plan(schema, Null{}, config);
  CHECK(at(p.state, "lists").as<Unknown>()->refinements == "\x81\x01\xc2");
  CHECK(at(p.state, "sets").is_unknown());
  CHECK(at(at(at(p.state, "maps"), "a"), "mac").is_unknown());
  CHECK(at(at(p.state, "one"), "mtu") == Value(1500));
}

TEST_CASE("values of dynamic type", "[tf]") {
  const Schema schema{"",
                      0,
                      {{"data", Type::dynamic(), {}, Trait::optional | Trait::computed, "", {}},
                       {"seen", Type::string(), {}, Trait::computed, "", {}}}};
  auto config = [](Value v) { return Value(Map{{"data", std::move(v)}}); };
  auto text = [](const char* t) { return Value(Dynamic{Type::string(), {t}}); };
  const Value prior = Map{{"data", text("a")}, {"seen", "x"}};
  CHECK(plan(schema, prior, config(text("a"))).state == prior);
  CHECK(at(plan(schema, prior, config(text("b"))).state, "seen").is_unknown());
  CHECK(plan(schema, prior, config(Dynamic{Type::string(), {Null{}}})).state == prior);
  CHECK(at(plan(schema, Null{}, config(Dynamic{Type::string(), {Null{}}})).state, "data")
            .is_unknown());
}

TEST_CASE("a plan shows no secrets", "[tf]") {
  const Schema inner{"",
                     0,
                     {{"key", Type::string(), {}, Trait::optional | Trait::sensitive, "", {}},
                      {"name", Type::string(), {}, Trait::optional, "", {}}}};
  const Schema schema{
      "",
      0,
      {{"token", Type::string(), {}, Trait::optional | Trait::sensitive, "", {}},
       nested_row("keys", Nesting::map, inner, Trait::optional),
       nested_row("more", Nesting::set, inner, Trait::optional),
       nested_row("all", Nesting::single, inner, Trait::optional | Trait::sensitive)}};
  const Map key{{"key", "hunter2"}, {"name", "n"}};
  const Value state =
      Map{{"token", "hunter2"}, {"keys", Map{{"a", key}}}, {"more", List{key}}, {"all", key}};
  CHECK(render(schema, Null{}, {state, {}}) ==
        "+\n"
        "  token: (sensitive)\n"
        "  keys[\"a\"].key: (sensitive)\n"
        "  keys[\"a\"].name: \"n\"\n"
        "  more: (sensitive)\n"
        "  all.key: (sensitive)\n"
        "  all.name: (sensitive)\n");
  const Value next = Map{
      {"token", Unknown{}}, {"keys", Map{{"a", Unknown{}}}}, {"more", Unknown{}}, {"all", Null{}}};
  CHECK(render(schema, state, {next, {}}) ==
        "~\n"
        "  token: (sensitive) -> (known after apply)\n"
        "  keys[\"a\"]: {…} -> (known after apply)\n"
        "  more: (sensitive) -> (known after apply)\n"
        "  all.key: (sensitive) -> null\n"
        "  all.name: (sensitive) -> null\n");
}

}  // namespace
}  // namespace plan_test
