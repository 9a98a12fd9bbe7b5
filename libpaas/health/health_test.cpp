#include "libpaas/health/health.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <set>

namespace health_test {

using namespace paas;
using namespace paas::health;
using namespace std::chrono_literals;
using model::Moment;
using std::chrono::nanoseconds;

const Moment start{std::chrono::hours(500'000)};

model::Probe probe() {
  model::Probe out;
  out.interval = 10s;
  out.failures = 3;
  out.successes = 1;
  return out;
}

struct Step {
  nanoseconds at;  // after the start
  bool good;
  Verdict then;
};

void check(const model::Probe& probe, const std::vector<Step>& steps) {
  Health health = begin(start);
  for (const Step& step : steps) {
    CAPTURE(step.at.count(), step.good, health.in_a_row);
    health =
        answered(health, probe, {step.good, step.good ? "HTTP 200" : "HTTP 503"}, start + step.at);
    CHECK(static_cast<int>(health.verdict) == static_cast<int>(step.then));
    CHECK(health.last.good == step.good);
    CHECK(health.asked == start + step.at);
  }
}

TEST_CASE("health: nothing is known before the first answer") {
  CHECK(begin(start).verdict == Verdict::unknown);
  CHECK(next_question(begin(start), probe(), 7) == start);
}

TEST_CASE("health: one good answer is enough, if no more are asked for") {
  check(probe(), {{0s, true, Verdict::good}});
  model::Probe strict = probe();
  strict.successes = 2;
  check(strict, {{0s, true, Verdict::unknown}, {10s, true, Verdict::good}});
  check(strict, {{0s, true, Verdict::unknown},
                 {10s, false, Verdict::unknown},
                 {20s, true, Verdict::unknown},
                 {30s, true, Verdict::good}});
}

TEST_CASE("health: bad answers count an interval apart, the first an interval after the start") {
  check(probe(), {{0s, false, Verdict::unknown},
                  {1s, false, Verdict::unknown},
                  {10s, false, Verdict::unknown},
                  {11s, false, Verdict::unknown},
                  {20s, false, Verdict::unknown},
                  {30s, false, Verdict::bad},
                  {40s, true, Verdict::good}});
}

TEST_CASE("health: bad answers within the start period count for nothing, a good one ends it") {
  model::Probe slow = probe();
  slow.start_period = 60s;
  slow.failures = 1;
  check(
      slow,
      {{30s, false, Verdict::unknown}, {59s, false, Verdict::unknown}, {60s, false, Verdict::bad}});
  check(slow, {{30s, true, Verdict::good}, {40s, false, Verdict::bad}});
}

TEST_CASE("health: what is good turns bad only after so many in a row") {
  check(probe(), {{0s, true, Verdict::good},
                  {10s, false, Verdict::good},
                  {20s, false, Verdict::good},
                  {30s, true, Verdict::good},
                  {40s, false, Verdict::good},
                  {50s, false, Verdict::good},
                  {60s, false, Verdict::bad}});
}

TEST_CASE("health: a clock that was set back hides no bad answer") {
  model::Probe quick = probe();
  quick.failures = 2;
  quick.start_period = 30s;
  check(quick, {{40s, false, Verdict::unknown}, {-3600s, false, Verdict::bad}});
}

TEST_CASE("health: the text is one line of bounded length") {
  const auto text = [](std::string raw) {
    return answered(begin(start), probe(), {false, std::move(raw)}, start).last.text;
  };
  CHECK(text("connection\r\nrefused") == "connection??refused");
  CHECK(text(std::string(5000, 'x')).size() <= 203);
  CHECK(text("\xff") == "\xef\xbf\xbd");
}

TEST_CASE("health: until it is well it is asked often, then by the interval") {
  Health health = begin(start);
  const auto gap = [&](nanoseconds at, bool good) {
    health = answered(health, probe(), {good, ""}, start + at);
    return next_question(health, probe(), 7) - health.asked;
  };
  CHECK(gap(0s, false) == 100ms);
  CHECK(gap(600ms, false) == 300ms);
  CHECK(gap(5s, false) == 1s);
  const nanoseconds calm = gap(6s, true);
  CHECK(calm >= 10s);
  CHECK(calm < 11250ms);
}

TEST_CASE("health: containers that start together are asked apart") {
  const Health well = answered(begin(start), probe(), {true, ""}, start);
  std::set<Moment> moments;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    moments.insert(next_question(well, probe(), seed));
  }
  CHECK(moments.size() == 100);
}

TEST_CASE("health: whatever is answered and whenever, verdicts need their thresholds") {
  CHECK(rc::check("thresholds hold", [] {
    model::Probe any = probe();
    any.interval = model::Seconds(*rc::gen::inRange(1, 20));
    any.start_period = model::Seconds(*rc::gen::inRange(0, 60));
    any.failures = *rc::gen::inRange(1, 5);
    any.successes = *rc::gen::inRange(1, 4);
    Health health = begin(start);
    int good = 0, bad = 0;
    bool ever_good = false;
    for (int i = 0; i < 60; ++i) {
      const Moment now = next_question(health, any, 1) + nanoseconds(*rc::gen::inRange(0, 999));
      const bool answer = *rc::gen::inRange(0, 3) == 0;
      const Verdict before = health.verdict;
      health = answered(health, any, {answer, ""}, now);
      good = answer ? good + 1 : 0;
      bad = answer ? 0 : bad + 1;
      ever_good = ever_good || answer;
      RC_ASSERT(next_question(health, any, 1) > now);
      if (good >= any.successes) RC_ASSERT(health.verdict == Verdict::good);
      if (health.verdict == before) continue;
      RC_ASSERT(health.verdict != Verdict::unknown);
      RC_ASSERT((health.verdict == Verdict::good ? good >= any.successes : bad >= any.failures));
      if (health.verdict == Verdict::bad && !ever_good) {
        RC_ASSERT(now >= start + any.start_period);
        RC_ASSERT(now >= start + any.interval * any.failures);
      }
    }
  }));
}

TEST_CASE("health: what answers badly for ever is bad in the end") {
  CHECK(rc::check("bad in bounded time", [] {
    model::Probe any = probe();
    any.interval = model::Seconds(*rc::gen::inRange(1, 20));
    any.start_period = model::Seconds(*rc::gen::inRange(0, 60));
    any.failures = *rc::gen::inRange(1, 5);
    Health health = begin(start);
    const Moment limit =
        start + any.start_period + (any.interval + 2s) * (any.failures + 1) * 9 / 8;
    while (health.verdict != Verdict::bad) {
      const Moment now = next_question(health, any, 1);
      RC_ASSERT(now < limit);
      health = answered(health, any, {false, ""}, now);
    }
  }));
}

}  // namespace health_test
