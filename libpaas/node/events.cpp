// What happens, taken in.

#include <algorithm>

#include "libpaas/base/hash.hpp"
#include "libpaas/node/facts.hpp"
#include "libpaas/node/turning.hpp"

namespace paas::node {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{1000};
constexpr milliseconds longest_pause{60'000};

// 1 s, doubled with each failure up to 60 s, and a quarter more or less, so that what failed
// together does not come back together.
milliseconds pause_after(int failures, std::string_view subject, std::uint64_t seed) {
  milliseconds pause = first_pause;
  for (int i = 1; i < failures && pause < longest_pause; ++i) pause *= 2;
  pause = std::min(pause, longest_pause);
  const std::uint64_t chance =
      stable_hash({subject, std::to_string(failures), std::to_string(seed)}) % 501;
  return pause * 3 / 4 + pause * static_cast<std::int64_t>(chance) / 1000;
}

// Beyond it a moment is no appointment: somebody set the clock back.
constexpr Seconds longest_wait{90};

// The engine is away, or we were told to stop.
bool is_nobodys_fault(Errc code) {
  return code == Errc::unavailable || code == Errc::unknown_outcome || code == Errc::cancelled;
}

// Only somebody else can mend it.
bool is_hopeless(Errc code) {
  return code == Errc::not_found || code == Errc::denied || code == Errc::invalid;
}

}  // namespace

milliseconds Turning::fail(Patience& patience, std::string_view subject, std::string trouble) {
  ++patience.failures;
  const milliseconds pause = pause_after(patience.failures, subject, s_.settings.seed);
  patience.not_before = now_ + pause;
  patience.trouble = std::move(trouble);
  return pause;
}

void Turning::failed(const std::string& subject, std::string trouble, bool hopeless) {
  Patience& patience = s_.patience[subject];
  const milliseconds pause = fail(patience, subject, std::move(trouble));
  patience.hopeless = hopeless;
  const bool named = patience.trouble.find(subject) != std::string::npos;
  say(LogLevel::warn, (named ? "" : subject + ": ") + patience.trouble + "; tried again in " +
                          std::to_string((pause.count() + 500) / 1000) + " s");
  s_.stale = true;
}

void Turning::postponed(const std::string& subject, std::string trouble) {
  Patience& patience = s_.patience[subject];
  patience.not_before = now_ + first_pause;
  patience.trouble = std::move(trouble);
  say(LogLevel::warn, patience.trouble);
  s_.stale = true;
}

bool Turning::is_due(Moment moment, Seconds most) const {
  return moment <= now_ || moment > now_ + most;
}

bool Turning::backs_off(std::string_view subject) const {
  const auto found = s_.patience.find(subject);
  return found != s_.patience.end() && !is_due(found->second.not_before, longest_wait);
}

void Turning::on(const SourceRead& event) {
  if (!s_.source_trouble.empty()) say(LogLevel::info, "the source is good again");
  s_.source_trouble.clear();
  if (event.declared == s_.declared) {
    s_.offered.reset();
    return;
  }
  s_.offered = event.declared;
  s_.stale = true;
}

void Turning::on(const SourceFailed& event) {
  std::string trouble = s_.declared.version.empty() ? "nothing runs yet: " + event.trouble
                                                    : "kept the last good state: " + event.trouble;
  if (s_.source_trouble != trouble) say(LogLevel::error, trouble);
  s_.source_trouble = std::move(trouble);
}

void Turning::on(const Saved& event) {
  if (!s_.proposal) return;
  Proposal proposal = std::move(*s_.proposal);
  s_.proposal.reset();
  s_.stale = true;
  if (!event.outcome) {
    fail(s_.saving, "saving", describe(event.outcome.error()));
    s_.names_asked.clear();  // what stood behind it was not done
    say(LogLevel::error, "unable to keep what was decided: " + s_.saving.trouble);
    return;
  }
  s_.saving = {};
  s_.ledger = std::move(proposal.ledger);
  for (const HoldAsked& hold : proposal.holds) act(ForgetHold{hold.project, hold.app});
  if (!proposal.declared) return;
  if (s_.offered == proposal.declared) s_.offered.reset();
  say(LogLevel::info, "accepted " + proposal.declared->version);
  s_.declared = std::move(*proposal.declared);
  s_.accepted = now_;
}

void Turning::on(const StepsEnded& event) {
  if (!s_.work || s_.work->verifying) return;
  if (!event.outcome) {
    const Error& error = event.outcome.error();
    const std::string trouble =
        s_.work->given_up
            ? "took longer than " + std::to_string(s_.settings.change_bound.count()) + " s"
            : describe(error);
    if (is_nobodys_fault(error.code) && !s_.work->given_up) {
      postponed(s_.work->subject, s_.work->text + ": " + trouble);
    } else {
      failed(s_.work->subject, s_.work->text + ": " + trouble, error.code == Errc::invalid);
    }
    s_.look_again = true;
    s_.work.reset();
    return;
  }
  s_.work->verifying = true;
  // A network is seen only by looking at everything.
  const bool container = std::all_of(s_.work->steps.begin(), s_.work->steps.end(), [](auto& step) {
    return !std::holds_alternative<reconcile::CreateNetwork>(step) &&
           !std::holds_alternative<reconcile::RemoveNetwork>(step);
  });
  if (container) {
    s_.look_at.insert(s_.work->subject);
  } else {
    s_.look_again = true;
  }
}

void Turning::on(const PullEnded& event) {
  s_.pulling.erase(event.reference);
  const std::string subject = image_subject(event.reference);
  if (!event.image_id) {
    failed(subject, describe(event.image_id.error()), is_hopeless(event.image_id.error().code));
    return;
  }
  s_.patience.erase(subject);
  say(LogLevel::info, "pulled " + event.reference);
  s_.fetched[event.reference] = now_;
  s_.loaded[event.reference] = *event.image_id;
  s_.seen.images[event.reference] = *event.image_id;
  s_.seen.images[*event.image_id] = *event.image_id;
  s_.stale = true;
}

void Turning::on(const StopEnded& event) {
  s_.stopping.erase(event.name);
  s_.retiring.erase(event.name);
  if (!event.outcome) {
    failed(event.name, "unable to stop it: " + describe(event.outcome.error()));
    if (const auto life = s_.lives.find(event.name); life != s_.lives.end()) {
      life->second.told_to_stop = false;
    }
  }
  s_.look_at.insert(event.name);
  s_.stale = true;
}

void Turning::on(const ProbeAnswered& event) {
  const auto found = s_.lives.find(event.name);
  if (found == s_.lives.end()) return;
  Life& life = found->second;
  (event.liveness ? life.asking_liveness : life.asking_readiness) = false;
  if (life.id != event.id || !life.up) return;
  const auto want = std::find_if(s_.expected.containers.begin(), s_.expected.containers.end(),
                                 [&](const auto& one) { return one.name == event.name; });
  if (want == s_.expected.containers.end()) return;
  const auto& probe = event.liveness ? want->container.liveness : want->container.readiness;
  if (!probe) return;
  health::Health& health = event.liveness ? life.liveness : life.readiness;
  const health::Verdict before = health.verdict;
  health = health::answered(std::move(health), *probe, event.answer, now_);
  quiet_ = health.verdict == before;
  if (quiet_) return;
  s_.stale = true;
  if (!event.liveness) {
    life.presumed = false;
    const bool good = health.verdict == health::Verdict::good;
    say(LogLevel::info, event.name + (good ? " is ready" : " is not ready: " + event.answer.text));
  } else if (health.verdict == health::Verdict::bad) {
    unwell(*want, life);
  }
}

void Turning::on(const LogRead& event) {
  s_.reading_logs.erase(event.name);
  const auto life = s_.lives.find(event.name);
  if (life != s_.lives.end()) life->second.log = event.lines;
}

void Turning::on(const NamesTold& event) {
  if (!event.outcome) {
    s_.names_asked.clear();
    fail(s_.naming, "names", describe(event.outcome.error()));
    say(LogLevel::error, "unable to tell the names: " + s_.naming.trouble);
    return;
  }
  s_.naming = {};
  const std::set<std::string> addresses = addresses_in(event.names);
  for (auto one = s_.told.begin(); one != s_.told.end();) {
    if (addresses.contains(one->first)) {
      ++one;
      continue;
    }
    s_.hushed[one->first] = now_ + s_.settings.names_settle;
    one = s_.told.erase(one);
  }
  for (const std::string& address : addresses) {
    s_.hushed.erase(address);
    s_.told.try_emplace(address, now_);
  }
  s_.names_due = now_ + s_.settings.names_settle;
}

void Turning::on(const RulesLoaded& event) {
  if (event.outcome) {
    s_.filtering = {};
    s_.rules_loaded = event.rules;
    return;
  }
  fail(s_.filtering, "packet filter", describe(event.outcome.error()));
  say(LogLevel::error,
      "no container is started before the packet filter knows of it: " + s_.filtering.trouble);
  s_.rules_asked = s_.rules_loaded;
}

void Turning::on(const RulesLost&) {
  say(LogLevel::warn, "somebody changed the packet filter's rules: they are loaded again");
  s_.rules_asked.clear();
  s_.rules_loaded.clear();
}

void Turning::on(const HoldAsked& event) {
  s_.holds.push_back(event);
  s_.stale = true;
}

void Turning::on(const TimePassed&) {
  quiet_ = now_ < s_.wake;
}

}  // namespace paas::node
