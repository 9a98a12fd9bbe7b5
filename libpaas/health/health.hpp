#pragma once
// What a container's probes say of it, over time. A pure state machine; who asks is elsewhere.

#include <cstdint>
#include <string>

#include "libpaas/model/container.hpp"
#include "libpaas/model/engine.hpp"

#pragma GCC visibility push(default)
namespace paas::health {

// What one question was answered.
struct Answer {
  bool good = false;
  std::string text{};  // "HTTP 503", "connection refused", "no answer in 5 s"; bounded, one line
  bool operator==(const Answer&) const = default;
};

enum class Verdict {
  unknown,  // not asked often enough yet
  good,
  bad,
};

struct Health {
  Verdict verdict = Verdict::unknown;
  int in_a_row = 0;  // answers alike that count, the last one among them
  Answer last{};
  model::Moment started{};  // of the container
  model::Moment counted{};  // when a bad answer counted last; the epoch: none did
  model::Moment asked{};    // when the last answer came; the epoch: none did
  bool operator==(const Health&) const = default;
};

// Of a container that started then.
Health begin(model::Moment started);

// After one answer. Bad ones count from the end of the start period on, at the earliest one
// interval after the start or after the one that counted before: questions that come sooner are
// there to find out soon that it is well. A good one ends the start period. The text is cut to one
// line of 200 bytes.
Health answered(Health health, const model::Probe& probe, Answer answer, model::Moment now);

// When to ask next: at once after the start; until the first good answer, while the verdict is
// unknown, after a tenth of a second to a whole one, the longer it runs the less often, and never
// later than the interval; then by the interval and up to an eighth more, by `seed` (of the
// container's name, say), so that a hundred containers are not asked in the same instant. A moment
// further ahead than that from now on means that the clock was set back.
model::Moment next_question(const Health& health, const model::Probe& probe, std::uint64_t seed);

}  // namespace paas::health
#pragma GCC visibility pop
