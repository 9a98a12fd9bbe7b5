#include "libpaas/proxmox/container.hpp"

#include <catch2/catch.hpp>

namespace paas::proxmox::container_test {

std::string param(const Params& params, std::string_view name) {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return "(absent)";
}

ContainerConfig config(const char* json) {
  auto parsed = parse_container(*parse_json(json));
  REQUIRE(parsed);
  return *parsed;
}

const char* const seen = R"({
  "ostype":"alpine","swap":0,"cores":2,"unprivileged":1,"cpulimit":"0.50","cpuunits":200,
  "net0":"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:FA:8A:0E,ip=dhcp,type=veth",
  "description":"line1\nline2\n","digest":"fbefa8a6","tags":"db;web","memory":"256",
  "rootfs":"local:210/vm-210-disk-0.raw,size=1G","searchdomain":"x.y","hostname":"ct210",
  "features":"nesting=1","nameserver":"1.1.1.1, 8.8.8.8","onboot":1,"arch":"amd64",
  "mp0":"local:210/vm-210-disk-1.raw,mp=/data,backup=1,size=1G","mpx":"ignored",
  "env":"PATH=/bin\u0000PORT=80=80","unused1":"local:210/b","unused0":"local:210/a",
  "lxc":[["lxc.init.uid","1000"]],"lock":"backup","startup":"order=1,up=10","dev0":"/dev/null",
  "console":0,"some-new-key":7})";

TEST_CASE("a pending change of a mount does not hide that its volume has grown") {
  const auto parsed = parse_pending(*parse_json(R"([
    {"key": "mp0", "value": "local:1/a.raw,mp=/srv,size=2G",
     "pending": "local:1/a.raw,mp=/srv,backup=1,size=1G"},
    {"key": "mp1", "value": "local:1/b.raw,mp=/b,size=2G",
     "pending": "local:1/c.raw,mp=/b,size=1G"}])"));
  REQUIRE(parsed);
  CHECK(parsed->config.mounts.at("mp0").size_mib == 2048u);
  CHECK(parsed->config.mounts.at("mp0").backup == true);
  CHECK(parsed->config.mounts.at("mp1").size_mib == 1024u);  // of another volume
}

TEST_CASE("a configuration is read with numbers as text, booleans as numbers, and unknown keys") {
  const ContainerConfig c = config(seen);
  CHECK(c.memory_mib == 256);
  CHECK(c.swap_mib == 0);
  CHECK(c.cpu_limit == "0.5");
  CHECK(c.unprivileged == true);
  CHECK(c.console == false);
  CHECK(c.protection == std::nullopt);
  CHECK(c.description == "line1\nline2");
  CHECK(c.tags == std::vector<std::string>{"db", "web"});
  CHECK(c.dns_servers == std::vector<std::string>{"1.1.1.1", "8.8.8.8"});
  CHECK(c.root->size_mib == 1024);
  CHECK(c.mounts.size() == 1);
  CHECK(c.networks.at("net0").mac == "BC:24:11:FA:8A:0E");
  CHECK(c.environment == std::map<std::string, std::string>{{"PATH", "/bin"}, {"PORT", "80=80"}});
  CHECK(c.unused == std::vector<std::string>{"local:210/a", "local:210/b"});
  CHECK(c.lock == "backup");
  CHECK(c.digest == "fbefa8a6");
  CHECK(c.devices.at("dev0").path == "/dev/null");
  CHECK(c.startup->up_delay_s == 10);
}

TEST_CASE("what is empty is not set, but a flag may be false that way") {
  const ContainerConfig c = config(R"({"hostname":"","memory":"","dev0":"","onboot":""})");
  ContainerConfig expected;
  expected.start_on_boot = false;
  CHECK(c == expected);
}

TEST_CASE("settings that cannot be understood are named, not guessed") {
  const auto error = [](const char* json) {
    return describe(parse_container(*parse_json(json)).error());
  };
  CHECK(error(R"({"memory":"lots"})").find("memory") != std::string::npos);
  CHECK(error(R"({"onboot":"perhaps"})").find("onboot") != std::string::npos);
  CHECK(error(R"({"net0":"name=eth0,tag=x"})").find("net0") != std::string::npos);
  CHECK_FALSE(parse_container(Json{}));
  CHECK_FALSE(parse_pending(Json{}));
  CHECK_FALSE(parse_pending(*parse_json(R"([{"value":1}])")));
}

