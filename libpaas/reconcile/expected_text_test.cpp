#include "libpaas/reconcile/expected_text.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/schema_test.hpp"

namespace expected_text_test {

using namespace paas;
using namespace paas::reconcile;
using namespace paas::model;

ExpectedContainer container(int ordinal) {
  ExpectedContainer out;
  out.name = "shop-web-" + std::to_string(ordinal) + "-1f2e3d4c";
  out.allocation = {"shop", "web", ordinal};
  out.release = std::string(64, 'a');
  out.image_id = "sha256:" + std::string(64, 'b');
  out.container.image = "web:1";
  out.container.environment = {{"A", "é \"x\""}};
  out.container.mounts = {{.source = "shop.web.0.data", .target = "/data"}};
  out.network = "paas";
  out.address = "10.200.1." + std::to_string(2 + ordinal);
  out.dns_servers = {"10.200.1.1"};
  return out;
}

ExpectedState full() {
  ExpectedState out;
  out.generation = 42;
  out.networks = {{"paas", "paas0", "10.200.1.0/24", "10.200.1.1", 1420, {{"a", "b"}}}};
  out.containers = {container(0), container(1)};
  out.names = "{\"format\":1,\"generation\":3,\"projects\":[]}\n";
  out.carried = {{"peers", "[{\"key\":\"x\"}]"}, {"routes", "[]"}};
  return out;
}

TEST_CASE("expected state: it is read as it was written") {
  const auto again = parse_expected(print_expected(full()));
  if (!again) FAIL(again.error().message);
  CHECK(*again == full());
  CHECK(parse_expected(print_expected({})).value() == ExpectedState{});
}

TEST_CASE("expected state: any number of anything is read as it was written") {
  CHECK(rc::check("parse(print(x)) == x", [] {
    ExpectedState state = full();
    state.generation = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1 << 30));
    state.containers.clear();
    const int count = *rc::gen::inRange(0, 6);
    for (int i = 0; i < count; ++i) {
      ExpectedContainer one = container(i);
      one.container.environment["TEXT"] =
          *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
      one.container.limits.memory_mib = static_cast<std::uint64_t>(*rc::gen::inRange(6, 1 << 20));
      one.image_id = *rc::gen::element<std::string>("", "sha256:1");
      state.containers.push_back(one);
    }
    RC_ASSERT(parse_expected(print_expected(state)).value() == state);
  }));
}

TEST_CASE("expected state: its schema tells of all that is written") {
  const schema_test::Schema schema("expected");
  const Json json = *parse_json(print_expected(full()));
  CHECK(schema.breach(json) == "");
  const auto compared = schema_test::Comparison(schema).run(json);
  CHECK(compared.untold == std::set<std::string>{});
  CHECK(compared.unseen == std::set<std::string>{});
}

// The text of full() with one section changed, hashed anew or not.
template <class Change>
std::string changed(const std::string& section, bool hashed, const Change& change) {
  Json json = *parse_json(print_expected(full()));
  Json::Object& sections = *json.object()->at("sections").object();
  Json::Object& one = *sections.at(section).object();
  change(one.at("content"));
  if (hashed) one["sha256"] = hex(sha256(print_json(one.at("content"))));
  return print_json(json);
}

std::string message(const std::string& text) {
  const auto parsed = parse_expected(text);
  return parsed ? "" : parsed.error().message;
}

TEST_CASE("expected state: a section that was changed on the way is refused by its name") {
  for (const char* const name : {"networks", "containers", "names", "routes", "peers"}) {
    const std::string text = changed(name, false, [](Json& content) {
      if (content.array()) content.array()->push_back(1);
      if (content.object()) content.object()->emplace("more", 1);
    });
    CHECK(message(text) == "expected state: sections." + std::string(name) +
                               ": its content is not what its sha256 says");
  }
}

TEST_CASE("expected state: what a newer sender added is ignored, and the hash holds it") {
  const auto parsed = parse_expected(changed("containers", true, [](Json& content) {
    content.array()->at(0).object()->emplace("more", Json::Object{{"x", 1}});
    content.array()->at(0).object()->at("container").object()->emplace("newer", true);
  }));
  REQUIRE(parsed);
  CHECK(*parsed == full());
  Json json = *parse_json(print_expected(full()));
  json.object()->emplace("more", 1);
  json.object()->at("sections").object()->emplace("certificates", Json::Object{{"content", 1}});
  CHECK(parse_expected(print_json(json)).value() == full());
}

TEST_CASE("expected state: white space and the order of members do not count") {
  const std::string pretty = pretty_json(*parse_json(print_expected(full())));
  CHECK(parse_expected(pretty).value() == full());
}

TEST_CASE("expected state: a section that is not there is not taken for an empty one") {
  for (const char* const name : {"networks", "containers", "names"}) {
    Json json = *parse_json(print_expected(full()));
    json.object()->at("sections").object()->erase(name);
    CHECK(message(print_json(json)) ==
          "expected state: sections." + std::string(name) + ": is missing");
  }
  CHECK(message(R"({"version":2,"generation":1,"sections":{}})") ==
        "expected state: version: must be from 1 to 1");
  CHECK(message("[]") == "expected state: must be a map, not a list");
  CHECK_FALSE(parse_expected("{"));
}

TEST_CASE("expected state: what no engine could make is refused with its path") {
  const auto wrong = [](const std::string& member, const Json& value) {
    return message(changed("containers", true, [&](Json& content) {
      content.array()->at(1).object()->insert_or_assign(member, value);
    }));
  };
  const std::string at = "expected state: sections.containers.content[1].";
  CHECK(wrong("name", full().containers[0].name) == at + "name: is empty or there twice");
  CHECK(wrong("address", "10.200.1.2") == at + "address: is there twice");
  CHECK(wrong("address", "10.200.2.2") == at + "address: must be in the subnet of its network");
  CHECK(wrong("address", "x") == at + "address: must be in the subnet of its network");
  CHECK(wrong("network", "other") == at + "network: there is none of that name");
  CHECK(wrong("project", "../x") == at + "project: must be a DNS label");
  CHECK(wrong("app", "") == at + "app: must be a DNS label");
  CHECK(wrong("replica", -1) == at + "replica: must be from 0 to 1000000");
  CHECK(wrong("dns_servers", Json::Array{"x"}) == at + "dns_servers: must be IP addresses");
  CHECK(wrong("container", Json::Object{}) == at + "container.image: is required");
  const auto network = [](const std::string& member, const Json& value) {
    return message(changed("networks", true, [&](Json& content) {
      content.array()->at(0).object()->insert_or_assign(member, value);
    }));
  };
  const std::string of = "expected state: sections.networks.content[0].";
  CHECK(network("subnet", "10.0.0.0") == of + "subnet: must be an IPv4 network");
  CHECK(network("gateway", "10.0.0.1") == of + "gateway: must be in the subnet");
  CHECK(network("bridge", "a-name-of-16-byte") == of + "bridge: must have 1 to 15 bytes");
  CHECK(message(changed("names", true, [](Json& content) { content = "text"; })) ==
        "expected state: sections.names.content: must be a map");
}

}  // namespace expected_text_test
