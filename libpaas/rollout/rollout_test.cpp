#include "libpaas/rollout/rollout.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace rollout_test {

using namespace paas;
using namespace paas::rollout;
using namespace std::chrono_literals;
using model::Seconds;

Addresses some_addresses(std::uint32_t count = 200) {
  return {0x0AC80702, 0x0AC80702 + count - 1, 30s};
}

// A host that does what the state asks for, one tick later, and a names service that follows.
struct World {
  Wanted wanted{"shop", "web", 2, "aaaaaaaa1", {}, false, 5s};
  Rollout rollout{};
  Addresses addresses = some_addresses();
  std::set<std::string> bad{};  // releases that never get ready
  Facts facts{};
  Moment now{std::chrono::hours(500'000)};

  void tick() {
    rollout = advance(rollout, wanted, facts, addresses, now);
    std::set<std::string> asked;
    Facts next;
    for (const Part& part : parts_of(rollout)) {
      const std::string name = name_of(wanted, part.ordinal, part.member);
      asked.insert(name);
      Fact fact;
      fact.image_here = true;
      fact.there = fact.running = part.container;
      const auto before = facts.containers.find(name);
      const bool was_running = before != facts.containers.end() && before->second.running;
      fact.ready = part.container && was_running && !bad.contains(part.member.release);
      next.containers[name] = fact;
      if (part.member.named && fact.ready) next.named.insert(name);
    }
    facts = std::move(next);
    now += 1s;
  }
  // Until nothing changes any more, all deadlines past and all facts known.
  int settle() {
    int quiet = 0;
    for (int ticks = 1; ticks < 3000; ++ticks) {
      const Rollout before = rollout;
      tick();
      quiet = before == rollout && next_deadline(rollout, wanted) == Moment{} ? quiet + 1 : 0;
      if (quiet == 3) return ticks;
    }
    return 3000;
  }
  int containers_of(int ordinal) const {
    int out = 0;
    for (const Part& part : parts_of(rollout)) {
      const auto fact = facts.containers.find(name_of(wanted, part.ordinal, part.member));
      const bool there = fact != facts.containers.end() && fact->second.there;
      if (part.ordinal == ordinal && (part.container || there)) ++out;
    }
    return out;
  }
};

std::vector<std::string> stages(const Rollout& rollout) {
  std::vector<std::string> out;
  for (const Slot& slot : rollout.slots) out.emplace_back(word_of(slot.stage));
  return out;
}

// The stages that replica 0 goes through.
std::vector<std::string> path(World& world) {
  std::vector<std::string> out;
  for (int i = 0; i < 500; ++i) {
    world.tick();
    const std::string stage(word_of(world.rollout.slots.at(0).stage));
    if (out.empty() || out.back() != stage) out.push_back(stage);
    if (world.rollout.state != State::updating) break;
  }
  return out;
}

using Words = std::vector<std::string>;

TEST_CASE("rollout: the first release comes up on all replicas at once") {
  World world;
  world.tick();
  CHECK(stages(world.rollout) == Words{"pulling", "pulling"});
  world.settle();
  CHECK(world.rollout.state == State::running);
  CHECK(world.rollout.good == "aaaaaaaa1");
  CHECK(world.facts.named.size() == 2);
}

TEST_CASE("rollout: a new release goes through the stages, one replica after the other") {
  World world;
  world.settle();
  world.wanted.release = "bbbbbbbb2";
  world.tick();
  CHECK(stages(world.rollout) == Words{"pulling", "pending"});
  CHECK(path(world) == Words{"starting", "healthy", "dns_updating", "stopping_old", "running"});
  CHECK(world.rollout.slots[1].serving->release == "bbbbbbbb2");
}

TEST_CASE("rollout: with one writer the old one is gone before the new one starts") {
  World world;
  world.wanted.one_writer = true;
  world.settle();
  world.wanted.release = "bbbbbbbb2";
  for (int i = 0; i < 100; ++i) {
    world.tick();
    CHECK(world.containers_of(0) <= 1);
  }
  CHECK(world.rollout.good == "bbbbbbbb2");
}

TEST_CASE("rollout: the old one leaves the names, and drains at least as long as they are kept") {
  World world;
  world.wanted.replicas = 1;
  world.wanted.update.drain = 7s;
  world.settle();
  const std::string old = name_of(world.wanted, 0, *world.rollout.slots[0].serving);
  world.wanted.release = "bbbbbbbb2";
  Moment unnamed{};
  Moment gone{};
  for (int i = 0; i < 100; ++i) {
    world.tick();
    if (unnamed == Moment{} && !world.facts.named.contains(old)) unnamed = world.now;
    const auto fact = world.facts.containers.find(old);
    const bool there = fact != world.facts.containers.end() && fact->second.there;
    if (gone == Moment{} && !there) gone = world.now;
    CHECK_FALSE(world.facts.named.empty());
  }
  CHECK(gone - unnamed >= 12s);
}

TEST_CASE("rollout: a release that does not get ready is rolled back, and not tried again") {
  World world;
  world.settle();
  world.wanted.update.healthy_within = 20s;
  world.bad = {"bbbbbbbb2"};
  world.wanted.release = "bbbbbbbb2";
  world.settle();
  CHECK(world.rollout.state == State::rolled_back);
  CHECK_THAT(world.rollout.trouble, Catch::Contains("web/0 was not ready within 20 s"));
  CHECK(world.rollout.slots[0].serving->release == "aaaaaaaa1");
  CHECK(world.facts.named.size() == 2);
  CHECK(world.settle() == 3);
  world.wanted.release = "cccccccc3";
  world.settle();
  CHECK(world.rollout.state == State::running);
  CHECK(world.rollout.good == "cccccccc3");
}

TEST_CASE("rollout: half way through, those that were updated go back, too") {
  World world;
  world.wanted.replicas = 3;
  world.settle();
  world.wanted.update.healthy_within = 20s;
  world.wanted.release = "bbbbbbbb2";
  while (world.rollout.slots[0].serving->release != "bbbbbbbb2") world.tick();
  world.bad = {"bbbbbbbb2"};
  world.settle();
  CHECK(world.rollout.state == State::rolled_back);
  for (const Slot& slot : world.rollout.slots) CHECK(slot.serving->release == "aaaaaaaa1");
}

TEST_CASE("rollout: told to pause, it stops where it is and what serves goes on") {
  World world;
  world.settle();
  world.wanted.update.healthy_within = 20s;
  world.wanted.update.on_failure = model::OnFailure::pause;
  world.bad = {"bbbbbbbb2"};
  world.wanted.release = "bbbbbbbb2";
  for (int i = 0; i < 60; ++i) world.tick();
  CHECK(world.rollout.state == State::failed);
  CHECK(stages(world.rollout) == Words{"starting", "pending"});
  CHECK(world.facts.named.size() == 2);
  // It gets ready after all.
  world.bad.clear();
  world.settle();
  CHECK(world.rollout.slots[0].serving->release == "bbbbbbbb2");
}

TEST_CASE("rollout: a first release that fails has nothing to go back to") {
  World world;
  world.wanted.update.healthy_within = 20s;
  world.bad = {"aaaaaaaa1"};
  for (int i = 0; i < 60; ++i) world.tick();
  CHECK(world.rollout.state == State::failed);
  CHECK(world.containers_of(0) == 1);
  world.bad.clear();
  world.settle();
  CHECK(world.rollout.state == State::running);
}

TEST_CASE("rollout: a release that is overtaken is dropped") {
  World world;
  world.settle();
  world.wanted.release = "bbbbbbbb2";
  world.tick();
  world.tick();
  world.wanted.release = "cccccccc3";
  world.settle();
  CHECK(world.rollout.good == "cccccccc3");
  CHECK(world.facts.containers.size() == 2);
}

TEST_CASE("rollout: fewer replicas drain, more come up, and none wanted means none") {
  World world;
  world.wanted.replicas = 3;
  world.settle();
  world.wanted.replicas = 1;
  world.tick();
  CHECK(stages(world.rollout) == Words{"running", "stopped", "stopped"});
  world.wanted.replicas = 2;
  world.tick();
  world.tick();
  CHECK(stages(world.rollout) == Words{"running", "running", "stopped"});
  world.settle();
  CHECK(world.facts.containers.size() == 2);
  world.wanted.replicas = 0;
  world.settle();
  CHECK(world.rollout.slots.empty());
  CHECK(world.rollout.state == State::running);
}

TEST_CASE("rollout: without an address to give a replica waits") {
  World world;
  world.addresses = some_addresses(1);
  world.settle();
  CHECK(stages(world.rollout) == Words{"running", "pending"});
  CHECK_THAT(world.rollout.trouble, Catch::Contains("no address is free"));
  world.wanted.replicas = 1;
  world.settle();
  CHECK(world.rollout.trouble.empty());
}

TEST_CASE("addresses: one that was given back rests before it is given again") {
  Addresses addresses = some_addresses(2);
  const Moment start{std::chrono::hours(1)};
  CHECK(addresses.take("a", start) == "10.200.7.2");
  CHECK(addresses.take("a", start) == "10.200.7.2");
  CHECK(addresses.take("b", start) == "10.200.7.3");
  CHECK_FALSE(addresses.take("c", start));
  addresses.give_back("a", start);
  CHECK_FALSE(addresses.take("c", start + 29s));
  CHECK(addresses.take("c", start + 30s) == "10.200.7.2");
  addresses.give_back("nobody", start);
  CHECK(addresses.taken() == 2);
}

TEST_CASE("rollout: a clock that is set back by a year holds nobody up") {
  World world;
  world.settle();
  world.wanted.release = "bbbbbbbb2";
  world.tick();
  world.now -= std::chrono::hours(24 * 365);
  CHECK(world.settle() < 100);
  CHECK(world.rollout.good == "bbbbbbbb2");
  world.wanted.replicas = 1;
  world.tick();
  world.now -= std::chrono::hours(24 * 365);
  CHECK(world.settle() < 100);
  CHECK(world.facts.containers.size() == 1);
}

TEST_CASE("addresses: one that was given back does not rest longer when the clock is set back") {
  Addresses addresses = some_addresses(1);
  const Moment start{std::chrono::hours(1000)};
  addresses.take("a", start);
  addresses.give_back("a", start);
  const Moment earlier = start - std::chrono::hours(500);
  CHECK(addresses.next_return(earlier) == earlier + 30s);
  CHECK_FALSE(addresses.take("b", earlier));
  CHECK(addresses.take("b", earlier + 30s));
}

TEST_CASE("addresses: when all are taken or rest, it is known when one comes back") {
  Addresses addresses = some_addresses(2);
  const Moment start{std::chrono::hours(1)};
  addresses.take("a", start);
  CHECK(addresses.next_return(start) == Moment{});
  addresses.take("b", start);
  CHECK(addresses.next_return(start) == Moment{});  // nobody said that one comes back
  addresses.give_back("a", start);
  CHECK(addresses.next_return(start) == start + 30s);
  addresses.give_back("b", start + 5s);
  CHECK(addresses.next_return(start + 5s) == start + 30s);
  CHECK(addresses.next_return(start + 30s) == Moment{});  // there is one
}

TEST_CASE("addresses: what was written down goes on where it was") {
  Addresses addresses = some_addresses(3);
  const Moment start{std::chrono::hours(1)};
  addresses.take("a", start);
  addresses.take("b", start);
  addresses.give_back("a", start);
  auto again = Addresses::from(addresses.entries());
  REQUIRE(again);
  CHECK(*again == addresses);
  CHECK(again->take("c", start) == "10.200.7.4");
  CHECK_FALSE(again->take("d", start));
  CHECK(again->take("b", start) == "10.200.7.3");
  CHECK(Addresses::from(Addresses().entries()) == Addresses());
}

TEST_CASE("addresses: entries that contradict each other are refused") {
  const auto wrong = [](auto change) {
    Addresses::Entries entries{10, 20, 15, 60s, {{"a", 12}}, {{13, Moment{}}}};
    change(entries);
    const auto made = Addresses::from(entries);
    return made ? std::string() : made.error().message;
  };
  CHECK(wrong([](auto&) {}) == "");
  CHECK(wrong([](auto& e) { e.first = 30; }) == "first: is behind the last");
  CHECK(wrong([](auto& e) { e.last = 10 + 65536; }) == "last: more than 65536 addresses");
  CHECK(wrong([](auto& e) { e.next = 21; }) == "next: is none of them");
  CHECK(wrong([](auto& e) { e.taken["a"] = 21; }) == "taken: 0.0.0.21 is none of them");
  CHECK(wrong([](auto& e) { e.taken["b"] = 12; }) == "taken: two have 0.0.0.12");
  CHECK(wrong([](auto& e) { e.taken[""] = 11; }) == "taken: 0.0.0.11 has an empty key");
  CHECK(wrong([](auto& e) { e.resting[9] = {}; }) == "resting: 0.0.0.9 is none of them");
  CHECK(wrong([](auto& e) { e.resting[12] = {}; }) == "resting: 0.0.0.12 is taken");
  CHECK(wrong([](auto& e) { e.quarantine = -1s; }) == "quarantine: must be from 0 s to one day");
}

TEST_CASE("rollout: whatever is asked for and whenever, names never run dry and it gets there") {
  CHECK(rc::check("serves throughout, and converges", [] {
    World world;
    world.wanted.one_writer = *rc::gen::arbitrary<bool>();
    world.wanted.update.healthy_within = 15s;
    world.wanted.update.at_once = *rc::gen::inRange(1, 4);
    world.settle();
    const char* const releases[] = {"aaaaaaaa1", "bbbbbbbb2", "cccccccc3"};
    world.bad = {"cccccccc3"};
    for (int change = 0; change < 8; ++change) {
      world.wanted.release = releases[*rc::gen::inRange(0, 3)];
      world.wanted.replicas = *rc::gen::inRange(1, 5);
      const int ticks = *rc::gen::inRange(0, 40);
      for (int i = 0; i < ticks; ++i) {
        world.tick();
        if (!world.wanted.one_writer) RC_ASSERT(!world.facts.named.empty());
        std::set<std::string> addresses;
        for (const Part& part : parts_of(world.rollout)) {
          RC_ASSERT(addresses.insert(part.member.address).second);
          if (world.wanted.one_writer) RC_ASSERT(world.containers_of(part.ordinal) <= 1);
        }
      }
    }
    RC_ASSERT(world.settle() < 3000);
    RC_ASSERT(static_cast<int>(world.rollout.slots.size()) == world.wanted.replicas);
    for (const Slot& slot : world.rollout.slots) {
      RC_ASSERT(slot.serving.has_value());
      RC_ASSERT(slot.serving->release == world.rollout.release);
      RC_ASSERT(!world.bad.contains(slot.serving->release));
    }
    const bool is_bad = world.bad.contains(world.wanted.release);
    RC_ASSERT(is_bad == (world.rollout.state == State::rolled_back));
  }));
}

}  // namespace rollout_test
