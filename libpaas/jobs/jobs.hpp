#pragma once
// When a job runs, and what became of each run. A pure state machine, whose state outlives the
// process: at most one start for each slot, whenever the agent is killed.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/blueprint/schedule.hpp"
#include "libpaas/model/app.hpp"
#include "libpaas/model/engine.hpp"
#include "libpaas/rollout/addresses.hpp"

#pragma GCC visibility push(default)
namespace paas::jobs {

using model::Moment;
using TimeZones = std::map<std::string, blueprint::TimeZone, std::less<>>;  // by IANA name

enum class Stage {
  waiting,   // due; its image is fetched, or it queues behind another run
  created,   // its container may be made; it has not been started
  running,   // written down before the container is started
  stopping,  // its time is over, or another run replaces it
  ended,     // its container may go
};
enum class Outcome { none, succeeded, failed, timed_out, interrupted, replaced, skipped, missed };
std::string_view word_of(Stage stage);
std::string_view word_of(Outcome outcome);

struct Run {
  Moment slot{};  // what it is for: the moment of the schedule, or that of the release
  int attempt = 1;
  Stage stage = Stage::waiting;
  Outcome outcome = Outcome::none;
  std::string release{};
  std::string address{};
  Moment due{}, started{}, ended{};  // due: not before
  std::optional<int> exit_code{};
  std::string trouble{};
  bool operator==(const Run&) const = default;
};

struct Record {
  Moment looked{};           // slots up to here have been dealt with
  std::string release{};     // that a job without a schedule ran for, or runs for
  std::deque<Run> runs{};    // newest last; at most `history` that ended
  std::uint64_t missed = 0;  // slots that passed while nobody looked, and were not caught up
  bool operator==(const Record&) const = default;
};

struct Fact {
  bool image_here = false;
  bool there = false;  // its container
  bool running = false;
  std::optional<int> exit_code{};  // it ran and ended
  std::string trouble{};           // it cannot be made or started: why
  bool operator==(const Fact&) const = default;
};
using Facts = std::map<std::string, Fact, std::less<>>;  // by name_of()

struct Wanted {
  std::string project;
  std::string job;
  std::string release;
  model::Job declared{};
};

// "shop-nightly-20261121t0300z-1": project, job, slot in UTC, attempt.
std::string name_of(const Wanted& wanted, const Run& run);

// One step further. With the same facts and time once more it changes nothing.
Record advance(Record record, const Wanted& wanted, const TimeZones& zones, const Facts& facts,
               rollout::Addresses& addresses, Moment now);

// A job that the source has no more: runs are stopped, then forgotten. Empty when nothing is left.
Record retire(Record record, const Wanted& wanted, const Facts& facts,
              rollout::Addresses& addresses, Moment now);

// What is to be done for a run by now.
enum class Need { nothing, image, create, start, stop, remove };
Need need_of(const Record& record, const Run& run, const Wanted& wanted, const Facts& facts);

// When it must be asked again though nothing happens; the epoch: never.
Moment next_deadline(const Record& record, const Wanted& wanted, const TimeZones& zones);

}  // namespace paas::jobs
#pragma GCC visibility pop
