#include "libpaas/jobs/jobs.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace paas::jobs {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr minutes on_time{1};
constexpr std::uint64_t most_missed = 10'000;
constexpr std::ptrdiff_t most_queued = 10;
constexpr hours far_back{24};
constexpr Moment clock_is_set = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);

// Before a further attempt: 10 s, 20 s, 40 s, … five minutes.
seconds pause_before(int attempt) {
  return std::min(seconds(300), seconds(5) * (1 << std::clamp(attempt - 1, 0, 6)));
}

bool started(Stage stage) {
  return stage == Stage::running || stage == Stage::stopping;
}

bool earlier(const Run& a, const Run& b) {
  return std::tie(a.slot, a.attempt) < std::tie(b.slot, b.attempt);
}

// Nobody is before it.
bool is_next(const Record& record, const Run& run) {
  return std::none_of(record.runs.begin(), record.runs.end(), [&](const Run& other) {
    return other.stage != Stage::ended &&
           (earlier(other, run) || (other.stage != Stage::waiting && earlier(run, other)));
  });
}

// Until when it must have begun: counted from when it could, be it that another one ended late.
Moment begin_limit(const Record& record, const Run& run, const Wanted& wanted) {
  Moment since = run.due;
  for (const Run& other : record.runs) {
    const bool ran = other.outcome != Outcome::skipped && other.outcome != Outcome::missed;
    if (other.stage == Stage::ended && ran && earlier(other, run)) {
      since = std::max(since, other.ended);
    }
  }
  return since + wanted.declared.timeout;
}

const Fact& fact_of(const Facts& facts, const Wanted& wanted, const Run& run) {
  static const Fact unknown;
  const auto found = facts.find(name_of(wanted, run));
  return found == facts.end() ? unknown : found->second;
}

std::string within(const Wanted& wanted) {
  return " within " + std::to_string(wanted.declared.timeout.count()) + " s";
}

std::string because(const std::string& trouble) {
  return trouble.empty() ? "" : ": " + trouble;
}

// The moments at which a job runs.
class Calendar {
 public:
  Calendar(const Wanted& wanted, const TimeZones& zones) {
    const auto zone = zones.find(wanted.declared.time_zone);
    const bool known = zone != zones.end() || wanted.declared.time_zone == "UTC";
    const auto schedule = blueprint::parse_schedule(wanted.declared.schedule);
    if (!known || !schedule) return;
    schedule_ = *schedule;
    if (zone != zones.end()) zone_ = zone->second;
  }
  std::optional<sys_seconds> after(Moment moment) const {
    if (!schedule_) return {};
    return blueprint::next_run(*schedule_, zone_, floor<seconds>(moment));
  }

 private:
  std::optional<blueprint::Schedule> schedule_;
  blueprint::TimeZone zone_;
};

std::string calendar_name(const Wanted& wanted) {
  if (wanted.declared.schedule.empty()) return {};
  return wanted.declared.schedule + " " + wanted.declared.time_zone;
}

class Advance {
 public:
  Advance(Record& record, const Wanted& wanted, const Facts& facts, rollout::Addresses& addresses,
          Moment now)
      : record_(record), wanted_(wanted), facts_(facts), addresses_(addresses), now_(now) {}

  void run(const TimeZones& zones) {
    if (wanted_.declared.schedule.empty()) {
      look_at_release();
    } else {
      look_at_slots(Calendar(wanted_, zones));
    }
    settle();
    trim();
  }

  void retire() {
    for (Run& run : record_.runs) {
      if (run.stage == Stage::ended) continue;
      leave(run, Outcome::interrupted, "the job was removed");
    }
    settle();
    std::erase_if(record_.runs, [&](const Run& run) {
      return run.stage == Stage::ended && !fact(run).there && run.address.empty();
    });
    if (record_.runs.empty()) record_ = {};
  }

 private:
  const Fact& fact(const Run& run) const { return fact_of(facts_, wanted_, run); }

  // --- What is to run ---

