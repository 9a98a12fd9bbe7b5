#include "libpaas/direct/containers.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "libpaas/base/text.hpp"
#include "tests/fakes/container_world.hpp"

namespace containers_test {

using namespace paas;
using namespace paas::direct;
using fakes::container_spec;
using fakes::ContainerWorld;
using fakes::FakePve;
using fakes::volume_on;

Error lost() {
  return {Errc::unknown_outcome, "the connection broke off", {}, {}};
}

bool mentions(const Error& error, std::string_view text) {
  return (describe(error) + error.remedy).find(text) != std::string::npos;
}

TEST_CASE("a container is created, brought to what is wanted, and read back", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.pool = "web";
  spec.config.tags = {"edge"};
  spec.config.description = "notes";
  const auto state = world.create(spec);
  REQUIRE(state);
  CHECK(state->vmid == 100);
  CHECK(state->node == "pve1");
  CHECK(state->running);
  CHECK(state->pool == "web");
  CHECK(state->config.description == "notes");  // and no mark of its birth
  CHECK(state->config.networks.at("net0").mac == "02:00:00:00:00:01");
  CHECK(world.born == 100);
  CHECK(world.born_on == "pve1");
  CHECK(world.pve.allocations() == 1);
}

TEST_CASE("the same wish again is no work", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
  spec.ha = HaState{};
  REQUIRE(world.create(spec));
  const auto calls = world.pve.record();
  REQUIRE(world.change(100, spec));
  for (std::size_t i = calls.size(); i < world.pve.record().size(); ++i)
    CHECK(world.pve.record()[i].starts_with("GET "));
  CHECK(world.pve.allocations() == 2);
}

TEST_CASE("disks grow in place and are never allocated a second time", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
  const auto before = world.create(spec);
  REQUIRE(before);
  spec.config.root->size_mib = 8192;
  spec.config.mounts.at("mp0").size_mib = 2048;
  spec.config.mounts.at("mp0").backup = true;
  const auto after = world.change(100, spec);
  REQUIRE(after);
  CHECK(after->config.root->size_mib == 8192u);
  CHECK(after->config.root->volume == before->config.root->volume);
  CHECK(after->config.mounts.at("mp0").volume == before->config.mounts.at("mp0").volume);
  CHECK(after->config.unused.empty());
  CHECK(world.pve.allocations() == 2);
}

TEST_CASE("what would lose data is refused before anything is done", "[direct]") {
  ContainerWorld world;
  REQUIRE(world.create(container_spec()));
  ContainerSpec smaller = container_spec();
  smaller.config.root->size_mib = 1024;
  smaller.config.memory_mib = 1024;
  ContainerSpec elsewhere = container_spec();
  elsewhere.config.root->volume = "tank";
  for (const ContainerSpec& want : {smaller, elsewhere}) {
    const auto refused = world.change(100, want);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::invalid);
    CHECK(!refused.error().remedy.empty());
    CHECK(world.pve.containers.at(100).settings.at("memory") == "512");
    CHECK(world.pve.count({"/resize"}) == 0);
  }
}

TEST_CASE("a mount that is no longer wanted keeps its volume", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.started = false;
  spec.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
  const auto before = world.create(spec);
  REQUIRE(before);
  spec.config.mounts.clear();
  const auto after = world.change(100, spec);
  REQUIRE(after);
  CHECK(after->config.mounts.empty());
  CHECK(after->config.unused == std::vector<std::string>{before->config.mounts.at("mp0").volume});
}

TEST_CASE("a change of a running container that has to wait is pending, or a restart away",
          "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  spec.config.timezone = "host";
  auto state = world.change(100, spec);
  REQUIRE(state);
  CHECK(state->pending == std::vector<std::string>{"timezone"});
  spec.reboot_to_apply = true;
  state = world.change(100, spec);
  REQUIRE(state);
  CHECK(state->pending.empty());
  CHECK(state->running);
  CHECK(world.pve.count({"POST", "/status/reboot"}) == 1);
}

