#include "provider/resources/lxc/spec.hpp"

#include <catch2/catch.hpp>

#include "provider/tf/plan.hpp"
#include "tests/fakes/container_world.hpp"

namespace lxc_spec_test {

using namespace paas;
using lxc::Lxc;

// A container with something of everything, as the server has it.
direct::ContainerState rich() {
  direct::ContainerState state;
  state.vmid = 104;
  state.node = "pve2";
  state.pool = "web";
  state.running = true;
  state.ha = direct::HaState{.state = "started",
                             .group = "",
                             .comment = "c",
                             .max_restart = 3,
                             .max_relocate = {},
                             .failback = false};
  auto& config = state.config = fakes::container_spec().config;
  config.description = "notes";
  config.cores = 2;
  config.cpu_limit = "0.5";
  config.cpu_units = 200;
  config.memory_mib = 2048;
  config.swap_mib = 0;
  config.root->volume = "local:104/vm-104-disk-0.raw";
  config.root->replicate = false;
  config.root->mount_options = {"noatime"};
  auto& mount = config.mounts["mp0"];
  mount = fakes::volume_on("local:104/vm-104-disk-1.raw", "/srv", 1536);
  mount.backup = true;
  mount.read_only = true;
  config.mounts["mp1"] = fakes::volume_on("/data", "/data", 0);
  config.mounts["mp1"].size_mib.reset();
  auto& network = config.networks.at("net0");
  network.vlan = 7;
  network.trunks = {8, 9};
  network.ipv4 = "192.0.2.5/24";
  network.gateway4 = "192.0.2.1";
  network.ipv6 = "auto";
  network.firewall = true;
  network.mtu = 9000;
  network.rate = "12.5";
  network.link_down = true;
  config.devices["dev0"] = proxmox::Device{"/dev/net/tun", "0666", 1000, 1000, true, {}};
  config.dns_servers = {{"192.0.2.53"}};
  config.dns_domain = "example.org";
  config.features = proxmox::Features{.nesting = true,
                                      .keyctl = true,
                                      .fuse = {},
                                      .mknod = {},
                                      .force_rw_sys = {},
                                      .mount = {"nfs"},
                                      .others = {}};
  config.tags = {"edge", "web"};
  config.start_on_boot = true;
  config.startup = proxmox::Startup{1, 2, 3, {}};
  config.protection = true;
  config.timezone = "host";
  config.console = false;
  config.tty_count = 4;
  config.hook_script = "local:snippets/hook.pl";
  return state;
}

TEST_CASE("what was observed asks for nothing but itself", "[lxc]") {
  const direct::ContainerState state = rich();
  const Lxc model = lxc::model_of(Lxc{}, state);
  const auto spec = lxc::spec_of(model, model, model, {});
  CHECK(direct::change_steps(state, spec).empty());
  CHECK(direct::refusals(state.config, spec.config).empty());
  CHECK(spec.pool == "web");
  CHECK(spec.move_to.empty());
  // And is the same when it is looked at again in its own words.
  CHECK(lxc::lxc_object().encode(lxc::model_of(model, state)) == lxc::lxc_object().encode(model));
}

TEST_CASE("each thing that changes on the server shows in the model", "[lxc]") {
  const Lxc known = lxc::model_of(Lxc{}, rich());
  const auto differs = [&](auto change) {
    direct::ContainerState state = rich();
    change(state);
    return lxc::lxc_object().encode(lxc::model_of(known, state)) != lxc::lxc_object().encode(known);
  };
  CHECK(!differs([](auto&) {}));
  CHECK(differs([](auto& s) { s.config.hostname = "other"; }));
  CHECK(differs([](auto& s) { s.config.description.reset(); }));
  CHECK(differs([](auto& s) { s.config.cores.reset(); }));
  CHECK(differs([](auto& s) { s.config.memory_mib = 2049; }));
  CHECK(differs([](auto& s) { s.config.swap_mib.reset(); }));
  CHECK(differs([](auto& s) { s.config.root->size_mib = 5000; }));
  CHECK(differs([](auto& s) { s.config.root->replicate.reset(); }));
  CHECK(differs([](auto& s) { s.config.mounts.erase("mp0"); }));
  CHECK(differs([](auto& s) { s.config.mounts["mp2"] = s.config.mounts["mp0"]; }));
  CHECK(differs([](auto& s) { s.config.networks.at("net0").vlan.reset(); }));
  CHECK(differs([](auto& s) { s.config.networks.at("net0").mac = "02:00:00:00:00:02"; }));
  CHECK(differs([](auto& s) { s.config.devices.clear(); }));
  CHECK(differs([](auto& s) { s.config.features.reset(); }));
  CHECK(differs([](auto& s) { s.config.dns_servers.reset(); }));
  CHECK(differs([](auto& s) { s.config.tags = {"web"}; }));
  CHECK(differs([](auto& s) { s.config.startup.reset(); }));
  CHECK(differs([](auto& s) { s.config.protection.reset(); }));
  CHECK(differs([](auto& s) { s.config.timezone.reset(); }));
  CHECK(differs([](auto& s) { s.config.console.reset(); }));
  CHECK(differs([](auto& s) { s.config.hook_script.reset(); }));
  CHECK(differs([](auto& s) { s.pool.clear(); }));
  CHECK(differs([](auto& s) { s.running = false; }));
  CHECK(differs([](auto& s) { s.ha.reset(); }));
  CHECK(differs([](auto& s) { s.node = "pve3"; }));
}

TEST_CASE("words that mean the same are kept", "[lxc]") {
  Lxc known = lxc::model_of(Lxc{}, rich());
  known.memory = std::string("2G");
  known.swap = std::string("0M");
  known.tags = std::vector<std::string>{"Web", "edge", "web"};
  known.description = std::string("notes\n");
  known.root_disk->size = std::string("4096M");
  known.root_disk->quota = false;  // said, and the default
  known.networks->at("net0").mac = std::string("02:00:00:00:00:01");
  CHECK(lxc::lxc_object().encode(lxc::model_of(known, rich())) == lxc::lxc_object().encode(known));
}

TEST_CASE("a default that was asked for stays as it was said", "[lxc]") {
  Lxc known = lxc::model_of(Lxc{}, rich());
  known.entrypoint = std::string("/sbin/init");
  known.console->mode = std::string("tty");
  const Lxc now = lxc::model_of(known, rich());  // the server says nothing of either
  CHECK(now.entrypoint == known.entrypoint);
  CHECK(now.console->mode == known.console->mode);
}

TEST_CASE("a guest moved by somebody else is an observation: its own node stays", "[lxc]") {
  const Lxc before = lxc::model_of(Lxc{}, rich());
  direct::ContainerState state = rich();
  state.node = "pve3";
  const Lxc after = lxc::model_of(before, state);
  CHECK(*after.node == "pve2");
  CHECK(*after.current_node == "pve3");
  CHECK(lxc::spec_of(after, after, after, {}).move_to.empty());
}

TEST_CASE("only another node than before asks for a migration", "[lxc]") {
  const Lxc prior = lxc::model_of(Lxc{}, rich());
  Lxc planned = prior;
  planned.node = std::string("pve9");
  CHECK(lxc::spec_of(prior, planned, planned, {}).move_to == "pve9");
  CHECK(lxc::spec_of(Lxc{}, planned, planned, {}).move_to.empty());
  CHECK(lxc::spec_of(Lxc{}, planned, planned, {}).node == "pve9");
}

TEST_CASE("write-only values come from the configuration, dropped variables from before", "[lxc]") {
  Lxc prior = lxc::model_of(Lxc{}, rich());
  Lxc planned = prior;
  Lxc config = planned;
  prior.environment = std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}};
  planned.environment = std::map<std::string, std::string>{{"B", "2"}};
  config.password_wo = std::string("correct-horse");
  config.ssh_keys_wo = std::vector<std::string>{"ssh-ed25519 AAAA"};
  const auto spec = lxc::spec_of(prior, planned, config, {200, 299});
  CHECK(spec.first_boot.password == "correct-horse");
  CHECK(spec.first_boot.ssh_keys.size() == 1);
  CHECK(spec.dropped_environment == std::vector<std::string>{"A"});
  CHECK(spec.vmid_range == direct::VmidRange{200, 299});
}

TEST_CASE("of an OCI image's environment only what was asked for is ours", "[lxc]") {
  direct::ContainerState state = rich();
  state.config.environment = {{"PATH", "/bin"}, {"MODE", "prod"}};
  state.config.entrypoint = "/bin/app";
  CHECK(lxc::model_of(Lxc{}, state).environment.null());
  CHECK(lxc::model_of(Lxc{}, state).entrypoint.null());
  Lxc known;
  known.environment = std::map<std::string, std::string>{{"MODE", "test"}, {"GONE", "1"}};
  CHECK(*lxc::model_of(known, state).environment ==
        std::map<std::string, std::string>{{"MODE", "prod"}});
}

}  // namespace lxc_spec_test