  void look_at_release() {
    record_.schedule.clear();
    record_.looked = {};
    if (record_.release == wanted_.release) return;
    record_.release = wanted_.release;
    for (Run& run : record_.runs) {
      const bool replaces = wanted_.declared.overlap == model::Overlap::replace;
      if (run.stage == Stage::ended || (started(run.stage) && !replaces)) continue;
      leave(run, Outcome::replaced, "there is a newer release");
    }
    Moment slot = floor<seconds>(now_);
    for (const Run& run : record_.runs) slot = std::max(slot, run.slot + seconds(1));
    add(slot, Stage::waiting, Outcome::none, {});
  }

  void look_at_slots(const Calendar& calendar) {
    record_.release.clear();
    if (now_ < clock_is_set) return;
    const std::string name = calendar_name(wanted_);
    if (record_.schedule != name || record_.looked > now_ + far_back) {
      record_.schedule = name;
      record_.looked = now_;
      return;
    }
    std::uint64_t count = 0;
    std::optional<sys_seconds> last, before;
    Moment at = record_.looked;
    for (auto next = calendar.after(at); next && *next <= now_; next = calendar.after(at)) {
      before = std::exchange(last, next);
      at = *next;
      // Beyond that only the last ones are of interest.
      if (++count == most_missed) at = std::max(at, now_ - days(7));
    }
    if (!last) return;
    record_.looked = *last;
    pass(*last, before, std::min(count, most_missed));
  }

  void pass(sys_seconds last, std::optional<sys_seconds> before, std::uint64_t count) {
    const bool punctual = now_ - last < on_time;
    const bool catch_up = wanted_.declared.catch_up;
    const std::uint64_t missed = punctual ? count - 1 : count;
    if (missed > 0 && !catch_up) {
      record_.missed += missed;
      add(punctual ? *before : last, Stage::ended, Outcome::missed,
          std::to_string(missed) + (missed == 1 ? " run was" : " runs were") +
              " missed while nobody looked");
    }
    if (punctual || catch_up) due(last);
  }

  void due(Moment slot) {
    const auto is_same = [&](const Run& run) { return run.slot == slot; };
    if (std::any_of(record_.runs.begin(), record_.runs.end(), is_same)) return;
    const auto open = [](const Run& run) { return run.stage != Stage::ended; };
    const auto busy = std::count_if(record_.runs.begin(), record_.runs.end(), open);
    const auto overlap = wanted_.declared.overlap;
    if (busy > 0 && overlap == model::Overlap::skip) {
      return add(slot, Stage::ended, Outcome::skipped, "the run before it had not ended");
    }
    if (busy > most_queued) {
      return add(slot, Stage::ended, Outcome::skipped, "too many runs wait before it");
    }
    if (overlap == model::Overlap::replace) {
      for (Run& run : record_.runs) {
        if (open(run)) leave(run, Outcome::replaced, "the next run was due");
      }
    }
    add(slot, Stage::waiting, Outcome::none, {});
  }

  void add(Moment slot, Stage stage, Outcome outcome, std::string trouble) {
    Run run;
    run.slot = slot;
    run.stage = stage;
    run.outcome = outcome;
    run.release = wanted_.release;
    run.due = now_;
    if (stage == Stage::ended) run.ended = now_;
    run.trouble = std::move(trouble);
    record_.runs.push_back(std::move(run));
  }

  // --- What becomes of it ---

  void settle() {
    while (true) {
      const Record before = record_;
      // Those that are added on the way have their turn in the next round.
      for (std::size_t i = 0; i < before.runs.size(); ++i) step(i);
      if (record_ == before) return;
    }
  }

  // A run that is not wanted any more: at once if it has not started, else it is stopped.
  void leave(Run& run, Outcome outcome, const std::string& why) {
    if (run.stage == Stage::stopping) return;
    run.outcome = outcome;
    run.trouble = why;
    run.stage = started(run.stage) ? Stage::stopping : Stage::ended;
    if (run.stage == Stage::ended) run.ended = now_;
  }