TEST_CASE("an OCI image keeps its environment beside ours, and starts only with both", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.template_volume = "local:vztmpl/app.tar";
  spec.config.environment = {{"PORT", "9090"}, {"MODE", "prod"}};
  spec.config.entrypoint = "/bin/app --quiet";
  const auto state = world.create(spec);
  REQUIRE(state);
  CHECK(state->config.environment ==
        std::map<std::string, std::string>{{"MODE", "prod"}, {"PATH", "/bin"}, {"PORT", "9090"}});
  CHECK(state->config.entrypoint == "/bin/app --quiet");
  CHECK(state->config.networks.at("net0").host_managed == true);
  CHECK(state->pending.empty());  // it was set before the start, not after

  spec.config.environment = {{"PORT", "9090"}};
  spec.dropped_environment = {"MODE"};
  const auto dropped = world.change(100, spec);
  REQUIRE(dropped);
  CHECK(dropped->config.environment ==
        std::map<std::string, std::string>{{"PATH", "/bin"}, {"PORT", "9090"}});
}

TEST_CASE("a clone keeps what its source has where nothing is said", "[direct]") {
  ContainerWorld world;
  ContainerSpec source = container_spec("source");
  source.started = false;
  source.config.cores = 3;
  source.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
  REQUIRE(world.create(source));
  ContainerSpec spec;
  spec.node = "pve2";
  spec.config.hostname = "copy";
  spec.config.memory_mib = 1024;
  spec.clone =
      CloneSource{.vmid = 100, .node = "", .full = true, .storage = "local", .snapshot = ""};
  const auto state = world.create(spec);
  INFO((state ? std::string() : describe(state.error())));
  REQUIRE(state);
  CHECK(state->vmid == 101);
  CHECK(state->node == "pve2");
  CHECK(state->config.cores == 3);
  CHECK(state->config.memory_mib == 1024u);
  CHECK(state->config.mounts.contains("mp0"));
  CHECK(world.pve.count(
            {"POST /nodes/pve1/lxc/100/clone", "target=pve2", "full=1", "storage=local"}) == 1);

  const auto as_before = world.change(101, spec);
  REQUIRE(as_before);
  CHECK(as_before->config.mounts.size() == 1);
  spec.exact_mounts = true;  // none, and not: as the source has them
  spec.reboot_to_apply = true;
  const auto without = world.change(101, spec);
  REQUIRE(without);
  CHECK(without->config.mounts.empty());
  CHECK(without->config.unused.size() == 1);
}

TEST_CASE("pool, high availability and power follow what is wanted", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  spec.pool = "db";
  spec.ha = HaState{.state = "stopped", .group = "", .comment = "kept off"};
  spec.started = false;
  auto state = world.change(100, spec);
  REQUIRE(state);
  CHECK(state->pool == "db");
  CHECK(state->ha == spec.ha);
  CHECK(!state->running);
  spec.pool.clear();
  spec.ha.reset();
  spec.started = true;
  state = world.change(100, spec);
  REQUIRE(state);
  CHECK(state->pool.empty());
  CHECK(!state->ha);
  CHECK(state->running);
}

TEST_CASE("a node that was asked for is migrated to, in place and once", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  spec.move_to = "pve3";
  spec.config.memory_mib = 1024;
  const auto moved = world.change(100, spec);
  REQUIRE(moved);
  CHECK(moved->node == "pve3");
  CHECK(moved->running);
  CHECK(moved->config.memory_mib == 1024u);
  CHECK(world.pve.count({"POST /nodes/pve1/lxc/100/migrate", "target=pve3", "restart=1"}) == 1);
  REQUIRE(world.change(100, spec));
  CHECK(world.pve.count({"/migrate"}) == 1);
}

TEST_CASE("a stopped container is migrated without a restart, then started there", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.started = false;
  REQUIRE(world.create(spec));
  spec.move_to = "pve2";
  spec.started = true;
  const auto moved = world.change(100, spec);
  REQUIRE(moved);
  CHECK(moved->node == "pve2");
  CHECK(moved->running);
  CHECK(world.pve.count({"/migrate", "restart"}) == 0);
  CHECK(world.pve.count({"POST /nodes/pve2/lxc/100/status/start"}) == 1);
}

