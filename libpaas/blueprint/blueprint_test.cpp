#include "libpaas/blueprint/blueprint.hpp"

#include <catch2/catch.hpp>

namespace blueprint_file_test {

using namespace paas;
using namespace paas::blueprint;
using namespace std::chrono_literals;

model::Blueprint read(std::string_view text) {
  auto parsed = parse(text, "apps.yaml");
  if (!parsed) FAIL(error_of(parsed.error()).message);
  return *std::move(parsed);
}

// "3:5 apps[0].replicas must be …"
std::vector<std::string> flaws(std::string_view text) {
  std::vector<std::string> out;
  const auto parsed = parse(text, "apps.yaml");
  if (parsed) return out;
  for (const Flaw& flaw : parsed.error()) {
    out.push_back(std::to_string(flaw.place.line) + ":" + std::to_string(flaw.place.column) + " " +
                  flaw.path + " " + flaw.message);
  }
  return out;
}

constexpr std::string_view full = R"(
format: 1
registries:
  - {host: "registry.example.com:5000", username: ci, password_file: registry-ci}
apps:
  - name: web
    project: shop
    image: registry.example.com:5000/shop/web:1.10
    replicas: 3
    command: [serve, --port, "8080"]
    user: "1000:1000"
    env: {MODE: production, ANSWER: 42}
    env_from: {DB_PASSWORD: shop-db}
    secrets: [{source: tls.key}]
    ports: [{name: http, port: 8080}, {port: 53, protocol: udp}]
    mounts:
      - {volume: uploads, target: /var/uploads, shared: true}
      - {bind: /srv/static, target: /static, read_only: true}
      - {tmpfs: true, target: /tmp, size: 64M}
    capabilities: [NET_BIND_SERVICE]
    read_only: true
    resources: {memory: 256M, cpu: 0.5, pids: 100, open_files: 4096, log: 10M}
    stop_grace: 30s
    readiness: {http: {port: 8080, path: /ready, headers: {Host: shop}}, interval: 2s}
    liveness: {command: [/bin/check], failures: 5}
    update: {order: stop-first, at_once: 2, healthy_within: 90s, drain: 10s, on_failure: pause}
jobs:
  - {name: report, project: shop, image: busybox, schedule: "30 3 * * mon-fri", time_zone: Europe/Berlin,
     overlap: queue, timeout: 10m, retry: 2, catch_up: true}
dns: {ttl: 10s}
)";

TEST_CASE("blueprint: a file says what shall run") {
  const auto blueprint = read(full);
  REQUIRE(blueprint.apps.size() == 1);
  const model::App& web = blueprint.apps[0];
  CHECK(web.container.image == "registry.example.com:5000/shop/web:1.10");
  CHECK(web.container.environment.at("ANSWER") == "42");
  CHECK(web.container.limits.cpu_milli == 500);
  CHECK(web.container.limits.memory_mib == 256);
  CHECK(web.container.secrets[0].target == "/run/secrets/tls.key");
  CHECK(web.container.mounts[0].shared);
  CHECK(web.container.mounts[2].size_mib == 64);
  CHECK(web.container.readiness->kind == model::ProbeKind::http);
  CHECK(web.container.liveness->kind == model::ProbeKind::command);
  CHECK(web.update.healthy_within == 90s);
  CHECK(blueprint.jobs.at(0).timeout == 10min);
  CHECK(blueprint.dns_ttl == 10s);
}

TEST_CASE("blueprint: what is written back says the same") {
  const auto blueprint = read(full);
  CHECK(read(print_json(to_json(blueprint))) == blueprint);
  const auto least = read("apps: [{name: a, image: b}]");
  CHECK(print_json(to_json(least)) == R"({"apps":[{"image":"b","name":"a"}]})");
}

TEST_CASE("blueprint: only an explicit empty list means that nothing shall run") {
  CHECK(read("apps: []").apps.empty());
  CHECK_THAT(flaws("")[0], Catch::Contains("must be a map, not nothing"));
  CHECK_THAT(flaws("jobs: []")[0], Catch::Contains("apps: []"));
  CHECK_THAT(flaws("apps:")[0], Catch::Contains("apps: []"));
}

