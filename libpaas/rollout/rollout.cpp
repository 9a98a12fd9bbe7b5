#include "libpaas/rollout/rollout.hpp"

#include <algorithm>
#include <utility>

namespace paas::rollout {
namespace {

constexpr std::size_t release_digits = 8;
constexpr std::string_view no_address =
    "no address is free: all are taken, or rest after they were given back";

// Stages in which a replica counts as being updated.
bool under_way(const Slot& slot) {
  return slot.stage != Stage::pending && slot.stage != Stage::running &&
         slot.stage != Stage::stopped;
}

class Advance {
 public:
  Advance(Rollout& rollout, const Wanted& wanted, const Facts& facts, Addresses& addresses,
          Moment now)
      : rollout_(rollout), wanted_(wanted), facts_(facts), addresses_(addresses), now_(now) {
    const auto order = wanted.update.order;
    start_first_ = order == model::UpdateOrder::start_first ||
                   (order == model::UpdateOrder::automatic && !wanted.one_writer);
  }

  void run() {
    // A clock that was set back must not make anybody wait until it is where it was.
    for (Slot& slot : rollout_.slots) slot.since = std::min(slot.since, now_);
    retarget();
    resize();
    for (Slot& slot : rollout_.slots) step(slot);
    std::erase_if(rollout_.slots, [](const Slot& slot) {
      return slot.stage == Stage::stopped && !slot.serving && !slot.candidate;
    });
    judge();
    begin_more();
    finish();
  }

 private:
  const Fact& fact(const Slot& slot, const Member& member) const {
    static const Fact unknown;
    const auto found = facts_.containers.find(name_of(wanted_, slot.ordinal, member));
    return found == facts_.containers.end() ? unknown : found->second;
  }
  bool is_named(const Slot& slot, const Member& member) const {
    return facts_.named.contains(name_of(wanted_, slot.ordinal, member));
  }
  void enter(Slot& slot, Stage stage) {
    slot.stage = stage;
    slot.since = now_;
  }
  bool waited(const Slot& slot, model::Seconds time) const { return now_ >= slot.since + time; }
  // As long as a name may be cached, and then as long as connections are given to end.
  model::Seconds drain() const { return wanted_.dns_ttl + wanted_.update.drain; }

  void drop(Slot& slot, std::optional<Member>& member) {
    if (!member) return;
    addresses_.give_back(name_of(wanted_, slot.ordinal, *member), now_);
    member.reset();
  }

  // Another release is wanted than the one it goes towards; or the one it was brought back to.
  void retarget() {
    const bool anew = wanted_.release != rollout_.release;
    if (wanted_.release == rollout_.refused) return;
    if (!anew && rollout_.state != State::rolled_back) return;
    rollout_.release = wanted_.release;
    rollout_.state = State::updating;
    rollout_.trouble.clear();
    rollout_.refused.clear();
    if (anew) forget_candidates();
  }

  // Candidates that nobody was told of are not waited for; the others become what serves first.
  void forget_candidates() {
    for (Slot& slot : rollout_.slots) {
      if (!slot.candidate || slot.candidate->named || slot.candidate->release == rollout_.release) {
        continue;
      }
      drop(slot, slot.candidate);
      enter(slot, Stage::pending);
      if (slot.serving && !slot.serving->leaving) slot.serving->named = true;
    }
  }

  void resize() {
    const int have = static_cast<int>(rollout_.slots.size());
    for (int ordinal = 0; ordinal < wanted_.replicas; ++ordinal) {
      const bool there = std::any_of(rollout_.slots.begin(), rollout_.slots.end(),
                                     [&](const Slot& slot) { return slot.ordinal == ordinal; });
      if (there) continue;
      rollout_.slots.push_back({ordinal, Stage::pending, now_, {}, {}});
      if (rollout_.state == State::running) rollout_.state = State::updating;
    }
    if (static_cast<int>(rollout_.slots.size()) != have) {
      std::sort(rollout_.slots.begin(), rollout_.slots.end(),
                [](const Slot& a, const Slot& b) { return a.ordinal < b.ordinal; });
    }
    for (Slot& slot : rollout_.slots) {
      const bool surplus = slot.ordinal >= wanted_.replicas;
      if (surplus && slot.stage != Stage::stopped) {
        drop_unnamed(slot);
        enter(slot, Stage::stopped);
      } else if (!surplus && slot.stage == Stage::stopped && slot.serving &&
                 !slot.serving->leaving && !slot.candidate) {
        slot.serving->named = true;  // wanted again in time
        enter(slot, Stage::pending);
      }
    }
  }

