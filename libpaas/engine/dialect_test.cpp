#include "libpaas/engine/dialect.hpp"

#include <catch2/catch.hpp>

#include "libpaas/engine/answer.hpp"

namespace dialect_test {

using namespace paas;
using namespace paas::engine;
using model::Texts;

model::ContainerSpec spec() {
  model::ContainerSpec one;
  one.name = "web.1";
  one.image_id = "sha256:4aea";
  one.network = "net";
  one.address = "10.200.7.9";
  return one;
}

Json body(const Dialect& dialect, const model::ContainerSpec& one, const HostFacts& host = {}) {
  return dialect.create(one, host).value().body;
}

const Dialect& either() {
  return *GENERATE(&podman(), &docker());
}

TEST_CASE("the MAC address follows from the address") {
  CHECK(stable_mac("10.200.7.9") == std::string("02:42:0a:c8:07:09"));
  CHECK(stable_mac("nonsense").error().code == Errc::invalid);
  CHECK(body(podman(), spec())["Networks"]["net"]["static_mac"] == Json("02:42:0a:c8:07:09"));
  CHECK(body(docker(), spec())["MacAddress"] == Json("02:42:0a:c8:07:09"));
}

TEST_CASE("references mean one image") {
  CHECK(full_reference("nginx") == "docker.io/library/nginx:latest");
  CHECK(full_reference("me/app:2") == "docker.io/me/app:2");
  CHECK(full_reference("host:5000/a/b") == "host:5000/a/b:latest");
  CHECK(full_reference("localhost/a:1") == "localhost/a:1");
  CHECK(full_reference("r.test/a:1@sha256:77") == "r.test/a@sha256:77");
  CHECK(full_reference("r.test:5000/a@sha256:77") == "r.test:5000/a@sha256:77");
  CHECK(full_reference("sha256:77") == "sha256:77");
  CHECK(full_reference(std::string(64, 'a')) == std::string(64, 'a'));
}

TEST_CASE("a pull says name and digest as each engine wants them") {
  const model::PullSpec pull{.reference = "h:5000/a/b@sha256:77", .platform = "linux/arm64"};
  CHECK(docker().pull(pull).path ==
        "/images/create?fromImage=h%3A5000%2Fa%2Fb&tag=sha256%3A77&platform=linux%2Farm64");
  CHECK(podman().pull(pull).path ==
        "/images/pull?policy=always&reference=h%3A5000%2Fa%2Fb%40sha256%3A77&OS=linux&Arch=arm64");
  CHECK(docker().pull({.reference = "h:5000/a/b:1"}).path ==
        "/images/create?fromImage=h%3A5000%2Fa%2Fb&tag=1");
}

TEST_CASE("signals and capabilities by any of their names") {
  CHECK(signal_number("SIGTERM") == 15);
  CHECK(signal_number("hup") == 1);
  CHECK(signal_number("9") == 9);
  CHECK(signal_number("SIGSYS") == 31);
  for (const char* wrong : {"", "SIG", "0", "65", "-1", "TERMINATE"}) CHECK(!signal_number(wrong));
  CHECK(capability_name("net_admin") == std::string("CAP_NET_ADMIN"));
  CHECK(capability_name("CAP_CHOWN") == std::string("CAP_CHOWN"));
  CHECK(!capability_name("net-admin"));
  CHECK(!capability_name(""));
}

TEST_CASE("versions: Podman from 4, Docker from 1.41, newer ones by the oldest they know") {
  const auto version = [](const std::string& text) {
    return parse_version(parse_json(text).value());
  };
  const auto podmans = version(
      R"({"Version": "4.3.1", "ApiVersion": "1.41", "Components": [{"Name": "Podman Engine"}]})");
  CHECK(podmans->is_podman);
  CHECK(podmans->prefix == "/v4.0.0/libpod");
  const auto told = version_of_podman("5.4.2");
  CHECK((told->is_podman && told->engine == "5.4.2" && told->prefix == podmans->prefix));
  for (const char* old : {"3.4.4", "", "new"}) CHECK(!version_of_podman(old));
  CHECK(version(R"({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})")
            ->prefix == "/v1.41");
  CHECK(version(R"({"Version": "29.0", "ApiVersion": "1.52", "MinAPIVersion": "1.44"})")->prefix ==
        "/v1.44");
  CHECK(!version(R"({"Version": "19.03", "ApiVersion": "1.40"})"));
  CHECK(!version(R"({"Version": "3.0.1", "Components": [{"Name": "Podman Engine"}]})"));
  CHECK(!version(R"({"name": "something else"})"));
}

TEST_CASE("nothing is allowed that was not asked for") {
  auto one = spec();
  CHECK(body(podman(), one)["cap_drop"] == Json(Json::Array{"ALL"}));
  CHECK(body(podman(), one)["cap_add"] == Json(Json::Array{}));
  CHECK(body(podman(), one)["no_new_privileges"] == Json(true));
  CHECK(body(podman(), one)["httpproxy"] == Json(false));
  CHECK(body(docker(), one)["HostConfig"]["CapDrop"] == Json(Json::Array{"ALL"}));
  CHECK(body(docker(), one)["HostConfig"]["SecurityOpt"] == Json(Json::Array{"no-new-privileges"}));
  CHECK(body(docker(), one)["HostConfig"]["RestartPolicy"]["Name"] == Json("no"));
}

TEST_CASE("Podman is told the limits that it would exceed by itself") {
  const Json limits =
      body(podman(), spec(), {.open_files = 20'000, .processes = 4'096})["r_limits"];
  REQUIRE(limits.array()->size() == 2);
  CHECK((*limits.array())[0]["type"] == Json("NOFILE"));  // "RLIMIT_NOFILE" would be refused
  CHECK((*limits.array())[0]["hard"] == Json(20'000));
  CHECK((*limits.array())[1]["soft"] == Json(4'096));
}

TEST_CASE("an empty entrypoint or command is said so that both understand") {
  auto one = spec();
  one.container.entrypoint = Texts{};
  one.container.command = Texts{"/bin/true"};
  CHECK(body(podman(), one)["entrypoint"] == Json(Json::Array{""}));
  CHECK(body(docker(), one)["Entrypoint"] == Json(Json::Array{""}));
  one.container.entrypoint.reset();
  one.container.command = Texts{};
  CHECK(body(docker(), one, {.image_entrypoint = {"/bin/app"}})["Entrypoint"] ==
        Json(Json::Array{"/bin/app"}));
}

TEST_CASE("secrets win over what is plain, and stand in the environment alone") {
  auto one = spec();
  one.container.environment = {{"TOKEN", "plain"}, {"MODE", "on"}};
  one.secret_environment = {{"TOKEN", "hunter2"}};
  CHECK(body(podman(), one)["env"]["TOKEN"] == Json("hunter2"));
  CHECK(body(docker(), one)["Env"] == Json(Json::Array{"MODE=on", "TOKEN=hunter2"}));
  const std::string text = print_json(body(either(), one));
  CHECK(text.find("hunter2") == text.rfind("hunter2"));
}

TEST_CASE("what an engine would take for something else is refused") {
  const Dialect& dialect = either();
  auto one = spec();
  SECTION("a name that is an option") {
    one.name = "-web";
  }
  SECTION("a name that is a path") {
    one.name = "a/b";
  }
  SECTION("no image") {
    one.image_id.clear();
  }
  SECTION("a relative target") {
    one.container.mounts = {{.source = "v", .target = "data"}};
  }
  SECTION("a bind from a volume's name") {
    one.container.mounts = {{.kind = model::MountKind::bind, .source = "v", .target = "/data"}};
  }
  SECTION("a volume from a path") {
    one.container.mounts = {{.source = "/etc", .target = "/data"}};
  }
  SECTION("a variable with an equals sign") {
    one.container.environment = {{"A=B", "c"}};
  }
  SECTION("a device with options in its path") {
    one.container.devices = {{.host = "/dev/a:/dev/b", .container = "/dev/a"}};
  }
  SECTION("an address that is none") {
    one.address = "10.0.0.300";
  }
  SECTION("an address without a network") {
    one.network.clear();
  }
  SECTION("a name server that is a name") {
    one.dns_servers = {"dns.test\noptions x"};
  }
  SECTION("a secret at a relative path") {
    one.secret_files = {{"db", "/run/x"}};
  }
  SECTION("a signal that is none") {
    one.container.stop_signal = "SIGNOTHING";
  }
  SECTION("a capability that is none") {
    one.container.capabilities = {"a b"};
  }
  const auto call = dialect.create(one, {});
  REQUIRE(!call);
  CHECK(call.error().code == Errc::invalid);
}

TEST_CASE("networks are as they were asked for, read back") {
  const model::NetworkSpec asked{.name = "n",
                                 .bridge = "b0",
                                 .subnet = "10.1.0.0/24",
                                 .gateway = "10.1.0.1",
                                 .mtu = 1380,
                                 .labels = {{"a", "b"}}};
  const Json podmans = Json::Array{podman().network(asked)};
  CHECK(podman().parse_networks(podmans).value().front().spec == asked);
  CHECK(podman().network(asked)["dns_enabled"] == Json(false));
  const Json dockers = Json::Array{docker().network(asked)};
  CHECK(docker().parse_networks(dockers).value().front().spec == asked);
  CHECK(podman().parse_networks(Json{}).value().empty());
}

}  // namespace dialect_test
