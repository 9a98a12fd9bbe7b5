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
  Moment due{};      // not before
  Moment started{};  // written down right before the container is started
  Moment ended{};
  std::optional<int> exit_code{};
  std::string trouble{};
  bool operator==(const Run&) const = default;
};

struct Record {
  Moment looked{};           // slots up to here have been dealt with
  std::string schedule{};    // whose slots these are, with its time zone; empty: none
  std::string release{};     // that a job without a schedule ran for, or runs for
  std::deque<Run> runs{};    // newest last; at most `history` that ended
  std::uint64_t missed = 0;  // slots that passed while nobody looked, and were not caught up
  bool operator==(const Record&) const = default;
};

struct Fact {
  bool image_here = false;
  bool there = false;  // its container
  bool ran = false;    // the engine knows of a start, be it that it does not run any more
  bool running = false;
  std::optional<int> exit_code{};  // it ran and ended
  std::string trouble{};           // it cannot be fetched, made or started: why
  bool operator==(const Fact&) const = default;
};
using Facts = std::map<std::string, Fact, std::less<>>;  // by name_of()

struct Wanted {
  std::string project;
  std::string job;
  std::string release;
  model::Job declared{};
};

// "shop-nightly-20261121t0300z-1": project, job, slot in UTC, attempt. Seconds are told where the
// slot has any, as those of releases do.
std::string name_of(const Wanted& wanted, const Run& run);

// One step further. With the same facts and time once more it changes nothing, and as long as
// nothing is due it changes nothing either. REQUIRES: `facts` are those of an engine that answered:
// a container it does not tell of counts as gone.
//
// A slot is on time for a minute. Those that passed while nobody looked are told in one run with
// the outcome `missed` and counted (at most 10,000 at once), or caught up by one run of the last of
// them. Of runs that queue at most ten wait, further ones are skipped. A job without a schedule is
// never skipped: it waits, and what waits for an older release makes room. Each further attempt
// waits longer, ten seconds to five minutes. A run that cannot begin within the job's timeout has
// failed. While the clock shows a time before 2020 no slot passes; one that was set back by more
// than a day begins anew from there, by less waits until it is where it was.
Record advance(Record record, const Wanted& wanted, const TimeZones& zones, const Facts& facts,
               rollout::Addresses& addresses, Moment now);

// A job that the source has no more: runs are stopped, then forgotten. Record{} when nothing is
// left.
Record retire(Record record, const Wanted& wanted, const Facts& facts,
              rollout::Addresses& addresses, Moment now);

// What is to be done for a run by now.
enum class Need { nothing, image, create, start, stop, remove };
Need need_of(const Record& record, const Run& run, const Wanted& wanted, const Facts& facts);

// The first moment after `now` when it must be asked again though nothing happens; the epoch:
// never.
Moment next_deadline(const Record& record, const Wanted& wanted, const TimeZones& zones,
                     Moment now);

}  // namespace paas::jobs
#pragma GCC visibility pop