  // A candidate that nobody was told of need not drain.
  void drop_unnamed(Slot& slot) {
    if (slot.candidate && !slot.candidate->named) drop(slot, slot.candidate);
  }

  // Out of the names, then as long as they are remembered, then gone: true when it is over.
  bool drained(Slot& slot, std::optional<Member>& member) {
    if (!member) return true;
    member->named = false;
    if (is_named(slot, *member)) slot.since = now_;
    if (!waited(slot, drain())) return false;
    member->leaving = true;
    if (fact(slot, *member).there) return false;
    drop(slot, member);
    return true;
  }

  void step(Slot& slot) {
    switch (slot.stage) {
      case Stage::pending:
        if (slot.serving && slot.serving->leaving && !fact(slot, *slot.serving).there) {
          drop(slot, slot.serving);
        }
        if (slot.serving && slot.serving->release == rollout_.release && !slot.serving->leaving) {
          slot.serving->named = true;
          enter(slot, Stage::running);
        }
        break;
      case Stage::running:
        if (!slot.serving || slot.serving->release != rollout_.release) {
          enter(slot, Stage::pending);
        }
        break;
      case Stage::pulling:
        pulling(slot);
        break;
      case Stage::starting:
        if (slot.candidate && fact(slot, *slot.candidate).ready) enter(slot, Stage::healthy);
        break;
      case Stage::healthy:
        if (slot.candidate) slot.candidate->named = true;
        enter(slot, Stage::dns_updating);
        break;
      case Stage::dns_updating:
        dns_updating(slot);
        break;
      case Stage::stopping_old:
        stopping_old(slot);
        break;
      case Stage::stopped:
        stopped(slot);
        break;
    }
  }

  void pulling(Slot& slot) {
    if (!slot.candidate || !fact(slot, *slot.candidate).image_here) return;
    if (start_first_ || !slot.serving) {
      slot.stage = Stage::starting;  // the same wait: from the beginning until it is ready
      return;
    }
    slot.serving->named = false;
    enter(slot, Stage::stopping_old);
  }

  // The old one loses its names only when the new one is found by them.
  void dns_updating(Slot& slot) {
    if (!slot.candidate || !is_named(slot, *slot.candidate)) return;
    if (!slot.serving) {
      slot.serving = std::exchange(slot.candidate, std::nullopt);
      enter(slot, Stage::running);
      return;
    }
    slot.serving->named = false;
    if (!is_named(slot, *slot.serving)) enter(slot, Stage::stopping_old);
  }

  void stopping_old(Slot& slot) {
    if (!drained(slot, slot.serving)) return;
    if (!slot.candidate) return enter(slot, Stage::pending);
    if (!slot.candidate->named) return enter(slot, Stage::starting);
    slot.serving = std::exchange(slot.candidate, std::nullopt);
    enter(slot, Stage::running);
  }

  void stopped(Slot& slot) {
    drained(slot, slot.serving);
    drained(slot, slot.candidate);
  }

  std::string trouble_of(const Slot& slot) const {
    if (!slot.candidate || slot.candidate->named) return {};
    if (slot.stage != Stage::pulling && slot.stage != Stage::starting) return {};
    const std::string replica = wanted_.app + "/" + std::to_string(slot.ordinal);
    const Fact& known = fact(slot, *slot.candidate);
    if (!known.trouble.empty()) return replica + " does not come up: " + known.trouble;
    if (!waited(slot, wanted_.update.healthy_within)) return {};
    const std::string time = std::to_string(wanted_.update.healthy_within.count()) + " s";
    return replica + " was not ready within " + time;
  }

  void judge() {
    if (rollout_.state == State::failed) return;
    for (const Slot& slot : rollout_.slots) {
      std::string trouble = trouble_of(slot);
      if (trouble.empty()) continue;
      fail(std::move(trouble));
      return;
    }
  }

