#include "libpaas/jobs/jobs.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <utility>

namespace jobs_test {

using namespace paas;
using namespace paas::jobs;
using namespace std::chrono_literals;
using model::Overlap;
using std::chrono::sys_days;

using Texts = std::vector<std::string>;

Moment at(int hour, int minute, int second = 0) {
  return sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// A host that does what the state asks for, and keeps account of it.
struct World {
  struct Container {
    bool ran = false, running = false;
    std::optional<int> exit_code{};
    std::chrono::seconds left{0};  // until it ends
  };
  Wanted wanted{"shop", "nightly", "aaaa1111", {}};
  TimeZones zones{{"UTC", {}}};
  Record record{};  // as it is on disk
  rollout::Addresses addresses{0x0AC80702, 0x0AC80702 + 99, 60s};
  std::map<std::string, Container> engine{};
  std::map<std::string, std::string> troubles{};  // by name
  std::map<std::string, int> starts{};            // by name
  bool image_here = true;
  std::chrono::seconds lasts{30};
  int exits_with = 0;
  Moment now = at(3, 0);

  World() {
    wanted.declared.schedule = "0 * * * *";
    wanted.declared.timeout = 600s;
  }

  Facts facts() const {
    Facts out;
    for (const Run& run : record.runs) {
      const std::string name = name_of(wanted, run);
      Fact fact;
      fact.image_here = image_here;
      if (const auto it = engine.find(name); it != engine.end()) {
        fact.there = true;
        fact.ran = it->second.ran;
        fact.running = it->second.running;
        fact.exit_code = it->second.exit_code;
      }
      if (const auto it = troubles.find(name); it != troubles.end()) fact.trouble = it->second;
      out[name] = fact;
    }
    return out;
  }
  Record next() { return advance(record, wanted, zones, facts(), addresses, now); }
  Need need(const Run& run) const { return need_of(record, run, wanted, facts()); }
  void carry_out(const Run& run) { carry_out(run, facts()); }
  // Whether there was something to do.
  bool carry_out(const Run& run, const Facts& known) {
    const std::string name = name_of(wanted, run);
    switch (need_of(record, run, wanted, known)) {
      case Need::create:
        engine.emplace(name, Container{});
        break;
      case Need::start:
        ++starts[name];
        engine.at(name).ran = engine.at(name).running = true;
        engine.at(name).left = lasts;
        break;
      case Need::stop:
        engine.at(name).running = false;
        engine.at(name).exit_code = 143;
        break;
      case Need::remove:
        engine.erase(name);
        break;
      case Need::nothing:
      case Need::image:
        return false;
    }
    return true;
  }
  void tick(std::chrono::seconds step = 5s) {
    for (bool more = true; more;) {
      const Record before = std::exchange(record, next());
      more = record != before;
      const Facts known = facts();
      for (const Run& run : record.runs) {
        if (carry_out(run, known)) more = true;
      }
    }
    pass(step);
  }
  void pass(std::chrono::seconds step) {
    now += step;
    for (auto& [name, container] : engine) {
      if (!container.running) continue;
      container.left -= step;
      if (container.left > 0s) continue;
      container.running = false;
      container.exit_code = exits_with;
    }
  }
  void until(Moment moment) {
    while (now < moment) tick();
  }
  // "03:00 1 running none"
  Texts told() const {
    Texts out;
    for (const Run& run : record.runs) {
      const auto minute = (run.slot - std::chrono::floor<std::chrono::days>(run.slot)) / 1min;
      out.push_back(std::to_string(minute / 60) + ":" + std::to_string(minute % 60) + " " +
                    std::to_string(run.attempt) + " " + std::string(word_of(run.stage)) + " " +
                    std::string(word_of(run.outcome)));
    }
    return out;
  }
  int started() const {
    int out = 0;
    for (const auto& [name, count] : starts) out += count;
    return out;
  }
};

TEST_CASE("jobs: a name tells project, job, slot and attempt") {
  const Wanted wanted{"shop", "nightly", "", {}};
  Run run;
  run.slot = at(3, 0);
  CHECK(name_of(wanted, run) == "shop-nightly-20261121t0300z-1");
  run.slot = at(13, 7, 9);
  run.attempt = 12;
  CHECK(name_of(wanted, run) == "shop-nightly-20261121t130709z-12");
}

TEST_CASE("jobs: a slot goes through its stages") {
  World world;
  world.tick();
  CHECK(world.told().empty());
  CHECK(next_deadline(world.record, world.wanted, world.zones, world.now) == at(4, 0));
  world.now = at(4, 0);
  world.record = world.next();
  CHECK(world.told() == Texts{"4:0 1 waiting none"});
  world.record = world.next();  // its image is known to be here
  CHECK(world.told() == Texts{"4:0 1 created none"});
  CHECK(world.record.runs[0].address == "10.200.7.2");
  CHECK(world.need(world.record.runs[0]) == Need::create);
  world.carry_out(world.record.runs[0]);
  world.record = world.next();
  CHECK(world.told() == Texts{"4:0 1 running none"});
  CHECK(world.need(world.record.runs[0]) == Need::start);
  world.carry_out(world.record.runs[0]);
  CHECK(next_deadline(world.record, world.wanted, world.zones, world.now) == at(4, 10));
  world.until(at(4, 5));
  CHECK(world.told() == Texts{"4:0 1 ended succeeded"});
  CHECK(world.engine.empty());
  CHECK(world.addresses.taken() == 0);
  CHECK(world.record.runs[0].exit_code == 0);
  CHECK(world.record.missed == 0);
}

TEST_CASE("jobs: nothing changes as long as nothing is due") {
  World world;
  world.tick();
  const Record before = world.record;
  world.now += 30min;
  CHECK(world.next() == before);
}

TEST_CASE("jobs: without its image a run waits, at last in vain") {
  World world;
  world.tick();
  world.image_here = false;
  world.now = at(4, 0);
  world.record = world.next();
  CHECK(world.need(world.record.runs[0]) == Need::image);
  world.troubles["shop-nightly-20261121t0400z-1"] = "no such image";
  world.until(at(4, 9));
  CHECK(world.told() == Texts{"4:0 1 waiting none"});
  CHECK(world.record.runs[0].trouble == "no such image");
  world.until(at(4, 11));
  CHECK(world.told() == Texts{"4:0 1 ended failed"});
  CHECK(world.record.runs[0].trouble == "its image was not here within 600 s: no such image");
}

TEST_CASE("jobs: without an address a run waits") {
  World world;
  world.addresses = {0x0AC80702, 0x0AC80702, 60s};
  world.addresses.take("somebody", world.now);
  world.tick();
  world.until(at(4, 1));
  CHECK(world.told() == Texts{"4:0 1 waiting none"});
  CHECK(world.record.runs[0].trouble == "there is no free address");
  world.addresses.give_back("somebody", world.now);
  world.until(at(4, 5));
  CHECK(world.told() == Texts{"4:0 1 ended succeeded"});
}

TEST_CASE("jobs: a slot that comes while a run goes on is skipped, queued, or takes its place") {
  const auto runs = [](Overlap overlap) {
    World world;
    world.wanted.declared.overlap = overlap;
    world.wanted.declared.timeout = 3h;
    world.lasts = 90min;
    world.until(at(6, 50));
    for (const auto& [name, count] : world.starts) CHECK(count == 1);
    return world.told();
  };
  CHECK(runs(Overlap::skip) ==
        Texts{"4:0 1 ended succeeded", "5:0 1 ended skipped", "6:0 1 running none"});
  CHECK(runs(Overlap::queue) ==
        Texts{"4:0 1 ended succeeded", "5:0 1 running none", "6:0 1 waiting none"});
  CHECK(runs(Overlap::replace) ==
        Texts{"4:0 1 ended replaced", "5:0 1 ended replaced", "6:0 1 running none"});
}

TEST_CASE("jobs: a queue does not grow for ever") {
  World world;
  world.wanted.declared.schedule = "* * * * *";
  world.wanted.declared.overlap = Overlap::queue;
  world.wanted.declared.timeout = 24h;
  world.lasts = 20h;
  world.until(at(4, 0));
  std::map<std::string, int> counts;
  for (const Run& run : world.record.runs) ++counts[std::string(word_of(run.stage))];
  CHECK(counts["running"] == 1);
  CHECK(counts["waiting"] == 10);
  CHECK(counts["ended"] == world.wanted.declared.history);
}

TEST_CASE("jobs: what fails is tried again as often as asked, each time later") {
  World world;
  world.exits_with = 3;
  world.wanted.declared.retry = 2;
  world.until(at(4, 30));
  CHECK(world.told() == Texts{"4:0 1 ended failed", "4:0 2 ended failed", "4:0 3 ended failed"});
  CHECK(world.record.runs[0].trouble == "exited with 3");
  CHECK(world.record.runs[1].started - world.record.runs[0].ended == 10s);
  CHECK(world.record.runs[2].started - world.record.runs[1].ended == 20s);
  world.wanted.declared.retry = 0;
  world.until(at(5, 30));
  CHECK(world.told().size() == 4);
}

TEST_CASE("jobs: a run that takes too long is stopped") {
  World world;
  world.lasts = 20min;
  world.until(at(4, 9));
  CHECK(world.told() == Texts{"4:0 1 running none"});
  world.until(at(4, 12));
  CHECK(world.told() == Texts{"4:0 1 ended timed_out"});
  CHECK(world.record.runs[0].exit_code == 143);
  CHECK(world.record.runs[0].trouble == "it did not end within 600 s");
}

TEST_CASE("jobs: one that cannot be started has failed, and says why") {
  World world;
  world.tick();
  world.now = at(4, 0);
  world.record = world.next();
  world.carry_out(world.record.runs[0]);
  world.record = world.next();
  world.troubles["shop-nightly-20261121t0400z-1"] = "no such command";
  world.tick();
  CHECK(world.told() == Texts{"4:0 1 ended failed"});
  CHECK(world.record.runs[0].trouble == "no such command");
  CHECK(world.started() == 0);
}

TEST_CASE("jobs: an interrupted run is told, and run again only where that was asked for") {
  const int retry = GENERATE(0, 1);
  World world;
  world.wanted.declared.retry = retry;
  world.until(at(4, 0, 10));
  REQUIRE(world.engine.size() == 1);
  SECTION("its container is gone") {
    world.engine.clear();
  }
  SECTION("the host was restarted") {
    world.engine.begin()->second.running = false;
  }
  world.until(at(4, 5));
  Texts want{"4:0 1 ended interrupted"};
  if (retry == 1) want.push_back("4:0 2 ended succeeded");
  CHECK(world.told() == want);
  CHECK(world.started() == 1 + retry);
}

TEST_CASE("jobs: slots that passed while nobody looked are told, or caught up by one run") {
  for (const bool catch_up : {false, true}) {
    World world;
    world.wanted.declared.catch_up = catch_up;
    world.tick();
    world.now = at(7, 30);
    world.tick();
    world.until(at(7, 40));
    CHECK(world.told() == Texts{catch_up ? "7:0 1 ended succeeded" : "7:0 1 ended missed"});
    CHECK(world.record.missed == (catch_up ? 0U : 4U));
    if (!catch_up) CHECK(world.record.runs[0].trouble == "4 runs were missed while nobody looked");
  }
}

TEST_CASE("jobs: the last of many slots is on time for a minute") {
  World world;
  world.tick();
  world.now = at(6, 0, 59);
  world.tick();
  CHECK(world.told() == Texts{"5:0 1 ended missed", "6:0 1 running none"});
  CHECK(world.record.missed == 2);
  World late;
  late.tick();
  late.now = at(6, 1, 0);
  late.tick();
  CHECK(late.told() == Texts{"6:0 1 ended missed"});
}

TEST_CASE("jobs: years of missed slots are counted up to a bound") {
  World world;
  world.wanted.declared.schedule = "* * * * *";
  world.tick();
  world.now += std::chrono::hours(24 * 3000);
  world.tick();
  CHECK(world.record.missed == 9'999);
  CHECK(world.started() == 1);
  CHECK(world.now - world.record.looked < 2min);
}

TEST_CASE("jobs: a schedule that changes has no past") {
  World world;
  world.wanted.declared.catch_up = true;
  world.until(at(3, 50));
  world.wanted.declared.schedule = "*/5 * * * *";
  world.tick();
  CHECK(world.told().empty());
  world.until(at(3, 59));
  CHECK(world.told() == Texts{"3:55 1 ended succeeded"});
}

TEST_CASE("jobs: a clock that is not set, or was set back, runs nothing twice") {
  World world;
  world.until(at(4, 5));
  REQUIRE(world.started() == 1);
  SECTION("by an hour") {
    world.now = at(3, 30);
    world.until(at(4, 30));
    CHECK(world.started() == 1);
    world.until(at(5, 5));
    CHECK(world.started() == 2);
    CHECK(world.record.missed == 0);
  }
  SECTION("to the beginning of time, for a while") {
    world.now = Moment{std::chrono::hours(5)};
    for (int i = 0; i < 10; ++i) world.tick(10min);
    CHECK(next_deadline(world.record, world.wanted, world.zones, world.now) == world.now + 1min);
    world.now = at(4, 30);
    world.until(at(5, 5));
    CHECK(world.started() == 2);
    CHECK(world.record.missed == 0);
  }
  SECTION("by two days") {
    world.now -= 48h;
    world.tick();
    world.until(at(4, 5) - 47h);
    CHECK(world.started() == 2);
    CHECK(world.record.missed == 0);
  }
}

TEST_CASE("jobs: summer time comes from the zone") {
  World world;
  // One hour more from 21 November 12:00 UTC on.
  world.zones["Test/Zone"] = {1h, {{std::chrono::floor<std::chrono::seconds>(at(12, 0)), 2h}}};
  world.wanted.declared.time_zone = "Test/Zone";
  world.wanted.declared.schedule = "30 10,15 * * *";
  world.lasts = 5s;
  world.until(at(14, 0));
  CHECK(world.told() == Texts{"9:30 1 ended succeeded", "13:30 1 ended succeeded"});
}

TEST_CASE("jobs: as long as its time zone is not known nothing passes") {
  World world;
  world.wanted.declared.time_zone = "Europe/Berlin";
  world.until(at(4, 30));
  CHECK(world.told().empty());
  CHECK(next_deadline(world.record, world.wanted, world.zones, world.now) == Moment{});
  world.zones["Europe/Berlin"] = {1h, {}};
  world.tick();
  CHECK(world.told() == Texts{"4:0 1 ended missed"});
}

TEST_CASE("jobs: without a schedule a job runs once for each release") {
  World world;
  world.wanted.declared.schedule.clear();
  world.until(at(3, 5));
  CHECK(world.told() == Texts{"3:0 1 ended succeeded"});
  CHECK(next_deadline(world.record, world.wanted, world.zones, world.now) == Moment{});
  world.until(at(3, 10));
  world.wanted.release = "bbbb2222";
  world.until(at(3, 15));
  CHECK(world.told() == Texts{"3:0 1 ended succeeded", "3:10 1 ended succeeded"});
  CHECK(world.record.runs[1].release == "bbbb2222");
  CHECK(world.started() == 2);
}

TEST_CASE("jobs: releases that follow fast make those that wait room, and stop none that runs") {
  World world;
  world.wanted.declared.schedule.clear();
  world.tick();
  world.wanted.release = "bbbb2222";
  world.tick();
  world.wanted.release = "cccc3333";
  world.tick();
  CHECK(world.told() == Texts{"3:0 1 running none", "3:0 1 ended replaced", "3:0 1 waiting none"});
  world.until(at(3, 5));
  CHECK(world.told() ==
        Texts{"3:0 1 ended succeeded", "3:0 1 ended replaced", "3:0 1 ended succeeded"});
  CHECK(world.started() == 2);
  std::set<std::string> names;
  for (const Run& run : world.record.runs) CHECK(names.insert(name_of(world.wanted, run)).second);
}

TEST_CASE("jobs: history is kept as long as asked") {
  World world;
  world.wanted.declared.schedule = "* * * * *";
  world.wanted.declared.history = 3;
  world.lasts = 5s;
  world.until(at(4, 0));
  CHECK(world.told() ==
        Texts{"3:57 1 ended succeeded", "3:58 1 ended succeeded", "3:59 1 ended succeeded"});
}

TEST_CASE("jobs: one that is removed is stopped, then forgotten") {
  World world;
  world.wanted.declared.retry = 5;
  world.until(at(4, 0, 10));
  REQUIRE(world.addresses.taken() == 1);
  const auto retire_once = [&] {
    world.record = retire(world.record, world.wanted, world.facts(), world.addresses, world.now);
    for (const Run& run : std::deque<Run>(world.record.runs)) world.carry_out(run);
  };
  retire_once();
  CHECK(world.told() == Texts{"4:0 1 stopping interrupted"});
  retire_once();
  CHECK(world.told() == Texts{"4:0 1 ended interrupted"});
  retire_once();
  CHECK(world.record == Record{});
  CHECK(world.engine.empty());
  CHECK(world.addresses.taken() == 0);
}

// Whatever happens and whenever: crashes between any two effects, containers that vanish, a host
// that is restarted, an image that is late.
void live(World& world, unsigned seed) {
  std::mt19937 chance(seed);
  const auto below = [&](unsigned limit) { return static_cast<int>(chance() % limit); };
  Wanted& wanted = world.wanted;
  const Overlap overlaps[] = {Overlap::skip, Overlap::queue, Overlap::replace};
  const char* const releases[] = {"aaaa1111", "bbbb2222", "cccc3333"};
  wanted.declared.schedule = below(2) == 0 ? "*/2 * * * *" : "";
  wanted.declared.overlap = overlaps[below(3)];
  wanted.declared.retry = below(3);
  wanted.declared.catch_up = below(2) == 0;
  wanted.declared.timeout = std::chrono::seconds(20 + below(200));
  world.lasts = std::chrono::seconds(1 + below(300));
  for (int i = 0; i < 120; ++i) {
    world.exits_with = below(3) == 0 ? 1 : 0;
    world.image_here = below(5) != 0;
    const int what = below(20);
    if (what == 0) wanted.release = releases[below(3)];
    if (what == 1) world.engine.clear();
    if (what == 2) {  // the host is restarted
      for (auto& [name, container] : world.engine) container.running = false;
    }
    const rollout::Addresses addresses = world.addresses;
    const Facts facts = world.facts();
    const Record next = world.next();
    if (what == 3) {  // killed before it was written down
      world.addresses = addresses;
      continue;
    }
    world.record = next;
    RC_ASSERT((advance(next, wanted, world.zones, facts, world.addresses, world.now) == next));
    const Facts known = world.facts();
    for (const Run& run : next.runs) {
      if (below(6) == 0) break;  // killed on the way
      world.carry_out(run, known);
    }
    int running = 0;
    for (const auto& [name, container] : world.engine) running += container.running ? 1 : 0;
    RC_ASSERT(running <= 1);
    for (const auto& [name, count] : world.starts) RC_ASSERT(count == 1);
    world.pass(std::chrono::seconds(below(40)));
  }
}

TEST_CASE("jobs: at most one start for each attempt of a slot, wherever the agent is killed") {
  CHECK(rc::check("no slot is started twice", [](unsigned seed) {
    World world;
    live(world, seed);
    std::map<Moment, int> succeeded;
    for (const Run& run : world.record.runs) {
      RC_ASSERT(run.attempt <= 1 + world.wanted.declared.retry);
      succeeded[run.slot] += run.outcome == Outcome::succeeded ? 1 : 0;
    }
    for (const auto& [slot, count] : succeeded) RC_ASSERT(count <= 1);
    // All that is under way ends, and leaves nothing.
    if (!world.wanted.declared.schedule.empty()) world.wanted.declared.schedule = "0 0 29 2 *";
    world.image_here = true;
    for (int i = 0; i < 60; ++i) world.tick(10min);
    RC_ASSERT(world.engine.empty());
    RC_ASSERT(world.addresses.taken() == 0U);
    for (const Run& run : world.record.runs) RC_ASSERT((run.stage == Stage::ended));
    RC_ASSERT(static_cast<int>(world.record.runs.size()) <= world.wanted.declared.history);
    if (world.wanted.declared.schedule.empty()) {
      RC_ASSERT(world.record.runs.back().release == world.wanted.release);
    }
  }));
}

TEST_CASE("jobs: every slot that passes is run, skipped, missed or caught up") {
  CHECK(rc::check("all slots are accounted for", [](unsigned seed) {
    std::mt19937 chance(seed);
    World world;
    world.wanted.declared.schedule = "*/10 * * * *";
    world.wanted.declared.history = 10'000;
    world.lasts = std::chrono::seconds(1 + chance() % 1200);
    const auto begin = world.now;
    for (int i = 0; i < 25; ++i) {
      world.tick();
      world.pass(std::chrono::seconds(chance() % 3000));
    }
    world.record = world.next();
    const auto slots = static_cast<std::uint64_t>((world.now - begin) / 10min);
    std::uint64_t told = world.record.missed;
    for (const Run& run : world.record.runs) told += run.outcome == Outcome::missed ? 0 : 1;
    RC_ASSERT(told == slots);
  }));
}

}  // namespace jobs_test
