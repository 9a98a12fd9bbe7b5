#include "libpaas/dns/feed.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "libpaas/base/json.hpp"
#include "libpaas/dns/asking_test.hpp"

namespace feed_test {

using namespace asking_test;

TEST_CASE("dns feed: what is printed is parsed to the same") {
  Feed feed = small_world();
  feed.ttl_s = 9;
  feed.negative_ttl_s = 0;
  feed.listen = {parse_endpoint("10.200.1.1").value(), parse_endpoint("[fd00:1::1]:5353").value()};
  CHECK(parse_feed(print_feed(feed)).value() == feed);
  CHECK(parse_feed(print_feed(Feed{})).value() == Feed{});
}

TEST_CASE("dns feed: what is left out has its default, what is unknown is ignored") {
  const Feed feed = parse_feed(R"({"format": 1, "generation": 3, "from": "later", "projects": [
      {"name": "p", "colour": "red", "apps": [{"name": "a", "weight": [1]}]}]})")
                        .value();
  CHECK(feed.generation == 3);
  CHECK(feed.ttl_s == 5);
  CHECK(feed.negative_ttl_s == 1);
  REQUIRE(feed.projects.size() == 1);
  CHECK(feed.projects[0].apps[0].replicas.empty());
}

std::string refusal(const std::string& members) {
  const auto feed = parse_feed(R"({"format": 1, "generation": 1)" + members + "}");
  return feed ? "" : feed.error().message;
}

std::string refusal_of_app(const std::string& app) {
  return refusal(R"(, "projects": [{"name": "p", "apps": [)" + app + "]}]");
}

TEST_CASE("dns feed: what is wrong is refused with its place") {
  for (const char* text :
       {"", "{", "[]", "null", "{}", R"({"generation": 1, "projects": []})",
        R"({"format": 2, "generation": 1, "projects": []})", R"({"format": 1, "projects": []})"}) {
    CHECK(!parse_feed(text));
  }
  CHECK(refusal("") == "projects: is missing; an empty list says that there is none");
  CHECK(refusal(R"(, "projects": {})") == "projects: must be a list");
  CHECK(refusal(R"(, "ttl_s": -1, "projects": [])").starts_with("ttl_s: "));
  CHECK(refusal(R"(, "clients": ["10.0.0.1/8"], "projects": [])").starts_with("clients[0]: "));
  CHECK(refusal(R"(, "listen": ["0.0.0.0"], "projects": [])").starts_with("listen[0]: "));
  CHECK(refusal(R"(, "listen": ["::"], "projects": [])").starts_with("listen[0]: "));
  CHECK(refusal(R"(, "projects": [{"name": "Shop"}])").starts_with("projects[0].name: "));
  CHECK(refusal(R"(, "projects": [{"name": "a"}, {"name": "a"}])") ==
        "projects[1]: the name is there twice");
  CHECK(refusal(R"(, "projects": [{"name": "a", "networks": ["10.0.0.0/8"]},
                                  {"name": "b", "networks": ["10.1.0.0/16"]}])") ==
        R"(projects: 10.1.0.0/16 of "b" overlaps 10.0.0.0/8 of "a")");
  const std::string app = "projects[0].apps[0].";
  CHECK(refusal_of_app(R"({"name": "a", "ports": [{"name": "x", "port": 0}]})")
            .starts_with(app + "ports[0].port: "));
  CHECK(refusal_of_app(R"({"name": "a", "ports": [{"name": "x", "port": 1, "protocol": "sctp"}]})")
            .starts_with(app + "ports[0].protocol: "));
  CHECK(refusal_of_app(R"({"name": "a", "ports": [{"name": "x", "port": 1},
                                                  {"name": "x", "port": 2}]})") ==
        app + "ports[1]: the name is there twice");
  CHECK(refusal_of_app(R"({"name": "a", "replicas": [{"name": "1", "addresses": []}]})") ==
        app + "replicas[0].addresses: must name at least one");
  CHECK(refusal_of_app(R"({"name": "a", "replicas": [{"name": "1", "addresses": ["x"]}]})")
            .starts_with(app + "replicas[0].addresses[0]: "));
}