TEST_CASE("blueprint: all mistakes are told at once, each with its place") {
  CHECK(flaws(R"(
apps:
  - name: Web
    image: registry/UPPER/x
    replicas: -1
    replica: 2
    ports: [{port: 70000}]
    env: {"A-B": 1}
  - name: api
    image: x
    mounts: [{volume: data, bind: /srv, target: /data}, {tmpfs: true, target: data}]
    readiness: {interval: 0s}
  - {name: api, image: "x@sha256:12"}
jobs: [{name: j, image: x, schedule: "61 * * * *", time_zone: ../UTC}]
)") == std::vector<std::string>{
           "3:11 apps[0].name must be a DNS label: a-z, 0-9 and '-' inside, at most 63",
           "4:12 apps[0].image the name of an image is written in lower case",
           "5:15 apps[0].replicas must be from 0 to 1000",
           "6:5 apps[0].replica unknown field; did you mean \"replicas\"?",
           "7:20 apps[0].ports[0].port must be from 1 to 65535",
           "8:18 apps[0].env.A-B is no name of an environment variable",
           "11:14 apps[1].mounts[0] needs exactly one of volume, bind and tmpfs",
           "11:79 apps[1].mounts[1].target must be an absolute path in the container, without "
           "\"..\", ':' and ','",
           "12:16 apps[1].readiness needs exactly one of http, tcp and command",
           "12:27 apps[1].readiness.interval must be at least 1s",
           "13:12 apps[2].name project \"default\" has an app or a job of that name",
           "13:24 apps[2].image a digest is written as @sha256: and 64 digits",
           "14:38 jobs[0].schedule the minute \"61\" is no list of numbers from 0 to 59, of "
           "ranges, '*' and steps",
           "14:63 jobs[0].time_zone must be a name of the time zone database, like "
           "Europe/Berlin"});
}

TEST_CASE("blueprint: several files are one, and names are unique over all") {
  const auto whole = parse_all(
      {{"a.yaml", "apps: [{name: a, image: x}]"}, {"b.yaml", "jobs: [{name: b, image: x}]"}});
  REQUIRE(whole);
  CHECK(whole->apps.size() == 1);
  CHECK(whole->jobs.size() == 1);
  const auto doubled = parse_all(
      {{"a.yaml", "apps: [{name: a, image: x}]"}, {"b.yaml", "jobs: [{name: a, image: x}]"}});
  REQUIRE_FALSE(doubled);
  CHECK(doubled.error()[0].file == "b.yaml");
  CHECK_THAT(doubled.error()[0].message, Catch::Contains("another file"));
}

TEST_CASE("blueprint: a port of the host has one user") {
  CHECK_THAT(
      flaws("apps: [{name: a, image: x, replicas: 2, ports: [{port: 80, host_port: 80}]}]")[0],
      Catch::Contains("must be 1 for an app with a port of the host"));
}

TEST_CASE("blueprint: a port of the host cannot be had by two containers of an update") {
  CHECK_THAT(flaws("apps: [{name: a, image: x, ports: [{port: 80, host_port: 80}], update: {order: "
                   "start-first}}]")[0],
             Catch::Contains("apps[0].update.order must not be start-first"));
}

TEST_CASE("blueprint: no two apps or jobs have containers of one name") {
  const std::string first = "apps: [{name: c, project: a-b, image: x}]";
  const std::string second = "jobs: [{name: b-c, project: a, image: x}]";
  CHECK(flaws(first + "\n" + second) ==
        std::vector<std::string>{"2:15 jobs[0].name its containers would be called as those of "
                                 "\"c\" of project \"a-b\""});
  const auto doubled = parse_all({{"a.yaml", first}, {"b.yaml", second}});
  REQUIRE_FALSE(doubled);
  CHECK(doubled.error()[0].message ==
        "another file declares \"c\" in project \"a-b\", whose containers would be called alike");
}

TEST_CASE("blueprint: paths cannot leave where they are") {
  for (const auto* path : {"/a/../b", "/a//b", "a", "/", "/a/", "/a:b", "/a,b"}) {
    INFO(path);
    CHECK(flaws("apps: [{name: a, image: x, mounts: [{tmpfs: true, target: '" + std::string(path) +
                "'}]}]")
              .size() == 1);
  }
  CHECK(flaws("apps: [{name: a, image: x, secrets: [{source: ../key}]}]").size() >= 1);
}

}  // namespace blueprint_file_test
