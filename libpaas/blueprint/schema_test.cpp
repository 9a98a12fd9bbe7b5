// docs/formats/apps.schema.json and the codec say the same, and the examples of the guide hold.

#include "libpaas/base/schema_test.hpp"

#include <catch2/catch.hpp>

#include "libpaas/blueprint/blueprint.hpp"

namespace apps_schema_test {

using namespace paas;
using schema_test::properties_of;
using schema_test::Schema;

std::set<std::string> fields_at(const std::string& text) {
  const auto parsed = blueprint::parse(text, "f");
  REQUIRE(!parsed);
  return schema_test::known_fields(parsed.error());
}

TEST_CASE("apps schema: its fields are those that the codec knows") {
  const Schema schema("apps");
  const std::string odd = "{zzzzzzzzzzzzzzzz: 1}";
  const auto in_app = [&](const std::string& inner) { return "apps: [{" + inner + "}]"; };
  const std::pair<const char*, std::string> places[] = {
      {"app", "apps: [" + odd + "]"},
      {"job", "jobs: [" + odd + "]"},
      {"registry", "registries: [" + odd + "]"},
      {"dns", "dns: " + odd},
      {"port", in_app("ports: [" + odd + "]")},
      {"mount", in_app("mounts: [" + odd + "]")},
      {"secret", in_app("secrets: [" + odd + "]")},
      {"device", in_app("devices: [" + odd + "]")},
      {"resources", in_app("resources: " + odd)},
      {"probe", in_app("readiness: " + odd)},
      {"http", in_app("readiness: {http: " + odd + "}")},
      {"tcp", in_app("liveness: {tcp: " + odd + "}")},
      {"update", in_app("update: " + odd)},
  };
  CHECK(properties_of(schema.root()) == fields_at(odd));
  std::set<std::string> covered;
  for (const auto& [name, text] : places) {
    INFO(name);
    CHECK(properties_of(schema.definition(name)) == fields_at(text));
    covered.insert(name);
  }
  for (const auto& [name, definition] : *schema.root()["$defs"].object()) {
    INFO(name);
    CHECK(covered.contains(name));
    CHECK(definition["additionalProperties"] == Json(false));
    for (const auto& [field, property] : *definition["properties"].object()) {
      INFO(field);
      REQUIRE(property["description"].string() != nullptr);
      CHECK(!property["description"].string()->empty());
    }
  }
}

// A blueprint in which nothing is as by default.
const char* const everything = R"(
format: 1
registries: [{host: "r.example:5000", username: u, password_file: pw, ca_file: /ca, insecure: true}]
apps:
  - name: web
    project: shop
    replicas: 1
    image: r.example:5000/web:1
    pull: always
    platform: linux/arm64
    entrypoint: [/web]
    command: [serve, 1]
    user: 1000
    working_dir: /srv
    hostname: web
    env: {A: 1, B: true}
    env_from: {TOKEN: token}
    secrets: [{source: db, target: /run/db}]
    ports: [{port: 80, name: http, protocol: udp, host_port: 8080, host_address: 10.0.0.1}]
    mounts:
      - {target: /data, volume: data, shared: true, read_only: true}
      - {target: /etc/x, bind: /srv/x}
      - {target: /tmp, tmpfs: true, size: 64M}
    devices: [{host: /dev/fuse, container: /dev/f, access: r}]
    capabilities: [NET_ADMIN]
    privileged: true
    read_only: true
    new_privileges: true
    init: false
    sysctls: {net.core.somaxconn: 1024}
    resources: {memory: 512, cpu: 0.5, pids: 9, open_files: 9, log: 1M}
    stop_signal: SIGINT
    stop_grace: 30s
    readiness:
      {http: {port: 80, path: /ok, headers: {X: y}, lowest_status: 201, highest_status: 204},
       start_period: 1s, interval: 2s, timeout: 3s, failures: 4, successes: 5}
    liveness: {tcp: {port: 80}}
    labels: {a: b}
    update: {order: stop-first, at_once: 2, healthy_within: 1m, drain: 1s, on_failure: pause,
             keep_releases: 2}
jobs:
  - {name: nightly, image: "a:1", schedule: 0 3 * * *, time_zone: Europe/Berlin, overlap: queue,
     timeout: 2h, retry: 1, history: 3, catch_up: true, liveness: {command: [true]}}
dns: {ttl: 9s}
)";

TEST_CASE("apps schema: what is written and what is printed is valid") {
  const Schema schema("apps");
  const auto parsed = blueprint::parse(everything, "f");
  if (!parsed) FAIL(describe(parsed.error().front()));
  CHECK(schema.breach(schema_test::json_of(*parse_document(everything, "f"))) == "");
  CHECK(schema.breach(blueprint::to_json(*parsed)) == "");
}

TEST_CASE("apps schema: what the codec refuses is refused") {
  const Schema schema("apps");
  const auto breach = [&](const std::string& text) {
    CHECK(!blueprint::parse(text, "f"));
    return schema.breach(schema_test::json_of(*parse_document(text, "f")));
  };
  CHECK(breach("jobs: []") == ": lacks apps");
  CHECK(breach("apps: [{name: web}]") == "apps[]: lacks image");
  CHECK(breach("apps: [{name: web, image: a, replica: 2}]") == "apps[].replica: is not known");
  CHECK(breach("apps: [{name: web, image: a, replicas: 1001}]") == "apps[].replicas: is too great");
  CHECK(breach("apps: [{name: web, image: a, pull: often}]") == "apps[].pull: no word");
  CHECK(breach("apps: [{name: web, image: a, env: [1]}]") == "apps[].env: has another type");
  CHECK(breach("{apps: [], format: 2}") == "format: is another value");
}

TEST_CASE("apps schema: the examples of the guide are taken") {
  const Schema schema("apps");
  std::size_t judged = 0;
  for (const std::string& text : schema_test::yaml_blocks("guides/state-file.md")) {
    if (text.find("apps:") == std::string::npos) continue;
    INFO(text);
    const auto parsed = blueprint::parse(text, "example");
    if (!parsed) FAIL(describe(parsed.error().front()));
    CHECK(schema.breach(schema_test::json_of(*parse_document(text, "example"))) == "");
    ++judged;
  }
  CHECK(judged >= 4);
}

}  // namespace apps_schema_test
