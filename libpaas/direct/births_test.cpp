#include "libpaas/direct/births.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/fakes/container_world.hpp"

namespace births_test {

using namespace paas;
using namespace paas::direct;
using fakes::container_spec;
using fakes::FakePve;

struct Nursery {
  FakePve pve;
  fakes::ScriptClock clock;
  fakes::CountingRandom random;
  Inventory inventory{pve};
  Births births{pve, inventory, clock, random, silent_log()};
  std::vector<int> told{};  // ids the callback was called with

  Result<int> bear(const ContainerSpec& spec, std::stop_token stop = {}) {
    return births.bear(spec, stop, [this](int vmid, const std::string&) { told.push_back(vmid); });
  }
};

TEST_CASE("no part of a birth's error is empty", "[direct]") {
  Nursery nursery;
  nursery.pve.fail_task("vzcreate", "no space left on device");
  const auto failed = nursery.bear(container_spec());
  REQUIRE(!failed);
  CHECK(describe(failed.error()).starts_with("unable to create container 100 on node pve1: "));
  CHECK(describe(failed.error()).find("no space left") != std::string::npos);
  for (const std::string& part : failed.error().context) CHECK(!part.empty());
  CHECK(describe(failed.error()).find(": : ") == std::string::npos);
}

TEST_CASE("a creation whose task fails is untold, and its id is free again", "[direct]") {
  Nursery nursery;
  nursery.pve.fail_task("vzcreate", "no space left on device");
  CHECK(!nursery.bear(container_spec()));
  CHECK(nursery.told == std::vector<int>{100, 0});
  CHECK(nursery.bear(container_spec()).value() == 100);
}

TEST_CASE("an id that somebody else took is passed over", "[direct]") {
  Nursery nursery;
  REQUIRE(nursery.inventory.resources({}));  // an old list that knows nothing of it
  nursery.pve.machines[100] = "pve2";
  const auto vmid = nursery.bear(container_spec());
  REQUIRE(vmid);
  CHECK(*vmid > 100);
  CHECK(nursery.told == std::vector<int>{*vmid});
}

TEST_CASE("a given id that is taken is an error that says so", "[direct]") {
  Nursery nursery;
  nursery.pve.machines[150] = "pve2";
  ContainerSpec spec = container_spec();
  spec.vmid = 150;
  const auto refused = nursery.bear(spec);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::conflict);
  CHECK(!refused.error().remedy.empty());
  CHECK(nursery.told.empty());
}

TEST_CASE("a range without a free id is an error before any creation", "[direct]") {
  Nursery nursery;
  nursery.pve.machines = {{200, "pve1"}, {201, "pve1"}};
  ContainerSpec spec = container_spec();
  spec.vmid_range = {200, 201};
  const auto refused = nursery.bear(spec);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::conflict);
  CHECK(nursery.pve.count({"POST"}) == 0);
}

TEST_CASE("an answer that was lost is looked up by the mark", "[direct]") {
  const bool acted = GENERATE(true, false);
  Nursery nursery;
  REQUIRE(nursery.inventory.resources({}));
  nursery.pve.fail_at(1, Error{Errc::unknown_outcome, "connection reset", {}, {}},
                      acted ? FakePve::Effect::full : FakePve::Effect::none);
  const auto vmid = nursery.bear(container_spec());
  REQUIRE(vmid);
  CHECK(*vmid == 100);
  CHECK(nursery.told.back() == 100);
  CHECK(nursery.pve.containers.size() == 1);
  CHECK(nursery.pve.count({"POST /nodes/pve1/lxc"}) == (acted ? 1u : 2u));
}

TEST_CASE("somebody else's container is not taken for ours when an answer is lost", "[direct]") {
  Nursery nursery;
  REQUIRE(nursery.inventory.resources({}));
  bool first = true;
  nursery.pve.before = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.method != proxmox::Method::post || !std::exchange(first, false)) return {};
    nursery.pve.containers[100] = {"pve1", {{"hostname", "theirs"}, {"description", "x\n"}}};
    return Error{Errc::unknown_outcome, "connection reset", {}, {}};
  };
  const auto vmid = nursery.bear(container_spec());
  REQUIRE(vmid);
  CHECK(*vmid != 100);
  CHECK(nursery.pve.containers.at(100).settings.at("hostname") == "theirs");
  CHECK(std::find(nursery.told.begin(), nursery.told.end(), 100) == nursery.told.end());
}

TEST_CASE("a creation that is still under way when its answer is lost is waited for", "[direct]") {
  Nursery nursery;
  REQUIRE(nursery.inventory.resources({}));
  nursery.pve.creations_last_calls = 4;
  nursery.pve.fail_at(1, Error{Errc::unknown_outcome, "connection reset", {}, {}},
                      FakePve::Effect::full);
  CHECK(nursery.bear(container_spec()).value() == 100);
  CHECK(nursery.told.front() == 100);  // before it had ended
  CHECK(nursery.pve.count({"POST /nodes/pve1/lxc"}) == 1);
}

TEST_CASE("a storage that was locked is tried again after a pause", "[direct]") {
  Nursery nursery;
  nursery.pve.fail_task("vzcreate", "can't lock file '/var/lock/pve-storage' - got timeout");
  CHECK(nursery.bear(container_spec()).value() == 100);
  CHECK(nursery.told == std::vector<int>{100, 0, 100});
  CHECK(nursery.clock.passed() >= std::chrono::seconds(1));
}

TEST_CASE("a clone of what is not there says which attribute to correct", "[direct]") {
  Nursery nursery;
  nursery.pve.containers[104] = {"pve1", {{"hostname", "source"}}};
  nursery.pve.machines[105] = "pve1";
  ContainerSpec spec = container_spec();
  spec.template_volume.clear();
  const auto advice = [&](CloneSource source) {
    spec.clone = std::move(source);
    const auto refused = nursery.bear(spec);
    REQUIRE(!refused);
    return describe(refused.error()) + " | " + refused.error().remedy;
  };
  CHECK(advice({.vmid = 999}).find("no container 999 to clone | set clone.vmid") !=
        std::string::npos);
  CHECK(advice({.vmid = 105}).find("belongs to a virtual machine") != std::string::npos);
  CHECK(advice({.vmid = 104, .node = "pve2"}).find("clone.node to the node it is on") !=
        std::string::npos);
  CHECK(nursery.pve.containers.size() == 1);
}

TEST_CASE("who has asked to stop before gets no container", "[direct]") {
  Nursery nursery;
  std::stop_source stopping;
  REQUIRE(nursery.inventory.resources({}));
  stopping.request_stop();
  CHECK(nursery.bear(container_spec(), stopping.get_token()).error().code == Errc::cancelled);
  CHECK(nursery.pve.count({"POST"}) == 0);
  CHECK(nursery.bear(container_spec()).value() == 100);  // the id was given back
}

}  // namespace births_test
