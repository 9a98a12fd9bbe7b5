// Whatever happens, in whatever order: the loop gets there, and never does what it must not.

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "libpaas/node/world_test.hpp"

namespace paas::node::properties_test {

using namespace std::chrono_literals;
using world::World;

const std::vector<std::string>& images() {
  static const std::vector<std::string> all{"web:1", "web:2", "api:1", "db:1"};
  return all;
}

// A file with some of three apps, each of them in one of a few shapes.
std::string some_apps() {
  std::string out = "dns: {ttl: 1s}\napps:\n";
  int count = 0;
  const auto add = [&](const char* name, const std::string& more) {
    const int replicas = *rc::gen::inRange(0, 4);
    if (replicas == 0) return;
    ++count;
    out += std::string("  - {name: ") + name +
           ", project: shop, stop_grace: 2s, replicas: " + std::to_string(replicas) +
           ", update: {healthy_within: 30s}" + more + "}\n";
  };
  add("web", *rc::gen::arbitrary<bool>() ? ", image: \"web:1\", readiness: {tcp: {port: 80}}"
                                         : ", image: \"web:2\", readiness: {tcp: {port: 80}}");
  add("api", *rc::gen::arbitrary<bool>() ? ", image: \"api:1\", liveness: {tcp: {port: 80}}"
                                         : ", image: \"api:1\", env: {A: b}");
  add("db", ", image: \"db:1\", mounts: [{volume: data, target: /data}]");
  return count == 0 ? "dns: {ttl: 1s}\napps: []\n" : out;
}

void toggle(std::set<std::string>& images, const std::string& image) {
  if (!images.insert(image).second) images.erase(image);
}

void disturb(World& world) {
  const std::string image = *rc::gen::elementOf(images());
  const std::string prefix = "shop-" + image.substr(0, image.find(':'));
  switch (*rc::gen::inRange(0, 19)) {
    case 0:
    case 1:
    case 2:
      return world.declare(some_apps());
    case 3:
      return world.source_fails("unmounted");
    case 4:
      return world.kill();
    case 5:
      return world.end(prefix, *rc::gen::inRange(0, 3));
    case 6:
      return world.remove_by_hand(prefix);
    case 7:
      return world.limit_by_hand(prefix, 64);
    case 8:
      return world.drop_network();
    case 9:
      return world.reboot();
    case 10:
      world.engine_down = !world.engine_down;
      return;
    case 11:
      world.disk_full = !world.disk_full;
      return;
    case 12:
      world.names_broken = !world.names_broken;
      return;
    case 13:
      world.filter_broken = !world.filter_broken;
      return;
    case 14:
      world.failing_steps = *rc::gen::inRange(0, 4);
      return;
    case 15:
      return toggle(world.never_ready, image);
    case 16:
      return toggle(world.missing, image);
    case 17:
      if (world.ends_with.erase(image) == 0) world.ends_with[image] = 1;
      return;
    default:
      world.images.erase(image);
      world.images.erase("sha256:" + image);
  }
}

void heal(World& world) {
  world.engine_down = world.disk_full = world.names_broken = world.filter_broken = false;
  world.steps_hang = false;
  world.failing_steps = 0;
  world.never_ready.clear();
  world.missing.clear();
  world.ends_with.clear();
}

// What shall run by the file that was declared last.
void check_arrived(World& world) {
  std::set<std::string> wanted;
  for (const auto& one : world.state.expected.containers) wanted.insert(one.name);
  std::set<std::string> have = world.running();
  RC_ASSERT(have.erase("foreign") == 1u);
  RC_ASSERT(have == wanted);
  RC_ASSERT(world.containers.size() == wanted.size() + 1);
  RC_ASSERT(world.names == world.state.expected.names);
}

TEST_CASE("node: whatever happens in whatever order, it gets there and touches nothing foreign") {
  CHECK(rc::check("converges", [] {
    World world;
    world.add_foreign("foreign", "10.200.1.250");
    world.declare(some_apps());
    const int disturbances = *rc::gen::inRange(0, 14);
    for (int i = 0; i < disturbances; ++i) {
      world.run(std::chrono::milliseconds{*rc::gen::inRange(0, 20'000)});
      disturb(world);
      RC_ASSERT(world.breaches == std::vector<std::string>{});
    }
    heal(world);
    // A release that failed is not tried again by itself: another is declared.
    world.declare("dns: {ttl: 1s}\napps: [{name: last, project: shop, image: \"web:1\"}]\n");
    const bool rests = world.rest(30min);
    if (!rests) {
      for (const std::string& line : world.told) RC_LOG() << line << "\n";
    }
    RC_ASSERT(world.breaches == std::vector<std::string>{});
    RC_ASSERT(rests);
    check_arrived(world);
    RC_ASSERT(world.running("shop-last").size() == 1u);
  }));
}

TEST_CASE("node: at rest nothing is written, told or touched") {
  CHECK(rc::check("idle", [] {
    World world;
    world.declare(some_apps());
    RC_ASSERT(world.rest(30min));
    const std::size_t before = world.told.size();
    world.run(3min);
    RC_ASSERT(world.told.size() == before);
    world.kill();
    world.run(2min);
    for (std::size_t i = before; i < world.told.size(); ++i) {
      const bool dull = world.told[i].find("killed") != std::string::npos ||
                        world.told[i].find("packet filter") != std::string::npos;
      RC_ASSERT(dull);
    }
  }));
}

}  // namespace paas::node::properties_test
