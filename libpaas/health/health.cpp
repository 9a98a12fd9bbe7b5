#include "libpaas/health/health.hpp"

#include <algorithm>
#include <utility>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/text.hpp"

namespace paas::health {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t most_text = 200;
constexpr nanoseconds soonest = std::chrono::milliseconds{100};
constexpr nanoseconds latest_at_first = std::chrono::seconds{1};

// A good answer has come, so that from now on bad ones tell something.
bool began(const Health& health) {
  return health.verdict != Verdict::unknown || health.in_a_row > 0;
}

bool counts(const Health& health, const model::Probe& probe, bool good, model::Moment now) {
  if (good) return true;
  const auto since = [now](model::Moment before) {
    return now < before ? nanoseconds::max() : now - before;  // the clock was set back
  };
  if (!began(health) && since(health.started) < probe.start_period) return false;
  const bool none = health.counted == model::Moment{};
  return health.last.good || since(none ? health.started : health.counted) >= probe.interval;
}

}  // namespace

Health begin(model::Moment started) {
  Health out;
  out.started = started;
  return out;
}

Health answered(Health health, const model::Probe& probe, Answer answer, model::Moment now) {
  answer.text = shortened(printable(to_utf8(answer.text)), most_text);
  if (counts(health, probe, answer.good, now)) {
    const bool alike = health.in_a_row > 0 && health.last.good == answer.good;
    const int enough = std::max(1, answer.good ? probe.successes : probe.failures);
    health.in_a_row = alike ? std::min(health.in_a_row + 1, enough) : 1;
    if (!answer.good) health.counted = now;
    if (health.in_a_row >= enough) health.verdict = answer.good ? Verdict::good : Verdict::bad;
  }
  health.last = std::move(answer);
  health.asked = now;
  return health;
}

model::Moment next_question(const Health& health, const model::Probe& probe, std::uint64_t seed) {
  if (health.asked == model::Moment{}) return health.started;
  const nanoseconds interval = std::max<nanoseconds>(probe.interval, std::chrono::seconds{1});
  if (health.verdict == Verdict::unknown && !health.last.good) {
    const nanoseconds older = (health.asked - health.started) / 2;
    return health.asked + std::clamp(older, soonest, std::min(latest_at_first, interval));
  }
  const std::uint64_t chance =
      stable_hash({std::to_string(seed), std::to_string(health.asked.time_since_epoch().count())});
  return health.asked + interval + nanoseconds(chance % (std::uint64_t(interval.count()) / 8));
}

}  // namespace paas::health