TEST_CASE("pending changes are part of the configuration and named") {
  const auto pending = parse_pending(*parse_json(R"([
    {"key":"memory","value":512},{"key":"ostype","value":"alpine","pending":"debian"},
    {"key":"nameserver","value":"1.1.1.1","delete":1},{"key":"features","pending":"nesting=1"},
    {"key":"digest","value":"abc"},{"key":"rootfs","value":"local:5/x,size=1G","delete":0}])"));
  REQUIRE(pending);
  CHECK(pending->pending == std::vector<std::string>{"features", "nameserver", "ostype"});
  CHECK(pending->config.os_type == "debian");
  CHECK_FALSE(pending->config.dns_servers);
  CHECK(pending->config.features->nesting == true);
  CHECK(pending->config.memory_mib == 512);
  CHECK(pending->config.digest == "abc");
  CHECK(pending->config.root);
}

TEST_CASE("nothing changes where both mean the same") {
  const ContainerConfig have = config(seen);
  CHECK(change_params(have, have).empty());
  ContainerConfig want = have;
  want.description = "line1\nline2\n\n";
  want.cpu_limit = "0.500";
  want.tags = {"Web", "DB"};
  want.protection = false;
  want.networks["net0"].mac.clear();  // kept
  want.networks["net0"].firewall = false;
  want.mounts["mp0"].volume = "local";  // whichever it is
  want.mounts["mp0"].quota = false;
  want.entrypoint = "/sbin/init";
  want.console_mode = "tty";
  want.tty_count = 2;
  CHECK(change_params(have, want).empty());
}

TEST_CASE("scalars are set, deleted, or left to the server") {
  const ContainerConfig have = config(seen);
  ContainerConfig want = have;
  want.memory_mib = std::nullopt;
  want.hostname = std::nullopt;
  want.os_type = std::nullopt;
  CHECK(change_params(have, want).empty());

  want.cores = std::nullopt;
  want.dns_servers = std::nullopt;
  want.description = "";
  want.tags = {};
  want.features = std::nullopt;
  want.startup = std::nullopt;
  want.swap_mib = std::nullopt;
  want.start_on_boot = std::nullopt;
  want.environment = {};
  const Params params = change_params(have, want);
  CHECK(params.back() == std::pair<std::string, std::string>{
                             "delete", "description,cores,nameserver,tags,startup,env,features"});
  CHECK(param(params, "swap") == "512");
  CHECK(param(params, "onboot") == "0");
  CHECK(params.size() == 3);
}

TEST_CASE("texts with a default are set, and deleted to have it again") {
  ContainerConfig have = config(seen);
  ContainerConfig want = have;
  want.console_mode = "shell";
  want.entrypoint = "/bin/app";
  CHECK(change_params(have, want) == Params{{"cmode", "shell"}, {"entrypoint", "/bin/app"}});
  CHECK(change_params(want, have) == Params{{"delete", "cmode,entrypoint"}});
}

TEST_CASE("a volume is never asked for anew, whatever is wanted of its mount") {
  const ContainerConfig have = config(seen);
  ContainerConfig want = have;
  want.root->volume = "other";
  want.root->size_mib = 4096;
  want.root->mount_options = {"noatime"};
  want.mounts["mp0"].volume = "local";
  want.mounts["mp0"].size_mib = 99;
  want.mounts["mp0"].read_only = true;
  want.mounts["mp1"] = {"local", "/more", 1024};
  const Params params = change_params(have, want);
  CHECK(param(params, "rootfs") == "local:210/vm-210-disk-0.raw,mountoptions=noatime,size=1G");
  CHECK(param(params, "mp0") == "local:210/vm-210-disk-1.raw,mp=/data,backup=1,ro=1,size=1G");
  CHECK(param(params, "mp1") == "(absent)");
}