TEST_CASE("dns feed: an address is of a bounded number of replicas") {
  Feed feed = small_world();
  App& app = feed.projects[0].apps[1];
  for (int i = 2; i < 99; ++i) app.replicas.push_back({std::to_string(i), {ip("10.200.1.9")}});
  CHECK(Zone::compile(feed));
  for (int i = 99; i < 120; ++i) app.replicas.push_back({std::to_string(i), {ip("10.200.1.9")}});
  CHECK(!Zone::compile(feed));
}

TEST_CASE("dns feed: the longest names fit") {
  Feed feed;
  const std::string longest(63, 'x');
  feed.clients = {network("10.0.0.0/8")};
  feed.projects.push_back(
      {longest,
       {},
       {{longest, {{std::string(62, 'p'), "tcp", 1}}, {{longest, {ip("10.0.0.9")}}}}}});
  const Zone zone = Zone::compile(parse_feed(print_feed(feed)).value()).value();
  const std::string app = longest + "." + longest + ".internal";
  const auto count = [&](const std::string& name, std::uint16_t kind) {
    return say(zone, {name, kind, class_in, "10.0.0.1"}).message.answers.size();
  };
  CHECK(count(app, type::a) == 1);
  CHECK(count(longest + "." + app, type::a) == 1);
  CHECK(count("_" + std::string(62, 'p') + "._tcp." + app, type::srv) == 1);
}

TEST_CASE("dns zone: every name of a large feed is found, and no other") {
  Feed feed;
  feed.clients = {network("10.0.0.0/8")};
  for (int p = 0; p < 20; ++p) {
    Project project{"p" + std::to_string(p), {}, {}};
    for (int a = 0; a < 50; ++a) {
      const auto bits = static_cast<std::uint32_t>(0x0A000000 + p * 256 + a);
      project.apps.push_back({"a" + std::to_string(a), {}, {{"1", {Ip::v4({bits})}}}});
    }
    feed.projects.push_back(std::move(project));
  }
  const Zone zone = Zone::compile(feed).value();
  for (int p = 0; p < 21; ++p) {
    for (int a = 0; a < 51; ++a) {
      const std::string name = "a" + std::to_string(a) + ".p" + std::to_string(p) + ".internal";
      const Said said = say(zone, {name, type::a, class_in, "10.9.9.9"});
      const bool known = p < 20 && a < 50;
      CHECK(said.message.answers.size() == (known ? 1 : 0));
      CHECK((said.rcode() == Rcode::name_error) == !known);
    }
  }
}

// The fields that a schema object names.
std::vector<std::string> fields_of(const Json& schema) {
  std::vector<std::string> out;
  for (const auto& [name, value] : *schema["properties"].object()) out.push_back(name);
  return out;
}

std::vector<std::string> fields_in(const Json& object) {
  std::vector<std::string> out;
  for (const auto& [name, value] : *object.object()) out.push_back(name);
  return out;
}

TEST_CASE("dns feed: the published schema names what is written") {
  std::ifstream in(PAAS_SOURCE_DIR "/docs/formats/dns-feed.schema.json");
  std::ostringstream text;
  text << in.rdbuf();
  const Json schema = parse_json(text.str()).value();
  const Json feed = parse_json(print_feed(small_world())).value();
  CHECK(fields_of(schema) == fields_in(feed));
  const Json& project = (*feed["projects"].array())[0];
  CHECK(fields_of(schema["$defs"]["project"]) == fields_in(project));
  const Json& app = (*project["apps"].array())[0];
  CHECK(fields_of(schema["$defs"]["app"]) == fields_in(app));
  CHECK(fields_of(schema["$defs"]["port"]) == fields_in((*app["ports"].array())[0]));
  CHECK(fields_of(schema["$defs"]["replica"]) == fields_in((*app["replicas"].array())[0]));
}

}  // namespace feed_test