  void fail(std::string trouble) {
    const bool back = wanted_.update.on_failure == model::OnFailure::roll_back &&
                      rollout_.state == State::updating && !rollout_.good.empty() &&
                      rollout_.good != rollout_.release;
    rollout_.trouble = std::move(trouble);
    if (!back) {
      rollout_.state = State::failed;
      return;
    }
    rollout_.state = State::rolled_back;
    rollout_.refused = std::exchange(rollout_.release, rollout_.good);
    forget_candidates();
    for (Slot& slot : rollout_.slots) step(slot);
  }

  void begin_more() {
    // Where nothing served yet there is nothing to spare: all come up at once.
    const bool first = rollout_.good.empty();
    int at_work =
        static_cast<int>(std::count_if(rollout_.slots.begin(), rollout_.slots.end(), under_way));
    bool lacks_address = false;
    for (Slot& slot : rollout_.slots) {
      if (slot.stage != Stage::pending || (slot.serving && slot.serving->leaving)) continue;
      if (rollout_.state == State::failed && slot.serving) continue;
      const bool spare = first || !slot.serving || at_work < wanted_.update.at_once;
      if (!spare) continue;
      if (begin(slot)) {
        ++at_work;
      } else {
        lacks_address = true;
      }
    }
    if (rollout_.state == State::failed || rollout_.state == State::rolled_back) return;
    if (lacks_address) rollout_.trouble = no_address;
    if (!lacks_address && rollout_.trouble == no_address) rollout_.trouble.clear();
  }

  bool begin(Slot& slot) {
    Member member{rollout_.release, {}, false};
    const auto address = addresses_.take(name_of(wanted_, slot.ordinal, member), now_);
    if (!address) return false;
    member.address = *address;
    slot.candidate = std::move(member);
    enter(slot, Stage::pulling);
    return true;
  }

  void finish() {
    const bool done = std::all_of(rollout_.slots.begin(), rollout_.slots.end(), [&](const Slot& s) {
      return s.stage == Stage::stopped ||
             (s.stage == Stage::running && s.serving && s.serving->release == rollout_.release);
    });
    if (!done) return;
    if (rollout_.state != State::rolled_back) {
      rollout_.state = State::running;
      rollout_.trouble.clear();
    }
    rollout_.good = rollout_.release;
  }

  Rollout& rollout_;
  const Wanted& wanted_;
  const Facts& facts_;
  Addresses& addresses_;
  Moment now_;
  bool start_first_ = true;
};

}  // namespace

std::string_view word_of(Stage stage) {
  static constexpr std::string_view words[] = {"pending", "pulling",      "starting",
                                               "healthy", "dns_updating", "stopping_old",
                                               "running", "stopped"};
  return words[static_cast<std::size_t>(stage)];
}

std::string_view word_of(State state) {
  static constexpr std::string_view words[] = {"updating", "running", "failed", "rolled_back"};
  return words[static_cast<std::size_t>(state)];
}

std::string name_of(const Wanted& wanted, int ordinal, const Member& member) {
  return wanted.project + "-" + wanted.app + "-" + std::to_string(ordinal) + "-" +
         member.release.substr(0, release_digits);
}

std::vector<Part> parts_of(const Rollout& rollout) {
  std::vector<Part> out;
  for (const Slot& slot : rollout.slots) {
    if (slot.serving) out.push_back({slot.ordinal, *slot.serving, !slot.serving->leaving});
    if (!slot.candidate) continue;
    // One that takes the place of another waits for it to be gone.
    const bool waits = slot.stage == Stage::pulling ||
                       (slot.stage == Stage::stopping_old && !slot.candidate->named);
    out.push_back({slot.ordinal, *slot.candidate, !waits && !slot.candidate->leaving});
  }
  return out;
}

Rollout advance(Rollout rollout, const Wanted& wanted, const Facts& facts, Addresses& addresses,
                Moment now) {
  Advance(rollout, wanted, facts, addresses, now).run();
  return rollout;
}

Moment next_deadline(const Rollout& rollout, const Wanted& wanted, Moment after) {
  Moment out{};
  for (const Slot& slot : rollout.slots) {
    Moment due{};
    if (slot.stage == Stage::pulling || slot.stage == Stage::starting) {
      due = slot.since + wanted.update.healthy_within;
    } else if (slot.stage == Stage::stopping_old || slot.stage == Stage::stopped) {
      due = slot.since + wanted.dns_ttl + wanted.update.drain;
    }
    if (due > after && (out == Moment{} || due < out)) out = due;
  }
  return out;
}

}  // namespace paas::rollout
