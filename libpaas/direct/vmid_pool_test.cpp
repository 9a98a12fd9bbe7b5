#include "libpaas/direct/vmid_pool.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/fakes/script_clock.hpp"

namespace vmid_pool_test {

using namespace paas;
using namespace paas::direct;

proxmox::Resources guests(const std::set<int>& ids) {
  proxmox::Resources out;
  for (const int id : ids) {
    proxmox::Guest guest;
    guest.vmid = id;
    out.guests.push_back(guest);
  }
  return out;
}

TEST_CASE("ids are taken from the bottom, around those in use, until none is left", "[direct]") {
  VmidPool pool;
  fakes::ScriptRandom random;
  const auto known = guests({100, 102, 7000});
  CHECK(pool.take({100, 104}, known, 0, random) == 101);
  CHECK(pool.take({100, 104}, known, 0, random) == 103);
  pool.take(104);
  CHECK(pool.take({100, 104}, known, 0, random) == std::nullopt);
  pool.give_back(103);
  CHECK(pool.take({100, 104}, known, 0, random) == 103);
}

TEST_CASE("who loses ids to others jumps ahead, but never past the range", "[direct]") {
  VmidPool pool;
  fakes::ScriptRandom random(7);
  CHECK(pool.take({100, 999}, {}, 4, random) == 107);
  CHECK(pool.take({100, 101}, {}, 4, random) == 100);  // only two are left to choose from
}

TEST_CASE("an id taken is in the range, free, and nobody else's", "[direct]") {
  CHECK(rc::check("taken ids", [] {
    const int first = *rc::gen::inRange(100, 110);
    const VmidRange range{first, first + *rc::gen::inRange(0, 12)};
    const auto used = *rc::gen::container<std::set<int>>(rc::gen::inRange(95, 125));
    const auto known = guests(used);
    fakes::CountingRandom random;
    VmidPool pool;
    std::set<int> ours;
    const int lost = *rc::gen::inRange(0, 20);
    while (const auto id = pool.take(range, known, lost, random)) {
      RC_ASSERT(*id >= range.first && *id <= range.last);
      RC_ASSERT(!used.contains(*id));
      RC_ASSERT(ours.insert(*id).second);
    }
    for (int id = range.first; id <= range.last; ++id)
      RC_ASSERT(used.contains(id) || ours.contains(id));
  }));
}

}  // namespace vmid_pool_test
