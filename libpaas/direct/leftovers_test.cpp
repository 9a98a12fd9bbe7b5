#include "libpaas/direct/leftovers.hpp"

#include <catch2/catch.hpp>

#include "tests/fakes/container_world.hpp"

namespace leftovers_test {

using namespace paas;
using namespace paas::direct;
using fakes::container_spec;
using fakes::ContainerWorld;

// A container as a creation leaves it whose program is killed before it has started it.
void leave(ContainerWorld& world, int vmid, const ContainerSpec& spec) {
  world.pve.containers[vmid] = {spec.node,
                                {{"hostname", spec.config.hostname.value()},
                                 {"description", birth_mark(request_name(spec), 7) + "\n"}}};
}

TEST_CASE("equal requests have one name, other ones another; secrets are not in it", "[direct]") {
  const ContainerSpec spec = container_spec();
  ContainerSpec with_secret = spec, other_memory = spec, other_node = spec, with_id = spec;
  with_secret.first_boot.password = "secret";
  with_secret.first_boot.ssh_keys = {"ssh-ed25519 AAAA"};
  other_memory.config.memory_mib = 1024;
  other_node.node = "pve2";
  with_id.vmid = 150;
  CHECK(request_name(spec).size() == 16);
  CHECK(request_name(with_secret) == request_name(spec));
  for (const ContainerSpec& other : {other_memory, other_node, with_id})
    CHECK(request_name(other) != request_name(spec));
  CHECK(bears_mark(birth_mark("0123", 9), "0123"));
  CHECK_FALSE(bears_mark(birth_mark("01234", 9), "0123"));
  CHECK_FALSE(bears_mark("", "0123"));
}

TEST_CASE("what a killed creation left is removed by the next one that asks for the same",
          "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  if (GENERATE(true, false)) spec.vmid = 100;
  leave(world, 100, spec);
  const auto made = world.create(spec);
  REQUIRE(made);
  CHECK(world.pve.containers.size() == 1);
  CHECK(world.pve.containers.begin()->first == made->vmid);
  CHECK(made->running);
  CHECK(world.clock.passed() >= std::chrono::seconds(30));
}

TEST_CASE("one that is protected, runs, or is looked after by high availability is removed as well",
          "[direct]") {
  ContainerWorld world;
  leave(world, 100, container_spec());
  fakes::FakePve::Container& there = world.pve.containers[100];
  SECTION("protected") {
    there.settings["protection"] = "1";
  }
  SECTION("running") {
    there.running = there.listed_running = true;
  }
  SECTION("highly available") {
    there.running = there.listed_running = true;
    world.pve.ha[100] = {{"state", "started"}};
  }
  SECTION("a template") {
    there.settings["template"] = "1";
  }
  REQUIRE(world.create(container_spec()));
  CHECK(world.pve.containers.size() == 1);
  CHECK(world.pve.ha.empty());
}

TEST_CASE("one that runs may still be waiting for its addresses, and is watched for longer",
          "[direct]") {
  ContainerWorld world;
  ContainerSpec spec = container_spec();
  spec.awaits_addresses = true;
  leave(world, 100, spec);
  world.pve.containers[100].running = true;
  REQUIRE(world.create(spec));
  CHECK(world.pve.containers.size() == 1);
  CHECK(world.clock.passed() >= std::chrono::seconds(150));
}

// Killed: from the n-th call on nothing gets through any more. Then another program begins anew.
TEST_CASE("whenever a creation is killed before its mark is gone, the next one leaves no second",
          "[direct]") {
  ContainerSpec spec = container_spec();
  spec.ha = HaState{};
  spec.config.description = "notes";
  const bool given = GENERATE(false, true);
  if (given) spec.vmid = 150;
  const int slow = GENERATE(0, 6);
  bool unmarked = false;
  for (int at = 1; !unmarked; ++at) {
    INFO("killed at call " << at << ", a creation takes " << slow << " calls");
    REQUIRE(at < 100);
    ContainerWorld killed;
    killed.pve.creations_last_calls = slow;
    int calls = 0;
    killed.pve.before = [&](const proxmox::Call& call) -> std::optional<Error> {
      if (++calls >= at) return Error{Errc::unavailable, "killed", {}, {}};
      unmarked =
          unmarked || (call.method == proxmox::Method::put && call.path.ends_with("/config"));
      return {};
    };
    const auto begun = killed.create(spec);
    if (unmarked) break;
    CHECK(!begun);
    killed.pve.before = {};
    fakes::ScriptClock clock;
    fakes::ScriptRandom random(1000);
    Inventory inventory{killed.pve};
    Containers containers{killed.pve, inventory, clock, random, silent_log()};
    const bool was_there = !killed.pve.containers.empty();
    std::vector<int> removed;
    CreationHooks hooks;
    hooks.leftover = [&](int vmid, const Result<void>& done) {
      CHECK(done);
      removed.push_back(vmid);
    };
    const auto made = containers.create(spec, {}, [](int, const std::string&) {}, hooks);
    REQUIRE(made);
    CHECK(removed.size() == (was_there ? 1u : 0u));
    CHECK(killed.pve.containers.size() == 1);
    CHECK(made->running);
    CHECK(made->config.description == "notes");
    CHECK(killed.pve.ha.size() == 1);
    if (given) CHECK(made->vmid == 150);
  }
  CHECK(unmarked);
}

TEST_CASE("who waits for something before the mark goes is called before, and once", "[direct]") {
  ContainerWorld world;
  int calls = 0;
  CreationHooks hooks;
  hooks.settled = [&](const ContainerState& there) {
    ++calls;
    CHECK(there.running);
    CHECK(bears_mark(there.config.description.value_or(""), request_name(container_spec())));
  };
  const auto made =
      world.containers.create(container_spec(), {}, [](int, const std::string&) {}, hooks);
  REQUIRE(made);
  CHECK(calls == 1);
  CHECK(!made->config.description);
}

TEST_CASE("what is not surely ours stays", "[direct]") {
  ContainerWorld world;
  const ContainerSpec spec = container_spec();
  leave(world, 100, spec);
  fakes::FakePve::Container& there = world.pve.containers[100];
  int looks = 0;
  SECTION("another request") {
    ContainerSpec other = spec;
    other.config.memory_mib = 4096;
    there.settings["description"] = birth_mark(request_name(other), 7);
  }
  SECTION("no mark") {
    there.settings["description"] = "mine";
  }
  SECTION("another node") {
    there.node = "pve2";
  }
  SECTION("another name") {
    there.settings["hostname"] = "other";
  }
  SECTION("it is locked") {
    there.settings["lock"] = "backup";
  }
  SECTION("somebody is at work: the mark goes away") {
    world.pve.before = [&](const proxmox::Call& call) -> std::optional<Error> {
      if (call.path.ends_with("/100/pending") && ++looks == 3) there.settings.erase("description");
      return {};
    };
  }
  SECTION("somebody else claims it first") {
    world.pve.before = [&](const proxmox::Call& call) -> std::optional<Error> {
      if (call.path.ends_with("/100/config") && call.method == proxmox::Method::put)
        there.settings["description"] = "somebody else's";
      return {};
    };
  }
  REQUIRE(world.create(spec));
  CHECK(world.pve.containers.size() == 2);
  CHECK(world.pve.containers.contains(100));
  CHECK(world.pve.count({"DELETE"}) == 0);
}

TEST_CASE("what a killed creation left whose request has changed since is named and stays",
          "[direct]") {
  ContainerWorld world;
  const ContainerSpec spec = container_spec();
  ContainerSpec before = spec;
  before.config.memory_mib = 4096;
  leave(world, 100, before);
  world.pve.containers[100].running = GENERATE(true, false);
  before.node = "pve2";
  leave(world, 101, before);
  leave(world, 102, before);
  world.pve.containers[102].settings["hostname"] = "other";
  leave(world, 103, before);
  world.pve.containers[103].settings["description"] = "mine";
  leave(world, 104, spec);
  std::vector<std::pair<int, std::string>> named;
  CreationHooks hooks;
  hooks.other_request = [&](int vmid, const std::string& node) { named.emplace_back(vmid, node); };
  const auto create = [&] {
    return world.containers.create(spec, {}, [](int, const std::string&) {}, hooks);
  };
  REQUIRE(create());
  CHECK(named == std::vector<std::pair<int, std::string>>{{100, "pve1"}, {101, "pve2"}});
  CHECK(world.pve.containers.size() == 5);
  CHECK_FALSE(world.pve.containers.contains(104));
}

TEST_CASE("of two creations of the same at once, neither takes the other for a leftover",
          "[direct]") {
  ContainerWorld world;
  REQUIRE(world.create(container_spec()));
  REQUIRE(world.create(container_spec()));
  CHECK(world.pve.containers.size() == 2);
  CHECK(world.clock.passed() < std::chrono::seconds(30));
}

TEST_CASE("who is asked to stop while watching removes nothing", "[direct]") {
  ContainerWorld world;
  leave(world, 100, container_spec());
  std::stop_source stopping;
  world.pve.after = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.path.ends_with("/100/pending")) stopping.request_stop();
    return {};
  };
  const auto stopped = world.create(container_spec(), stopping.get_token());
  REQUIRE(!stopped);
  CHECK(stopped.error().code == Errc::cancelled);
  CHECK(world.pve.containers.size() == 1);
  CHECK(world.born == 0);
}

}  // namespace leftovers_test