TEST_CASE("a migration that high availability does is waited for", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.ha = HaState{};
  REQUIRE(world.create(spec));
  world.pve.ha_moves_after = 12;
  spec.move_to = "pve2";
  const auto moved = world.change(100, spec);
  REQUIRE(moved);
  CHECK(moved->node == "pve2");
  CHECK(world.clock.passed() > std::chrono::seconds(5));
}

TEST_CASE("a migration that fails leaves the container where it was, and says why", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  world.pve.fail_task("vzmigrate", "storage 'local' is not available on node 'pve2'");
  spec.move_to = "pve2";
  const auto failed = world.change(100, spec);
  REQUIRE(!failed);
  CHECK(mentions(failed.error(), "migrate 100 from pve1 to pve2"));
  CHECK(mentions(failed.error(), "not available on node 'pve2'"));
  CHECK(world.containers.observe(100, {}).value()->node == "pve1");
}

TEST_CASE("a guest that somebody else has moved is found and stays there", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  world.pve.move(100, "pve2");
  world.inventory.changed();
  const auto seen = world.containers.observe(100, {});
  REQUIRE(seen);
  REQUIRE(*seen);
  CHECK((*seen)->node == "pve2");
  spec.config.memory_mib = 1024;
  const auto changed = world.change(100, spec);
  REQUIRE(changed);
  CHECK(changed->node == "pve2");
  CHECK(world.pve.count({"/migrate"}) == 0);
  CHECK(world.pve.containers.at(100).settings.at("memory") == "1024");
}

TEST_CASE("one that moves in the middle of a change is followed", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  spec.config.memory_mib = 1024;
  bool moved = false;
  world.pve.before = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.method == proxmox::Method::put && !std::exchange(moved, true))
      world.pve.move(100, "pve3");
    return {};
  };
  const auto state = world.change(100, spec);
  REQUIRE(state);
  CHECK(state->node == "pve3");
  CHECK(world.pve.containers.at(100).settings.at("memory") == "1024");
}

TEST_CASE("only when both existence tests agree is a container gone", "[direct]") {
  ContainerWorld world;
  REQUIRE(world.create(container_spec()));
  world.inventory.changed();

  SECTION("absent from the list and its id free: gone") {
    world.pve.containers.erase(100);
    const auto seen = world.containers.observe(100, {});
    REQUIRE(seen);
    CHECK(!*seen);
    CHECK(world.pve.count({"GET /cluster/resources"}) >= 1);
    CHECK(world.pve.count({"GET /cluster/nextid vmid=100"}) == 1);
  }
  SECTION("absent from the list but its id taken: an error, not gone") {
    world.pve.hidden.insert(100);
    const auto seen = world.containers.observe(100, {});
    REQUIRE(!seen);
    CHECK(seen.error().code == Errc::denied);
    CHECK(mentions(seen.error(), "VM.Audit"));
  }
  SECTION("the id belongs to a machine by now: an error, not gone") {
    world.pve.containers.erase(100);
    world.pve.machines[100] = "pve1";
    const auto seen = world.containers.observe(100, {});
    REQUIRE(!seen);
    CHECK(seen.error().code == Errc::conflict);
  }
  SECTION("the second test cannot be made: an error, not gone") {
    world.pve.containers.erase(100);
    world.pve.before = [](const proxmox::Call& call) -> std::optional<Error> {
      if (call.path != "/cluster/nextid") return {};
      return Error{Errc::unavailable, "no quorum", {}, {}};
    };
    const auto seen = world.containers.observe(100, {});
    REQUIRE(!seen);
    CHECK(seen.error().code == Errc::unavailable);
  }
}

