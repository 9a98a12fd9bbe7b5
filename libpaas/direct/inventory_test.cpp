#include "libpaas/direct/inventory.hpp"

#include <catch2/catch.hpp>

#include "tests/fakes/container_world.hpp"

namespace inventory_test {

using namespace paas;
using namespace paas::direct;

struct Listed {
  Listed() { pve.containers[104] = {"pve2", {{"hostname", "web"}}, {}, true, true, "db"}; }
  fakes::FakePve pve;
  Inventory inventory{pve};
};

TEST_CASE("lists are read once, until something has changed", "[direct]") {
  Listed it;
  CHECK(it.inventory.last_seen() == nullptr);
  CHECK(it.inventory.guest(104, {}).value()->node == "pve2");
  CHECK(!it.inventory.guest(105, {}).value());
  CHECK(it.inventory.statuses("pve2", {}).value()->at(104) == "running");
  CHECK(it.inventory.statuses("pve2", {}).value()->size() == 1);
  CHECK(it.inventory.statuses("pve1", {}).value()->empty());
  CHECK(it.pve.calls() == 3);
  it.pve.move(104, "pve1");
  CHECK(it.inventory.guest(104, {}).value()->node == "pve2");
  it.inventory.changed(104);
  CHECK(it.inventory.has_changed(104));
  CHECK(!it.inventory.has_changed(105));
  CHECK(guest_in(*it.inventory.last_seen(), 104)->node == "pve2");
  CHECK(it.inventory.guest(104, {}).value()->node == "pve1");
  CHECK(it.inventory.statuses("pve2", {}).value()->empty());
}

TEST_CASE("high availability by id, or denied", "[direct]") {
  Listed it;
  it.pve.ha[104] = {{"state", "enabled"}, {"max_restart", "3"}, {"failback", "0"}};
  const auto ha = it.inventory.ha({});
  REQUIRE(ha);
  CHECK((*ha)->at(104) == HaState{.state = "started",
                                  .group = "",
                                  .comment = "",
                                  .max_restart = 3,
                                  .max_relocate = {},
                                  .failback = false});
  it.inventory.changed();
  it.pve.may_read_ha = false;
  CHECK(it.inventory.ha({}).error().code == Errc::denied);
}

TEST_CASE("templates of all nodes, or of one", "[direct]") {
  Listed it;
  const auto all = it.inventory.templates("", {});
  REQUIRE(all);
  CHECK(all->size() == 6);  // two on each node: this storage is not shared
  CHECK(all->front().node == "pve1");
  CHECK(it.inventory.templates("pve3", {}).value().size() == 2);
  it.pve.before = [](const proxmox::Call& call) -> std::optional<Error> {
    if (call.path.find("/storage/") == std::string::npos) return {};
    return Error{Errc::unavailable, "no route", {}, {}};
  };
  const auto failed = it.inventory.templates("pve3", {});
  REQUIRE(!failed);
  CHECK(describe(failed.error()).find("local of pve3") != std::string::npos);
}

}  // namespace inventory_test
