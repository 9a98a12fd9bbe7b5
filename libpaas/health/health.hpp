#pragma once
// What a container's probes say of it, over time. A pure state machine; who asks is elsewhere.

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
  int in_a_row = 0;  // answers alike, the last one among them
  Answer last{};
  model::Moment started{};  // of the container
  model::Moment asked{};    // the last question; the epoch: none yet
  bool operator==(const Health&) const = default;
};

// Of a container that started then.
Health begin(model::Moment started);

// After one answer. Bad ones within the start period count for nothing; a good one ends it.
Health answered(Health health, const model::Probe& probe, Answer answer, model::Moment now);

// When to ask next: at once after the start, then by the interval, spread by `seed` (of the
// container's name, say) so that a hundred containers are not asked in the same instant. While the
// verdict is unknown within the start period: every second, if the interval is longer.
model::Moment next_question(const Health& health, const model::Probe& probe, std::uint64_t seed);

}  // namespace paas::health
#pragma GCC visibility pop
