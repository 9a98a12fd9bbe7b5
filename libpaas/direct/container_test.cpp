#include "libpaas/direct/container.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "tests/fakes/container_world.hpp"

namespace container_test {

using namespace paas;
using namespace paas::direct;
using fakes::container_spec;
using fakes::volume_on;

// A container that is as `spec` wants it.
ContainerState made_of(const ContainerSpec& spec) {
  ContainerState state;
  state.vmid = 104;
  state.node = spec.node;
  state.config = spec.config;
  state.config.root->volume = "local:104/vm-104-disk-0.raw";
  int disk = 1;
  for (auto& [key, mount] : state.config.mounts)
    if (mount.needs_volume()) mount.volume += ":104/vm-104-disk-" + std::to_string(disk++) + ".raw";
  state.pool = spec.pool;
  state.running = spec.started;
  state.ha = spec.ha;
  return state;
}

std::string texts(const std::vector<Step>& steps) {
  std::string out;
  for (const Step& step : steps) out += to_text(step) + "\n";
  return out;
}

TEST_CASE("what is as it is wanted needs no step", "[direct]") {
  ContainerSpec spec = container_spec();
  spec.pool = "web";
  spec.ha = HaState{};
  spec.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
  CHECK(texts(change_steps(made_of(spec), spec)).empty());
}

TEST_CASE("the steps of a change, in the order that works", "[direct]") {
  ContainerSpec want = container_spec();
  ContainerState have = made_of(want);

  SECTION("everything at once") {
    want.pool = "web";
    want.ha = HaState{};
    want.config.cores = 2;
    want.config.root->size_mib = 8192;
    want.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
    have.running = false;
    CHECK(texts(change_steps(have, want)) ==
          "put 104 into pool web\n"
          "set cores, mp0 (local:1,mp=/srv) of 104\n"
          "grow rootfs of 104 to 8G\n"
          "start 104\n"
          "set high availability of 104 to started\n");
  }
  SECTION("high availability that is there is told first") {
    have.ha = HaState{};
    want.ha = HaState{.state = "stopped", .group = "", .comment = ""};
    want.started = false;
    CHECK(texts(change_steps(have, want)) ==
          "set high availability of 104 to stopped\n"
          "stop 104\n");
  }
  SECTION("out of pool and high availability") {
    have.pool = "web";
    have.ha = HaState{};
    CHECK(texts(change_steps(have, want)) ==
          "take 104 out of pool web\n"
          "take 104 out of high availability\n");
  }
  SECTION("configured where it is, then migrated, then started there") {
    have.running = false;
    want.move_to = "pve2";
    want.config.cores = 2;
    const auto steps = change_steps(have, want);
    CHECK(texts(steps) ==
          "set cores of 104\n"
          "migrate 104 from pve1 to pve2\n"
          "start 104\n");
    CHECK(std::get<Configure>(steps[0]).node == "pve1");
    CHECK(std::get<Start>(steps[2]).node == "pve2");
  }
  SECTION("a migration restarts, so that nothing else has to") {
    have.pending = {"timezone"};
    want.reboot_to_apply = true;
    CHECK(texts(change_steps(have, want)) == "reboot 104\n");
    want.move_to = "pve2";
    CHECK(texts(change_steps(have, want)) == "migrate 104 from pve1 to pve2\n");
  }
  SECTION("into a template") {
    want.config.is_template = true;
    want.started = false;
    CHECK(texts(change_steps(have, want)) == "stop 104\nturn 104 into a template\n");
  }
  SECTION("a mount that goes is deleted, and its volume not named") {
    have.config.mounts.emplace("mp3", volume_on("local:104/vm-104-disk-9.raw", "/old", 1024));
    CHECK(texts(change_steps(have, want)) == "delete mp3 of 104\n");
  }
}

TEST_CASE("where a container is, is no reason for a step unless it is asked for", "[direct]") {
  const ContainerSpec spec = container_spec();
  ContainerState have = made_of(spec);
  have.node = "pve3";
  CHECK(change_steps(have, spec).empty());
  ContainerSpec there = spec;
  there.move_to = "pve3";
  CHECK(change_steps(have, there).empty());
}

TEST_CASE("removal stops what runs and leaves high availability first", "[direct]") {
  ContainerSpec spec = container_spec();
  spec.ha = HaState{};
  CHECK(texts(remove_steps(made_of(spec))) ==
        "take 104 out of high availability\nstop 104\ndestroy 104\n");
  spec.ha.reset();
  spec.started = false;
  CHECK(texts(remove_steps(made_of(spec))) == "destroy 104\n");
}

TEST_CASE("the text of a birth has no secrets, its parameters do", "[direct]") {
  ContainerSpec spec = container_spec();
  spec.vmid = 104;
  spec.first_boot = {.password = "correct-horse", .ssh_keys = {"ssh-ed25519 AAAA a", "ssh-rsa B"}};
  CHECK(to_text(birth_step(spec)) ==
        "create 104 (web) on pve1 from local:vztmpl/debian-12.tar.zst");
  const auto params = birth_params(spec);
  const auto value = [&](const std::string& name) {
    const auto found = std::find_if(params.begin(), params.end(),
                                    [&](const auto& param) { return param.first == name; });
    return found == params.end() ? std::string() : found->second;
  };
  CHECK(value("password") == "correct-horse");
  CHECK(value("ssh-public-keys") == "ssh-ed25519 AAAA a\nssh-rsa B");
  CHECK(value("rootfs") == "local:4");
  CHECK(value("start").empty());  // an OCI image must not start before it has its environment
  CHECK(value("description").empty());
}

TEST_CASE("the parameters of high availability", "[direct]") {
  const HaState usual;
  CHECK(ha_params({}, usual) == proxmox::Params{{"state", "started"}});
  CHECK(ha_params(usual, HaState{.state = "stopped", .group = "", .comment = "c"}) ==
        proxmox::Params{{"state", "stopped"}, {"comment", "c"}});
  HaState rich{.state = "started",
               .group = "g",
               .comment = "c",
               .max_restart = 3,
               .max_relocate = 2,
               .failback = false};
  CHECK(ha_params(rich, usual) ==
        proxmox::Params{{"delete", "group,comment,max_restart,max_relocate,failback"}});
  CHECK(ha_params(rich, rich).empty());
  CHECK(same_ha(usual, HaState{.state = "started",
                               .group = "",
                               .comment = "",
                               .max_restart = 1,
                               .max_relocate = 1,
                               .failback = true}));
  CHECK(!same_ha(usual, rich));
}

TEST_CASE("the node of a hostname is one that is allowed, and moves only if it must", "[direct]") {
  const std::vector<std::string> nodes{"pve1", "pve2", "pve3", "pve4"};
  CHECK(rc::check("stable nodes", [&] {
    const auto hostname = *rc::gen::arbitrary<std::string>();
    const std::string node = node_for(hostname, nodes);
    RC_ASSERT(std::find(nodes.begin(), nodes.end(), node) != nodes.end());
    auto fewer = nodes;
    const auto gone = *rc::gen::elementOf(nodes);
    std::erase(fewer, gone);
    std::reverse(fewer.begin(), fewer.end());
    if (gone != node) RC_ASSERT(node_for(hostname, fewer) == node);
  }));
}

TEST_CASE("a MAC address is ours, unicast, and the same for ever", "[direct]") {
  CHECK(mac_for("web", "net0") == mac_for("web", "net0"));
  CHECK(mac_for("web", "net0") != mac_for("web", "net1"));
  CHECK(rc::check("MAC addresses", [] {
    const auto mac = parse_mac(mac_for(*rc::gen::arbitrary<std::string>(), "net0"));
    RC_ASSERT(mac.has_value());
    RC_ASSERT(!mac->is_multicast());
    RC_ASSERT((mac->bytes[0] & 2u) != 0);
  }));
}

std::optional<bool> some_flag() {
  return *rc::gen::element(std::optional<bool>(), std::optional(false), std::optional(true));
}

ContainerSpec random_spec() {
  ContainerSpec spec = container_spec();
  auto& config = spec.config;
  const auto number = [](int from, int to) { return *rc::gen::inRange(from, to); };
  if (number(0, 2)) config.cores = number(1, 5);
  if (number(0, 2)) config.cpu_limit = *rc::gen::element<std::string>("0.5", "2", "0");
  if (number(0, 2)) config.cpu_units = number(1, 500);
  config.memory_mib = static_cast<std::uint64_t>(number(16, 2000));
  if (number(0, 2)) config.swap_mib = static_cast<std::uint64_t>(number(0, 600));
  config.root->size_mib = 4096 + 1024 * static_cast<std::uint64_t>(number(0, 4));
  config.root->acl = some_flag();
  config.start_on_boot = some_flag();
  config.protection = some_flag();
  config.console = some_flag();
  if (number(0, 2)) config.tty_count = number(0, 4);
  if (number(0, 2)) config.timezone = *rc::gen::element<std::string>("host", "Europe/Berlin");
  if (number(0, 2))
    config.description = *rc::gen::element<std::string>("one", "two\nlines", "%&=;");
  if (number(0, 2))
    config.tags =
        *rc::gen::element(std::vector<std::string>{"a"}, std::vector<std::string>{"b", "c"});
  if (number(0, 2)) config.dns_servers = std::vector<std::string>{"192.0.2.53", "2001:db8::53"};
  if (number(0, 2)) config.dns_domain = "example.org";
  if (number(0, 2)) config.startup = proxmox::Startup{number(0, 9), number(0, 9), std::nullopt, {}};
  if (number(0, 2)) config.features = proxmox::Features{.nesting = some_flag()};
  for (const char* slot : {"net1", "net2"}) {
    if (!number(0, 2)) continue;
    proxmox::Network network = config.networks.at("net0");
    network.name = "eth" + std::string(slot + 3);
    network.mac = "02:00:00:00:00:0" + std::string(slot + 3);
    if (number(0, 2)) network.vlan = number(1, 4094);
    if (number(0, 2)) network.rate = "12.5";
    if (number(0, 2)) network.trunks = {number(1, 9), number(10, 19)};
    network.firewall = some_flag();
    network.link_down = some_flag();
    config.networks.emplace(slot, network);
  }
  for (const char* slot : {"mp0", "mp1"}) {
    if (!number(0, 2)) continue;
    proxmox::Mount mount = volume_on("local", "/srv/" + std::string(slot), 1024);
    mount.backup = some_flag();
    mount.read_only = some_flag();
    config.mounts.emplace(slot, mount);
  }
  if (number(0, 2))
    config.environment = {{"A", "1"}, {"B", *rc::gen::element<std::string>("", "x")}};
  spec.pool = *rc::gen::element<std::string>("", "web", "db");
  spec.started = number(0, 2) == 1;
  if (number(0, 2)) {
    spec.ha = HaState{};
    spec.ha->state = spec.started ? "started" : "stopped";
    if (number(0, 2)) spec.ha->max_restart = number(0, 4);
  }
  spec.reboot_to_apply = true;
  return spec;
}

TEST_CASE("whatever is wanted after whatever was: applied, nothing is left to do", "[direct]") {
  CHECK(rc::check("create, change, change back", [] {
    fakes::ContainerWorld world;
    const ContainerSpec first = random_spec();
    const auto made = world.create(first);
    RC_ASSERT(made.has_value());
    RC_ASSERT(texts(change_steps(*made, first)).empty());
    ContainerSpec second = random_spec();
    for (const auto& [name, value] : first.config.environment)
      second.dropped_environment.push_back(name);
    second.config.root->size_mib =
        std::max(*second.config.root->size_mib, *first.config.root->size_mib);
    const auto changed = world.change(made->vmid, second);
    RC_ASSERT(changed.has_value());
    RC_ASSERT(texts(change_steps(*changed, second)).empty());
    RC_ASSERT(changed->pending.empty());
    RC_ASSERT(changed->config.environment == second.config.environment);
    RC_ASSERT(changed->config.mounts.size() == second.config.mounts.size());
    // Nobody's volume is lost: what was detached is still there.
    RC_ASSERT(static_cast<int>(changed->config.mounts.size() + changed->config.unused.size()) + 1 ==
              world.pve.allocations());
  }));
}

TEST_CASE("a name that can be none is quoted as UTF-8", "[direct]") {
  const auto name = direct::parse_container_name("0\x82\x82/1");
  REQUIRE_FALSE(name);
  CHECK(is_utf8(name.error().message));
  CHECK(direct::parse_container_name("pve1/104")->vmid == 104);
}

}  // namespace container_test
