#include "provider/ledger.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace ledger_test {

using paas::provider::Booking;
using paas::provider::Ledger;
using paas::provider::Overbooking;
namespace proxmox = paas::proxmox;

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

proxmox::Guest guest(int vmid, std::string node, std::uint64_t memory_gib,
                     std::string status = "running") {
  proxmox::Guest out;
  out.vmid = vmid;
  out.node = std::move(node);
  out.status = std::move(status);
  out.memory_bytes = memory_gib * gib;
  return out;
}

// pve1 has 32 GiB, of which guest 100 has 8; "local" has 100 GiB, of which 40 are used.
Ledger::List cluster() {
  proxmox::Resources all;
  for (const char* name : {"pve1", "pve2"}) {
    proxmox::Node node;
    node.name = name;
    node.memory_bytes = 32 * gib;
    all.nodes.push_back(node);
    for (const char* storage : {"local", "nfs"}) {
      proxmox::Storage one;
      one.name = storage;
      one.node = name;
      one.shared = std::string(storage) == "nfs";
      one.total_bytes = 100 * gib;
      one.used_bytes = 40 * gib;
      all.storages.push_back(one);
    }
  }
  all.guests = {guest(100, "pve1", 8), guest(101, "pve1", 64, "stopped"), guest(102, "pve2", 8)};
  return std::make_shared<const proxmox::Resources>(std::move(all));
}

Booking booking(std::string name, std::uint64_t memory_gib, std::uint64_t disk_gib = 0) {
  return {std::move(name), "pve1", memory_gib << 10, {{"local", disk_gib << 10}}};
}

TEST_CASE("memory of the run and of what runs already is too much together", "[ledger]") {
  Ledger ledger;
  const auto list = cluster();
  CHECK(ledger.book(booking("a", 12), list).empty());
  CHECK(ledger.book(booking("b", 12), list).empty());  // 24 and 8 are 32
  CHECK(ledger.book(booking("c", 1), list) ==
        std::vector<Overbooking>{{"", 25 << 10, 8 << 10, 32 << 10}});
  Booking elsewhere = booking("d", 1);
  elsewhere.node = "pve2";
  CHECK(ledger.book(elsewhere, list).empty());
}

TEST_CASE("the last booking sees the same sums in any order", "[ledger]") {
  std::vector<Booking> all{booking("a", 12, 20), booking("b", 16, 30), booking("c", 5, 40)};
  std::sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.name < y.name; });
  do {
    Ledger ledger;
    std::vector<Overbooking> last;
    for (const Booking& one : all) last = ledger.book(one, cluster());
    CHECK(last == std::vector<Overbooking>{{"", 33 << 10, 8 << 10, 32 << 10},
                                           {"local", 90 << 10, 40 << 10, 100 << 10}});
  } while (std::next_permutation(all.begin(), all.end(),
                                 [](const auto& x, const auto& y) { return x.name < y.name; }));
}

TEST_CASE("a guest counts once, by what it is to have", "[ledger]") {
  Ledger ledger;
  Booking grown = booking("100", 32);
  grown.vmid = 100;
  CHECK(ledger.book(grown, cluster()).empty());
  grown.memory_mib += 1;
  CHECK(ledger.book(grown, cluster()) ==
        std::vector<Overbooking>{{"", (32 << 10) + 1, 0, 32 << 10}});
}

TEST_CASE("a replacement is planned twice and counts once", "[ledger]") {
  Ledger ledger;
  Booking replaced = booking("web", 32);
  replaced.vmid = 100;
  CHECK(ledger.book(replaced, cluster()).empty());
  CHECK(ledger.book(booking("web", 32), cluster()).empty());
}

TEST_CASE("what is destroyed in the run makes room, before and after the list is seen",
          "[ledger]") {
  Ledger before, after;
  before.gone(100);
  CHECK(before.book(booking("a", 32), cluster()).empty());
  CHECK(after.book(booking("a", 32), cluster()).size() == 1);
  after.gone(100);
  after.gone(100);
  CHECK(after.book(booking("b", 0), cluster()).empty());
}

TEST_CASE("storages that nodes share and nodes of unknown size are left out", "[ledger]") {
  Ledger ledger;
  Booking shared = booking("a", 1);
  shared.disk_mib = {{"nfs", 1 << 20}};
  CHECK(ledger.book(shared, cluster()).empty());
  proxmox::Resources unseen;
  unseen.nodes.push_back({"pve1", true});
  Ledger blind;
  CHECK(blind
            .book(booking("a", 1000, 1000),
                  std::make_shared<const proxmox::Resources>(std::move(unseen)))
            .empty());
}

}  // namespace ledger_test