TEST_CASE("a list that lags behind is not believed against what is known", "[direct]") {
  ContainerWorld world;
  REQUIRE(world.create(container_spec()));
  world.inventory.changed();
  world.pve.lists_lag = true;  // and says "stopped"
  CHECK(world.containers.observe(100, {}, true).value()->running);
  CHECK(world.pve.count({"GET /nodes/pve1/lxc"}) > 0);
}

TEST_CASE("a refresh of many costs one list and one call each", "[direct]") {
  ContainerWorld world;
  for (int i = 0; i < 8; ++i) REQUIRE(world.create(container_spec("web-" + std::to_string(i))));
  fakes::ScriptClock clock;
  fakes::CountingRandom random;
  Inventory inventory(world.pve);
  Containers containers(world.pve, inventory, clock, random, silent_log());
  world.pve.lists_lag = false;
  const std::size_t before = world.pve.calls();
  for (int vmid = 100; vmid < 108; ++vmid) CHECK(containers.observe(vmid, {}, true).value());
  CHECK(world.pve.calls() - before == 8 + 1);
}

TEST_CASE("removal: out of high availability, stopped, destroyed", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.ha = HaState{};
  REQUIRE(world.create(spec));
  REQUIRE(world.containers.remove(100, {}));
  CHECK(world.pve.containers.empty());
  CHECK(world.pve.ha.empty());
  CHECK(world.containers.remove(100, {}));  // gone already
}