  void step(std::size_t index) {
    Run& run = record_.runs[index];
    if (run.stage == Stage::ended && run.address.empty()) return;
    const Fact& known = fact(run);
    switch (run.stage) {
      case Stage::waiting:
        return waiting(index, known);
      case Stage::created:
        if (!known.trouble.empty()) return end(index, Outcome::failed, known.trouble);
        if (known.there) {
          run.stage = Stage::running;
          run.started = now_;
        } else if (now_ >= begin_limit(record_, run, wanted_)) {
          end(index, Outcome::failed, "its container could not be made" + within(wanted_));
        } else {
          run.release = wanted_.release;  // what it will be made of
        }
        return;
      case Stage::running:
        return running(index, known);
      case Stage::stopping:
        if (!known.running) end(index, run.outcome, run.trouble);
        return;
      case Stage::ended:
        if (known.there) return;
        addresses_.give_back(name_of(wanted_, run), now_);
        run.address.clear();
        return;
    }
  }

  void waiting(std::size_t index, const Fact& known) {
    Run& run = record_.runs[index];
    if (!is_next(record_, run) || run.due > now_) return;
    run.trouble = known.trouble;
    std::string lacks = "its image was not here" + within(wanted_) + because(known.trouble);
    if (known.image_here) {
      if (const auto address = addresses_.take(name_of(wanted_, run), now_)) {
        run.address = *address;
        run.release = wanted_.release;
        run.stage = Stage::created;
        return;
      }
      run.trouble = "there is no free address";
      lacks = "there was no free address" + within(wanted_);
    }
    if (now_ >= begin_limit(record_, run, wanted_)) end(index, Outcome::failed, std::move(lacks));
  }

  void running(std::size_t index, const Fact& known) {
    Run& run = record_.runs[index];
    const bool too_long = now_ >= run.started + wanted_.declared.timeout;
    if (known.running) {
      if (!too_long) return;
      run.stage = Stage::stopping;
      run.outcome = Outcome::timed_out;
      run.trouble = "it did not end" + within(wanted_);
    } else if (!known.there) {
      end(index, Outcome::interrupted, "its container is gone");
    } else if (known.exit_code) {
      const bool well = *known.exit_code == 0;
      end(index, well ? Outcome::succeeded : Outcome::failed,
          well ? "" : "exited with " + std::to_string(*known.exit_code));
    } else if (known.ran) {
      end(index, Outcome::interrupted, "it was cut off: nobody knows how it ended");
    } else if (!known.trouble.empty()) {
      end(index, Outcome::failed, known.trouble);
    } else if (too_long) {
      end(index, Outcome::failed, "it could not be started" + within(wanted_));
    }
  }

  void end(std::size_t index, Outcome outcome, std::string trouble) {
    Run& run = record_.runs[index];
    run.stage = Stage::ended;
    run.outcome = outcome;
    run.ended = now_;
    run.exit_code = fact(run).exit_code;
    run.trouble = std::move(trouble);
    const bool again = outcome == Outcome::failed || outcome == Outcome::timed_out ||
                       outcome == Outcome::interrupted;
    const bool is_retired = record_.release.empty() && record_.schedule.empty();
    if (!again || is_overtaken(run) || is_retired || run.attempt > wanted_.declared.retry) return;
    Run next;
    next.slot = run.slot;
    next.attempt = run.attempt + 1;
    next.release = wanted_.release;
    next.due = now_ + pause_before(next.attempt);
    record_.runs.push_back(std::move(next));
  }

  // Another one is there in its stead.
  bool is_overtaken(const Run& run) const {
    if (!record_.release.empty()) return run.release != record_.release;
    if (wanted_.declared.overlap != model::Overlap::replace) return false;
    return std::any_of(record_.runs.begin(), record_.runs.end(), [&](const Run& other) {
      return other.stage != Stage::ended && earlier(run, other);
    });
  }

