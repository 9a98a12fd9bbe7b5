#include "libpaas/adapters/pve/storage_gates.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "libpaas/adapters/pve/gate.hpp"
#include "tests/fakes/http_script.hpp"

namespace storage_gates_test {

using namespace paas;
using namespace paas::pve;
using proxmox::Method;
using Names = std::vector<std::string>;

TEST_CASE("which storages a call allocates on") {
  CHECK(allocations({Method::post,
                     "/nodes/pve1/lxc",
                     {{"rootfs", "zfs:8"}, {"mp1", "nfs:0.5,mp=/data"}, {"mp0", "zfs:1,mp=/a"}}}) ==
        Names{"pve1/nfs", "pve1/zfs"});
  CHECK(allocations({Method::put, "/nodes/pve1/lxc/104/config", {{"mp0", "zfs:4,mp=/a"}}}) ==
        Names{"pve1/zfs"});
  CHECK(allocations({Method::post, "/nodes/pve1/lxc/104/clone", {{"storage", "nfs"}}}) ==
        Names{"pve1/nfs"});
}

TEST_CASE("what allocates nothing") {
  CHECK(allocations({Method::get, "/nodes/pve1/lxc", {{"rootfs", "zfs:8"}}}).empty());
  CHECK(allocations({Method::put,
                     "/nodes/pve1/lxc/104/config",
                     {{"rootfs", "local:104/vm-104-disk-0.raw,size=8G"},
                      {"mp0", "/srv/data,mp=/data"},
                      {"mp1", "zfs:subvol-104-disk-1,mp=/b"},
                      {"mpx", "zfs:1"},
                      {"hostname", "a:8"},
                      {"mp2", ":8"},
                      {"mp3", "zfs:"}}})
            .empty());
  CHECK(allocations({Method::put, "/pools", {{"rootfs", "zfs:8"}}}).empty());
}

TEST_CASE("a place is kept by the task until it is done") {
  fakes::ScriptClock clock;
  StorageGates gates(1, clock);
  gates.keep("UPID:a", gates.enter({"pve1/zfs"}, {}).value());
  CHECK(gates.enter({"pve1/nfs"}, {}));  // another storage has its own places
  std::atomic<bool> entered = false;
  std::thread other([&] {
    static_cast<void>(gates.enter({"pve1/zfs"}, {}));
    entered = true;
  });
  CHECK(!entered);
  gates.done("UPID:a");
  other.join();
  CHECK(entered);
  gates.done("UPID:unheard of");
}

TEST_CASE("who is stopped while waiting gives back what it had") {
  fakes::ScriptClock clock;
  StorageGates gates(1, clock);
  const auto held = gates.enter({"pve1/zfs"}, {}).value();
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto refused = gates.enter({"pve1/nfs", "pve1/zfs"}, stop.get_token());
  CHECK(refused.error().code == Errc::cancelled);
  CHECK(gates.enter({"pve1/nfs"}, {}));
}

TEST_CASE("no limit") {
  fakes::ScriptClock clock;
  StorageGates gates(0, clock);
  for (int i = 0; i < 100; ++i) CHECK(gates.enter({"pve1/zfs"}, {}).value().empty());
}

TEST_CASE("a gate gives its places back, and stops those who wait when asked") {
  Gate gate(1);
  {
    const auto pass = gate.enter({});
  }
  const auto pass = gate.enter({});
  REQUIRE(pass);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  CHECK(gate.enter(stop.get_token()).error().code == Errc::cancelled);
}

}  // namespace storage_gates_test