TEST_CASE("a protected container is not touched by its removal", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.config.protection = true;
  REQUIRE(world.create(spec));
  const auto refused = world.containers.remove(100, {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::conflict);
  CHECK(mentions(refused.error(), "protection"));
  CHECK(world.pve.containers.at(100).running);
}

TEST_CASE("whichever call of a life fails or loses its answer, the next attempt converges",
          "[direct]") {
  const bool acted = GENERATE(false, true);
  for (std::size_t at = 1; at < 40; ++at) {
    ContainerWorld world;
    ContainerSpec spec = container_spec();
    spec.config.mounts.emplace("mp0", volume_on("local", "/srv", 1024));
    spec.config.description = "notes";
    spec.pool = "web";
    world.pve.fail_at(at, lost(), acted ? FakePve::Effect::full : FakePve::Effect::none);
    const auto made = world.create(spec);
    INFO("call " << at << (acted ? " acted, its answer was lost" : " was lost"));
    // Nothing is there that the caller was not told of.
    if (!made) CHECK(world.pve.containers.size() == (world.born == 0 ? 0u : 1u));
    world.pve.fail_at(1000, lost(), FakePve::Effect::none);  // none in what follows
    world.inventory.changed();
    if (world.born == 0 && !made) REQUIRE(world.create(spec));
    const int vmid = world.born;
    const auto state = world.change(vmid, spec);
    REQUIRE(state);
    CHECK(state->running);
    CHECK(state->pool == "web");
    CHECK(state->config.description == "notes");
    CHECK(state->config.mounts.at("mp0").size_mib == 1024u);
    CHECK(state->config.unused.empty());
    CHECK(world.pve.containers.size() == 1);
  }
}

TEST_CASE("a write that was applied by half is read back, and the rest reported", "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  REQUIRE(world.create(spec));
  world.pve.apply_half(1, "bridge 'vmbr0' does not exist");
  spec.config.cores = 2;
  spec.config.memory_mib = 700;
  const auto half = world.change(100, spec);
  REQUIRE(!half);
  CHECK(mentions(half.error(), "vmbr0"));
  CHECK(mentions(half.error(), "left undone"));
  const auto whole = world.change(100, spec);
  REQUIRE(whole);
  CHECK(whole->config.memory_mib == 700u);
  CHECK(whole->config.cores == 2);
}

TEST_CASE("addresses are waited for, for a while", "[direct]") {
  ContainerWorld world;
  const auto state = world.create(container_spec());
  REQUIRE(state);
  SECTION("until the DHCP server has answered") {
    world.pve.addresses_after = 3;
    const auto addresses = world.containers.addresses(*state, {.ipv4 = true, .ipv6 = false}, {});
    REQUIRE(addresses);
    CHECK(addresses->ipv4.at("eth0") == std::vector<std::string>{"192.0.2.100"});
    CHECK(world.clock.passed() >= std::chrono::seconds(3));
  }
  SECTION("not at all, if nobody asks to") {
    world.pve.addresses_after = 3;
    CHECK(world.containers.addresses(*state, {}, {}).value() == proxmox::Addresses{});
  }
  SECTION("not for ever") {
    const auto addresses = world.containers.addresses(*state, {.ipv4 = false, .ipv6 = true}, {});
    REQUIRE(addresses);
    CHECK(addresses->ipv6.empty());
    CHECK(addresses->ipv4.size() == 1);
    CHECK(world.clock.passed() >= std::chrono::minutes(2));
  }
  SECTION("not after somebody has asked to stop") {
    std::stop_source stopping;
    stopping.request_stop();
    CHECK(world.containers.addresses(*state, {.ipv4 = false, .ipv6 = true}, stopping.get_token()));
  }
  SECTION("not of a stopped one") {
    ContainerState stopped = *state;
    stopped.running = false;
    CHECK(world.containers.addresses(stopped, {.ipv4 = true}, {}).value() == proxmox::Addresses{});
    CHECK(world.pve.count({"/interfaces"}) == 0);
  }
}

TEST_CASE("a container is found by node and id, id, or name", "[direct]") {
  ContainerWorld world;
  REQUIRE(world.create(container_spec("web")));
  REQUIRE(world.create(container_spec("db")));
  REQUIRE(world.create(container_spec("db")));
  world.pve.machines[200] = "pve1";
  world.inventory.changed();
  const auto find = [&](const char* id) { return world.containers.find(id, {}); };
  CHECK(find("100").value() == 100);
  CHECK(find("pve1/100").value() == 100);
  CHECK(find("pve3/100").value() == 100);  // where it was once
  CHECK(find("pve9/100").error().code == Errc::not_found);
  CHECK(mentions(find("pve9/100").error(), "pve1"));
  for (const char* bad : {"pve1/pve1/100", "/100", "pve1//100", "pve1/", "", "-1", "5", "ü",
                          "pve1/web", "a b", "1000000000"}) {
    const auto refused = find(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::invalid);
    CHECK(mentions(refused.error(), "node/vmid"));
  }
  CHECK(find("web").value() == 100);
  CHECK(find("db").error().code == Errc::conflict);
  CHECK(mentions(find("db").error(), "101, 102"));
  CHECK(find("nothing").error().code == Errc::not_found);
  CHECK(find("4711").error().code == Errc::not_found);
  CHECK(find("200").error().code == Errc::conflict);
}

TEST_CASE("fifty creations at once get fifty ids", "[direct]") {
  ContainerWorld world;
  world.pve.machines[103] = "pve2";
  std::vector<int> ids(50);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < ids.size(); ++i)
      threads.emplace_back([&, i] {
        const auto state = world.containers.create(container_spec("web-" + std::to_string(i)), {},
                                                   [](int, const std::string&) {});
        if (state) ids[i] = state->vmid;
      });
  }
  const std::set<int> distinct(ids.begin(), ids.end());
  CHECK(distinct.size() == 50);
  CHECK(!distinct.contains(0));
  CHECK(!distinct.contains(103));
  CHECK(world.pve.containers.size() == 50);
  for (const int id : ids) CHECK(world.pve.containers.at(id).running);
}

TEST_CASE("a create that is asked to stop says where it got to", "[direct]") {
  ContainerWorld world;
  std::stop_source stopping;
  world.pve.after = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.method == proxmox::Method::post && call.path.ends_with("/lxc"))
      stopping.request_stop();
    return {};
  };
  const auto stopped = world.create(container_spec(), stopping.get_token());
  REQUIRE(!stopped);
  CHECK(stopped.error().code == Errc::cancelled);
  CHECK(world.born == 100);
  CHECK(world.pve.containers.contains(100));
}

}  // namespace containers_test
