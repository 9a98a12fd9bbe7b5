// What holds whatever is declared and whenever: see the names of the cases.

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "libpaas/expansion/keys.hpp"
#include "libpaas/expansion/world_test.hpp"

namespace paas::expansion::properties_test {

using world::World;

// Two apps that may share a project, and a job, of a few variants each.
std::string some_blueprint() {
  const auto app = [](const std::string& name) {
    std::string out =
        "{name: " + name + ", project: " + *rc::gen::element<std::string>("shop", "blog");
    out += ", image: \"" + name + ":" + std::to_string(*rc::gen::inRange(1, 4)) + "\"";
    out += ", replicas: " + std::to_string(*rc::gen::inRange(0, 4));
    if (*rc::gen::inRange(0, 4) == 0) out += ", mounts: [{volume: data, target: /data}]";
    out += ", update: {healthy_within: 15s, at_once: " + std::to_string(*rc::gen::inRange(1, 3)) +
           ", keep_releases: " + std::to_string(*rc::gen::inRange(1, 4));
    return out + (*rc::gen::arbitrary<bool>() ? ", on_failure: pause}}" : "}}");
  };
  std::string out = "apps: [";
  const int which = *rc::gen::inRange(0, 4);
  if (which & 1) out += app("web");
  if (which == 3) out += ", ";
  if (which & 2) out += app("api");
  out += "]\n";
  if (*rc::gen::arbitrary<bool>()) {
    out += "jobs: [{name: job, project: shop, image: \"job:" +
           std::to_string(*rc::gen::inRange(1, 3)) + "\"" +
           (*rc::gen::arbitrary<bool>() ? ", schedule: \"* * * * *\"" : "") + "}]\n";
  }
  return out;
}

// Nobody has an address twice, and what is expected is in the ledger.
void check_addresses(const World& world) {
  std::set<std::string> addresses, names;
  const auto entries = world.ledger.addresses.entries();
  for (const Holder& holder : holders(world.ledger)) {
    RC_ASSERT(addresses.insert(holder.address).second);
    RC_ASSERT(names.insert(holder.name).second);
    RC_ASSERT(entries.taken.contains(holder.name));
  }
  RC_ASSERT(entries.taken.size() == addresses.size());  // none is lost
  for (const auto& one : world.expected.containers) {
    RC_ASSERT(names.contains(one.name));
    RC_ASSERT(addresses.contains(one.address));
  }
}

// Per replica one container writes, unless the volume was not there before.
void check_writers(const World& world) {
  std::set<std::string> volumes;
  for (const auto& one : world.expected.containers) {
    for (const model::Mount& mount : one.container.mounts) {
      RC_ASSERT(volumes.insert(mount.source).second);
    }
  }
}

void look_twice(World& world) {
  world.look();
  const Ledger once = world.ledger;
  world.look();
  RC_ASSERT(world.ledger == once);
}

void change_something(World& world) {
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
      world.broken = {*rc::gen::element<std::string>("web:2", "api:3")};
      break;
    case 1:
      world.missing = {*rc::gen::element<std::string>("web:3", "api:2", "job:1")};
      break;
    case 2:
      world.broken.clear();
      world.missing.clear();
      break;
    case 3:
      world.ends_with["job:1"] = *rc::gen::inRange(0, 2);
      break;
    case 4:
      for (const auto& [key, record] : world.ledger.apps) {
        const auto held = hold(world.ledger, parse_key(key)->project, parse_key(key)->name, "");
        if (held) {
          world.ledger = *held;
          break;
        }
      }
      break;
    case 5:
      world.settings.subnet =
          *rc::gen::element<std::string>("10.9.0.0/24", "10.9.0.0/28", "10.8.0.0/24");
      break;
    default:
      world.declare(some_blueprint());
  }
}

TEST_CASE("expansion: addresses, volumes and looks hold, whatever is declared and fails") {
  CHECK(rc::check("one holder, one writer, no second thoughts", [] {
    World world;
    for (int change = 0; change < 7; ++change) {
      change_something(world);
      const int seconds = *rc::gen::inRange(0, 20);
      for (int i = 0; i < seconds; ++i) {
        if (i % 4 == 0) look_twice(world);
        check_addresses(world);
        check_writers(world);
        world.tick();
      }
    }
    world.declare("apps: []");
    world.ticks(60);
    RC_ASSERT(world.ledger.apps.empty());
    RC_ASSERT(world.ledger.jobs.empty());
    RC_ASSERT(world.ledger.addresses.taken() == 0u);
    RC_ASSERT(world.expected.containers.empty());
  }));
}

TEST_CASE("expansion: an update never has fewer ready names than there were") {
  CHECK(rc::check("start-first", [] {
    World world;
    const int replicas = *rc::gen::inRange(1, 4);
    const auto declare = [&](int image) {
      world.declare("apps: [{name: web, project: shop, image: \"web:" + std::to_string(image) +
                    "\", replicas: " + std::to_string(replicas) +
                    ", update: {healthy_within: 15s, "
                    "at_once: " +
                    std::to_string(*rc::gen::inRange(1, 4)) + "}}]");
    };
    declare(1);
    world.settle();
    const bool fails = *rc::gen::arbitrary<bool>();
    if (fails) world.broken = {"web:2"};
    for (int change = 0; change < 3; ++change) {
      declare(*rc::gen::inRange(1, 4));
      const int seconds = *rc::gen::inRange(1, 20);
      for (int i = 0; i < seconds; ++i) {
        world.tick();
        RC_ASSERT(world.named("shop", "web") == static_cast<std::size_t>(replicas));
      }
    }
    RC_ASSERT(world.settle() < 3000);
    RC_ASSERT(world.expected.containers.size() == static_cast<std::size_t>(replicas));
  }));
}

}  // namespace paas::expansion::properties_test
