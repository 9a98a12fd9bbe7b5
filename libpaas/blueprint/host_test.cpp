#include "libpaas/blueprint/host.hpp"

#include <catch2/catch.hpp>

#include "libpaas/base/schema_test.hpp"
#include "libpaas/blueprint/paths.hpp"

namespace host_rules_test {

using namespace paas;
using namespace paas::blueprint;
using Lines = std::vector<std::string>;

HostRules rules(std::string_view text) {
  auto parsed = parse_host_rules(text, "host.yaml");
  if (!parsed) FAIL(error_of(parsed.error()).message);
  return *std::move(parsed);
}

Lines flaws(std::string_view text) {
  Lines out;
  const auto parsed = parse_host_rules(text, "host.yaml");
  if (parsed) return out;
  for (const Flaw& flaw : parsed.error()) {
    out.push_back(std::to_string(flaw.place.line) + ":" + std::to_string(flaw.place.column) + " " +
                  flaw.path + " " + flaw.message);
  }
  return out;
}

// Of one app with these settings: "apps[0].image: this host allows …".
Lines breaches_of(const model::Container& container, const HostRules& allowed) {
  model::Blueprint blueprint;
  blueprint.apps = {{.name = "a", .container = container}};
  Lines out;
  for (const Mistake& one : breaches(blueprint, allowed))
    out.push_back(one.path + ": " + one.message);
  return out;
}

model::Container with_image(const std::string& image) {
  model::Container out;
  out.image = image;
  return out;
}

TEST_CASE("host: what a file says, and what it does not say") {
  const HostRules full = rules(R"(
format: 1
bind_roots: [/srv/paas, /mnt/data]
capabilities: [NET_ADMIN]
devices: [/dev/dri/*]
privileged: true
new_privileges: true
registries: ["registry.example.com:5000", "*.example.org"]
archive_roots: [/]
ports: [443, 8000-8999]
public_ports: true
sysctls: [net.ipv4.ip_unprivileged_port_start]
require_signed_commits: true
)");
  CHECK(full.bind_roots == Lines{"/srv/paas", "/mnt/data"});
  CHECK(full.registries == Lines{"registry.example.com:5000", "*.example.org"});
  CHECK(full.ports == std::vector<PortRange>{{443, 443}, {8000, 8999}});
  CHECK(full.privileged);
  CHECK(full.require_signed_commits);
  CHECK(rules("{}") == HostRules{});
  CHECK(rules("registries: []").registries.empty());
  CHECK(rules("registries:").registries == Lines{"*"});
}

TEST_CASE("host: all that is wrong is told at once, with its place") {
  CHECK(flaws(R"(
bind_roots: [/srv/../etc, //, /srv/, srv, "", /, /ok]
capabilities: [CAP_NET_ADMIN, net_admin]
devices: [/srv/x, /dev/../etc]
registries: [UPPER, "*", "a/b"]
ports: [0, 70000, 9-8, a, 1-2-3, 80]
privilege: true
)") == Lines{
           "2:14 bind_roots[0] must be an absolute path without \"..\", and without '/' at its end",
           "2:27 bind_roots[1] must be an absolute path without \"..\", and without '/' at its end",
           "2:31 bind_roots[2] must be an absolute path without \"..\", and without '/' at its end",
           "2:38 bind_roots[3] must be an absolute path without \"..\", and without '/' at its end",
           "2:43 bind_roots[4] must be an absolute path without \"..\", and without '/' at its end",
           "3:16 capabilities[0] must be a capability in upper case without CAP_, like NET_ADMIN",
           "3:31 capabilities[1] must be a capability in upper case without CAP_, like NET_ADMIN",
           "4:11 devices[0] must be a path below /dev, in which '*' stands for a part of a name",
           "4:19 devices[1] must be a path below /dev, in which '*' stands for a part of a name",
           "5:14 registries[0] must be a host in lower case, *.example.org for all below it, or *",
           "5:26 registries[2] must be a host in lower case, *.example.org for all below it, or *",
           "6:9 ports[0] must be a port or a range of ports, like 443 or 8000-8999",
           "6:12 ports[1] must be a port or a range of ports, like 443 or 8000-8999",
           "6:19 ports[2] must be a port or a range of ports, like 443 or 8000-8999",
           "6:24 ports[3] must be a port or a range of ports, like 443 or 8000-8999",
           "6:27 ports[4] must be a port or a range of ports, like 443 or 8000-8999",
           "7:1 privilege unknown field; did you mean \"privileged\"?"});
  CHECK(flaws("[]").size() == 1);
}

TEST_CASE("host: the schema knows the fields that the codec knows, and the example holds") {
  const schema_test::Schema schema("host");
  const auto parsed = parse_host_rules("{zzzzzzzzzzzzzzzz: 1}", "f");
  REQUIRE_FALSE(parsed);
  CHECK(schema_test::properties_of(schema.root()) == schema_test::known_fields(parsed.error()));
  for (const auto& [name, property] : *schema.root()["properties"].object()) {
    INFO(name);
    CHECK(property["description"].string() != nullptr);
  }
  int examples = 0;
  for (const std::string& example : schema_test::yaml_blocks("formats/README.md")) {
    if (example.find("bind_roots") == example.npos) continue;
    ++examples;
    const HostRules read = rules(example);
    CHECK_FALSE(read == HostRules{});
    CHECK(schema.breach(schema_test::json_of(*parse_document(example, "f"))) == "");
  }
  CHECK(examples == 1);
}

TEST_CASE("host: paths are judged by what they name, not by how they are written") {
  const std::pair<const char*, const char*> same[] = {
      {"/srv/a", "/srv/a"},
      {"/srv/../etc", "/etc"},
      {"//srv//a/", "/srv/a"},
      {"/../../etc", "/etc"},
      {"/srv/./a/.", "/srv/a"},
      {"/srv/a/..", "/srv"},
      {"/srv/..", "/"},
      {"/", "/"},
      {"//", "/"},
      {"/srv/...", "/srv/..."},
  };
  for (const auto& [written, named] : same) {
    INFO(written);
    CHECK(resolved(written) == std::string(named));
  }
  CHECK_FALSE(resolved(""));
  CHECK_FALSE(resolved("srv"));
  CHECK_FALSE(resolved("../srv"));
  CHECK_FALSE(resolved(std::string_view("/srv\0/a", 7)));
}

TEST_CASE("host: mounts are below the folders that are allowed") {
  const HostRules allowed{.bind_roots = {"/srv/paas"}};
  for (const char* const good :
       {"/srv/paas", "/srv/paas/x", "/srv/paas/../paas/x", "/srv//paas/"}) {
    INFO(good);
    model::Container one = with_image("x");
    one.mounts = {{.kind = model::MountKind::bind, .source = good, .target = "/t"}};
    CHECK(breaches_of(one, allowed).empty());
    CHECK(breaches_of(one, {}).size() == 1);
    CHECK(breaches_of(one, {.bind_roots = {"/"}}).empty());
  }
  for (const char* const bad : {"/srv", "/srv/paasx", "/srv/paas/../x", "/", "//", "", "srv/paas",
                                "/srv/paas/../../etc", "/srv/paas/.."}) {
    INFO(bad);
    model::Container one = with_image("x");
    one.mounts = {{.kind = model::MountKind::bind, .source = bad, .target = "/t"}};
    CHECK(breaches_of(one, allowed).size() == 1);
  }
  model::Container one = with_image("x");
  one.mounts = {{.kind = model::MountKind::volume, .source = "data", .target = "/t"},
                {.kind = model::MountKind::bind, .source = "/etc", .target = "/e"}};
  CHECK(breaches_of(one, allowed) == Lines{"apps[0].mounts[1].bind: this host allows no mount of "
                                           "/etc: bind_roots of the host file"});
}

TEST_CASE("host: images come from the registries that are allowed") {
  const HostRules some{.registries = {"docker.io", "*.example.org", "r.example:5000"},
                       .archive_roots = {"/srv/images"}};
  for (const char* const good :
       {"busybox", "library/busybox:1", "docker.io/x", "a.example.org/x:1", "b.a.example.org/x",
        "r.example:5000/x@sha256:0000", "oci-archive:/srv/images/x.tar"}) {
    INFO(good);
    CHECK(breaches_of(with_image(good), some).empty());
  }
  const std::string id(64, 'a');
  for (const std::string bad :
       {"example.org/x", "r.example/x", "r.example:5001/x", "evilexample.org/x", "localhost/x",
        "quay.io/x", "oci-archive:/srv/images/../x", "oci-archive:x",
        "oci-archive:", "sha256:1234"}) {
    INFO(bad);
    CHECK(breaches_of(with_image(bad), some).size() == 1);
  }
  CHECK(breaches_of(with_image(id), some) ==
        Lines{"apps[0].image: this host allows no registry that an image is named by its id: "
              "registries of the host file"});
  CHECK(breaches_of(with_image("anything.example/x"), {}).empty());
  CHECK(breaches_of(with_image("oci-archive:/x"), {}).size() == 1);
}

TEST_CASE("host: devices fit a pattern that stays in its folder") {
  const HostRules some{.devices = {"/dev/dri/*", "/dev/ttyUSB*", "/dev/kvm"}};
  const auto count = [&](const char* device) {
    model::Container one = with_image("x");
    one.devices = {{device, device}};
    return breaches_of(one, some).size();
  };
  for (const char* const good :
       {"/dev/dri/card0", "/dev/ttyUSB0", "/dev/ttyUSB", "/dev/kvm", "/dev/./kvm"}) {
    INFO(good);
    CHECK(count(good) == 0);
  }
  for (const char* const bad : {"/dev/sda", "/dev/dri", "/dev/dri/by-path/x", "/dev/dri/../sda",
                                "/dev/kvm2", "/dev/ttyUSB/x", "dev/kvm", "/dev/kv"}) {
    INFO(bad);
    CHECK(count(bad) == 1);
  }
}

TEST_CASE("host: a pattern is matched whole, in time") {
  CHECK(fits("/a/b", "/a/*"));
  CHECK(fits("/a/", "/a/*"));
  CHECK(fits("/abc/d", "/a*c/*d"));
  CHECK_FALSE(fits("/a/b/c", "/a/*"));
  CHECK_FALSE(fits("/a", "/a/*"));
  CHECK(fits("", "*"));
  CHECK_FALSE(fits(std::string(4000, 'a'), "*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

TEST_CASE("host: rights and ports are asked for one by one") {
  model::Container one = with_image("x");
  one.capabilities = {"NET_ADMIN", "SYS_ADMIN"};
  one.privileged = true;
  one.new_privileges = true;
  one.sysctls = {{"kernel.x", "1"}, {"net.y", "1"}};
  one.ports = {{.container = 80, .host = 80},
               {.container = 81, .host = 8081, .host_address = "127.0.0.2"},
               {.container = 82, .host = 8082, .host_address = "0.0.0.0"},
               {.container = 83, .host = 8083, .host_address = "::ffff:127.0.0.1"},
               {.container = 84, .host = 8084, .host_address = "::1"},
               {.container = 85}};
  const HostRules some{
      .capabilities = {"NET_ADMIN"}, .ports = {{8000, 8999}}, .sysctls = {"net.y"}};
  CHECK(
      breaches_of(one, some) ==
      Lines{
          "apps[0].capabilities[1]: this host allows no capability SYS_ADMIN: capabilities of the "
          "host file",
          "apps[0].privileged: this host allows no container with all rights: privileged of the "
          "host file",
          "apps[0].new_privileges: this host allows no container that may gain rights: "
          "new_privileges of the host file",
          "apps[0].sysctls[\"kernel.x\"]: this host allows no kernel parameter kernel.x: sysctls "
          "of the host file",
          "apps[0].ports[0].host_port: this host allows no port 80: ports of the host file",
          "apps[0].ports[2].host_address: this host allows no port on 0.0.0.0: public_ports of "
          "the host file",
          "apps[0].ports[3].host_address: this host allows no port on ::ffff:127.0.0.1: "
          "public_ports of the host file"});
  const HostRules all{.capabilities = {"ALL"},
                      .privileged = true,
                      .new_privileges = true,
                      .ports = {{1, 65535}},
                      .public_ports = true,
                      .sysctls = {"kernel.x", "net.y"}};
  CHECK(breaches_of(one, all).empty());
}

TEST_CASE("host: jobs and registries are judged as apps are") {
  model::Blueprint blueprint;
  blueprint.registries = {{.host = "evil.example"}};
  blueprint.jobs = {{.name = "j", .container = with_image("evil.example/x")}};
  const auto found = breaches(blueprint, {.registries = {"docker.io"}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "registries[0].host");
  CHECK(found[1].path == "jobs[0].image");
}

}  // namespace host_rules_test