  // The oldest of those that ended go, once nothing of them is left.
  void trim() {
    const auto ended = [](const Run& run) { return run.stage == Stage::ended; };
    auto surplus = std::count_if(record_.runs.begin(), record_.runs.end(), ended) -
                   std::max(1, wanted_.declared.history);
    std::erase_if(record_.runs, [&](const Run& run) {
      if (surplus <= 0 || !ended(run) || fact(run).there || !run.address.empty()) return false;
      --surplus;
      return true;
    });
  }

  Record& record_;
  const Wanted& wanted_;
  const Facts& facts_;
  rollout::Addresses& addresses_;
  Moment now_;
};

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string_view word_of(Stage stage) {
  static constexpr std::string_view words[] = {"waiting", "created", "running", "stopping",
                                               "ended"};
  return words[static_cast<std::size_t>(stage)];
}

std::string_view word_of(Outcome outcome) {
  static constexpr std::string_view words[] = {"none",        "succeeded", "failed",  "timed_out",
                                               "interrupted", "replaced",  "skipped", "missed"};
  return words[static_cast<std::size_t>(outcome)];
}

std::string name_of(const Wanted& wanted, const Run& run) {
  const auto day = floor<days>(run.slot);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(floor<seconds>(run.slot - day));
  const auto part = [](auto count) { return two_digits(static_cast<unsigned>(count)); };
  std::string stamp = std::to_string(int{date.year()}) + part(unsigned{date.month()}) +
                      part(unsigned{date.day()}) + "t" + part(time.hours().count()) +
                      part(time.minutes().count());
  if (time.seconds().count() != 0) stamp += part(time.seconds().count());
  return wanted.project + "-" + wanted.job + "-" + stamp + "z-" + std::to_string(run.attempt);
}

Record advance(Record record, const Wanted& wanted, const TimeZones& zones, const Facts& facts,
               rollout::Addresses& addresses, Moment now) {
  Advance(record, wanted, facts, addresses, now).run(zones);
  return record;
}

Record retire(Record record, const Wanted& wanted, const Facts& facts,
              rollout::Addresses& addresses, Moment now) {
  record.release.clear();
  record.schedule.clear();
  Advance(record, wanted, facts, addresses, now).retire();
  return record;
}

Need need_of(const Record& record, const Run& run, const Wanted& wanted, const Facts& facts) {
  const Fact& known = fact_of(facts, wanted, run);
  switch (run.stage) {
    case Stage::waiting:
      return is_next(record, run) && !known.image_here ? Need::image : Need::nothing;
    case Stage::created:
      return known.there ? Need::nothing : Need::create;
    case Stage::running: {
      const bool untouched = known.there && !known.running && !known.ran && !known.exit_code;
      return untouched && known.trouble.empty() ? Need::start : Need::nothing;
    }
    case Stage::stopping:
      return known.running ? Need::stop : Need::nothing;
    case Stage::ended:
      return known.there ? Need::remove : Need::nothing;
  }
  return Need::nothing;
}

Moment next_deadline(const Record& record, const Wanted& wanted, const TimeZones& zones,
                     Moment now) {
  Moment out{};
  const auto consider = [&](Moment moment) {
    if (moment > now && (out == Moment{} || moment < out)) out = moment;
  };
  if (!wanted.declared.schedule.empty()) {
    if (now < clock_is_set) consider(now + on_time);
    const bool is_ahead = record.looked > now && record.looked <= now + far_back;
    if (const auto slot = Calendar(wanted, zones).after(is_ahead ? record.looked : now)) {
      consider(*slot);
    }
  }
  for (const Run& run : record.runs) {
    if (run.stage == Stage::waiting && is_next(record, run)) {
      consider(run.due);
      consider(begin_limit(record, run, wanted));
    } else if (run.stage == Stage::created) {
      consider(begin_limit(record, run, wanted));
    } else if (run.stage == Stage::running) {
      consider(run.started + wanted.declared.timeout);
    }
  }
  return out;
}

}  // namespace paas::jobs