TEST_CASE("parts come and go") {
  const ContainerConfig have = config(seen);
  ContainerConfig want = have;
  want.mounts.clear();
  want.mounts["mp1"] = {"/srv", "/srv"};
  want.networks.clear();
  want.networks["net1"] = {"eth1", "vmbr1", "02:00:00:00:00:01"};
  want.devices = {{"dev1", {"/dev/kvm"}}};
  want.features = Features{.nesting = false, .keyctl = false};
  const Params params = change_params(have, want);
  CHECK(param(params, "mp1") == "/srv,mp=/srv");
  CHECK(param(params, "net1") == "name=eth1,bridge=vmbr1,hwaddr=02:00:00:00:00:01");
  CHECK(param(params, "dev1") == "/dev/kvm");
  CHECK(param(params, "delete") == "mp0,net0,dev0,features");
}

TEST_CASE("a changed network keeps its MAC address") {
  const ContainerConfig have = config(seen);
  ContainerConfig want = have;
  want.networks["net0"].mac.clear();
  want.networks["net0"].vlan = 7;
  CHECK(param(change_params(have, want), "net0") ==
        "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:FA:8A:0E,ip=dhcp,tag=7");
}

TEST_CASE("a create sends what is given and nothing else") {
  CHECK(create_params({}).empty());
  ContainerConfig want;
  want.hostname = "web";
  want.description = "hello\n";
  want.memory_mib = 1024;
  want.unprivileged = true;
  want.root = Mount{"local-lvm", "", 8192};
  want.mounts["mp0"] = {"local-lvm", "/data", 1536};
  want.mounts["mp1"] = {"/srv", "/srv"};
  want.networks["net0"] = {"eth0", "vmbr0", "02:00:00:00:00:01"};
  want.features = Features{.nesting = false};  // only defaults: not even said
  want.tags = {"B", "a"};
  want.environment = {{"A", "1"}, {"B", "2"}};
  want.start_on_boot = false;
  want.dns_servers = {"1.1.1.1", "8.8.8.8"};
  CHECK(create_params(want) == Params{{"hostname", "web"},
                                      {"description", "hello"},
                                      {"unprivileged", "1"},
                                      {"memory", "1024"},
                                      {"rootfs", "local-lvm:8"},
                                      {"mp0", "local-lvm:1.5,mp=/data"},
                                      {"mp1", "/srv,mp=/srv"},
                                      {"net0", "name=eth0,bridge=vmbr0,hwaddr=02:00:00:00:00:01"},
                                      {"nameserver", "1.1.1.1 8.8.8.8"},
                                      {"tags", "a;b"},
                                      {"onboot", "0"},
                                      {"env", std::string("A=1\0B=2", 7)}});
}

TEST_CASE("what cannot be written is found before it is sent") {
  ContainerConfig good = config(seen);
  CHECK(unwritable(good).empty());
  ContainerConfig bad;
  bad.hostname = "a\nb";
  bad.description = "bad \xFF";
  bad.root = Mount{"local:5", ""};
  bad.mounts["mp0"] = {"local", "/data,size=1T", 1024};
  bad.mounts["mp0"].mount_options = {"a;b"};
  bad.networks["net0"] = {"eth0,hwaddr=x", "vmbr0", ""};
  bad.tags = {"a;b", ""};
  bad.dns_servers = {"1.1.1.1 8.8.8.8"};
  bad.environment = {{"A=B", "x"}, {"C", "line1\nline2"}, {"", "y"}};
  bad.devices["dev0"] = {"/dev/a,b"};
  bad.features = Features{};
  bad.features->mount = {"nfs;cifs"};
  std::vector<std::string> names;
  for (const auto& one : unwritable(bad)) names.push_back(one.attribute);
  CHECK(names == std::vector<std::string>{"hostname", "description", "tags", "tags", "dns_servers",
                                          "root.volume", "mounts.mp0.path",
                                          "mounts.mp0.mount_options", "networks.net0.name",
                                          "devices.dev0.path", "features.mount", "environment.",
                                          "environment.A=B", "environment.C"});
}

}  // namespace paas::proxmox::container_test
