// What follows from what is known: what is decided, told, asked and looked at.

#include <algorithm>

#include "libpaas/base/hash.hpp"
#include "libpaas/node/facts.hpp"
#include "libpaas/node/kept.hpp"
#include "libpaas/node/turning.hpp"

namespace paas::node {
namespace {

// A rollout takes a few steps when all it waits for is there already.
constexpr int most_steps_at_once = 32;
constexpr int most_rounds = 4;
constexpr Seconds a_while{90};

}  // namespace

void Turning::settle() {
  look();
  watch_bound();
  if (quiet_ && !s_.stale) return wake_later();
  decide();
  look();
  wake_later();
}

void Turning::decide() {
  const bool armed = s_.looked && (!s_.declared.version.empty() || s_.offered);
  if (!armed) return;
  if (s_.names_due != Moment{} && is_due(s_.names_due, s_.settings.names_settle)) {
    std::erase_if(s_.hushed, [&](const auto& entry) { return entry.second <= now_; });
    s_.names_due = {};
    s_.stale = true;
  }
  const bool again = (s_.deadline != Moment{} && s_.deadline <= now_) ||
                     (!s_.saving.trouble.empty() && is_due(s_.saving.not_before, a_while)) ||
                     (!s_.naming.trouble.empty() && is_due(s_.naming.not_before, a_while));
  if (again) s_.stale = true;
  for (int round = 0; round < most_rounds; ++round) {
    if (s_.stale && !s_.proposal) propose();
    if (s_.proposal || s_.declared.version.empty()) return;
    filter();
    probe();
    fetch_images();
    work();
    if (!s_.stale) break;  // else it changed what names may be told
  }
}

bool Turning::advance_once(expansion::Ledger& ledger, const Declared& declared) {
  expansion::Ledger before = ledger;
  learn_images(s_, ledger);
  const rollout::Facts facts = facts_of(s_, ledger, now_);
  const jobs::Facts job_facts = job_facts_of(s_, ledger);
  ledger = expansion::advance(std::move(ledger), declared.blueprint, s_.settings.node, facts,
                              job_facts, declared.zones, now_);
  return ledger != before;
}

void Turning::propose() {
  s_.stale = false;
  const bool may_save = s_.saving.trouble.empty() || is_due(s_.saving.not_before, a_while);
  if (may_save) {
    expansion::Ledger ledger = s_.ledger;
    std::optional<Declared> declared = s_.offered;
    const Declared& wanted = declared ? *declared : s_.declared;
    std::vector<HoldAsked> holds;
    take_holds(ledger, holds);
    int steps = 0;
    while (advance_once(ledger, wanted) && ++steps < most_steps_at_once) continue;
    expect(ledger, wanted);
    if (ledger != s_.ledger || declared || !holds.empty()) {
      save(std::move(ledger), std::move(declared), std::move(holds));
    }
  } else {
    expect(s_.ledger, s_.declared);
  }
  const bool may_tell = s_.naming.trouble.empty() || is_due(s_.naming.not_before, a_while);
  if (may_tell) tell_names(s_.expected.names);
  find_work();
  want_rules();
}

void Turning::take_holds(expansion::Ledger& ledger, std::vector<HoldAsked>& held) {
  for (HoldAsked& hold : std::exchange(s_.holds, {})) {
    auto after = expansion::hold(ledger, hold.project, hold.app, hold.release);
    if (after) {
      ledger = *std::move(after);
      held.push_back(std::move(hold));
      continue;
    }
    say(LogLevel::warn, "unable to go back: " + describe(after.error()));
    act(ForgetHold{hold.project, hold.app});
  }
}

void Turning::save(expansion::Ledger ledger, std::optional<Declared> declared,
                   std::vector<HoldAsked> holds) {
  Save out;
  // The blueprint first: a ledger that is older than it catches up, the other way round it would
  // go back.
  if (declared) out.blueprint = print_declared(*declared, now_);
  if (ledger != s_.ledger) out.ledger = expansion::print_ledger(ledger);
  s_.proposal = Proposal{std::move(ledger), std::move(declared), std::move(holds)};
  act(std::move(out));
}

void Turning::expect(const expansion::Ledger& ledger, const Declared& declared) {
  s_.expected =
      expansion::expand(ledger, declared.blueprint, s_.settings.node, facts_of(s_, ledger, now_));
  s_.deadline = expansion::next_deadline(ledger, declared.blueprint, declared.zones, now_);
}

void Turning::tell_names(const std::string& names) {
  if (s_.names_asked == names) return;
  s_.names_asked = names;
  act(TellNames{names});
}

void Turning::look() {
  if (s_.looking || (s_.work && !s_.work->verifying)) return;
  const bool failing = !s_.engine_trouble.empty();
  if (is_due(s_.next_look, s_.settings.look_every) || (s_.look_again && !failing)) {
    s_.looking = s_.looking_at_all = true;
    s_.look_again = false;
    s_.looking_at = std::exchange(s_.look_at, {});
    act(Look{});
  } else if (!s_.look_at.empty() && s_.looked && !failing) {
    s_.looking = true;
    act(Look{{s_.look_at.begin(), s_.look_at.end()}});
    s_.looking_at = std::exchange(s_.look_at, {});
  }
}

void Turning::filter() {
  if (!s_.settings.isolate || s_.rules_wanted == s_.rules_asked) return;
  if (!s_.filtering.trouble.empty() && !is_due(s_.filtering.not_before, a_while)) return;
  s_.rules_asked = s_.rules_wanted;
  act(LoadRules{s_.rules_wanted});
}

void Turning::want_rules() {
  if (!s_.settings.isolate) return;
  isolation::Host host{s_.settings.node.bridge, s_.settings.node.subnet, ""};
  if (auto gateway = expansion::gateway_of(s_.settings.node)) host.gateway = *std::move(gateway);
  s_.rules_wanted = isolation::rules(host, filter_members(s_));
}

void Turning::probe() {
  for (const model::ExpectedContainer& want : s_.expected.containers) {
    if (want.container.readiness) probe_one(want, false);
    if (want.container.liveness) probe_one(want, true);
  }
}

void Turning::probe_one(const model::ExpectedContainer& want, bool liveness) {
  const auto found = s_.lives.find(want.name);
  if (found == s_.lives.end() || !found->second.up || s_.stopping.contains(want.name)) return;
  Life& life = found->second;
  bool& asking = liveness ? life.asking_liveness : life.asking_readiness;
  if (asking) return;
  const model::Probe& probe = liveness ? *want.container.liveness : *want.container.readiness;
  health::Health& health = liveness ? life.liveness : life.readiness;
  const Moment next = health::next_question(health, probe, seed_of(want.name));
  if (!is_due(next, probe.interval * 2)) return;
  const auto under_way = std::count_if(s_.lives.begin(), s_.lives.end(), [](const auto& entry) {
    return entry.second.asking_readiness || entry.second.asking_liveness;
  });
  if (static_cast<std::size_t>(under_way) >= s_.settings.probes_at_once) return;
  asking = true;
  act(AskProbe{want.name, life.id, want.address, probe, liveness});
}

// The epoch is never, and what is past was seen to.
void Turning::wake_at(Moment moment) {
  if (moment > now_ && moment < s_.wake) s_.wake = moment;
}

void Turning::wake_later() {
  s_.wake = now_ + s_.settings.look_every;
  wake_at(s_.next_look);
  if (!s_.looked) return;
  wake_at(s_.deadline);
  wake_at(s_.names_due);
  for (const Patience* patience : {&s_.saving, &s_.naming, &s_.filtering}) {
    if (!patience->trouble.empty()) wake_at(patience->not_before);
  }
  for (const auto& [subject, patience] : s_.patience) wake_at(patience.not_before);
  for (const auto& [name, moment] : s_.retiring) wake_at(moment);
  if (s_.work) wake_at(s_.work->since + s_.settings.change_bound);
  wake_for_probes();
}

void Turning::wake_for_probes() {
  for (const model::ExpectedContainer& want : s_.expected.containers) {
    const auto found = s_.lives.find(want.name);
    if (found == s_.lives.end() || !found->second.up) continue;
    const Life& life = found->second;
    const std::uint64_t seed = seed_of(want.name);
    const auto add = [&](const auto& probe, const health::Health& health, bool asking) {
      if (probe && !asking) wake_at(health::next_question(health, *probe, seed));
    };
    add(want.container.readiness, life.readiness, life.asking_readiness);
    add(want.container.liveness, life.liveness, life.asking_liveness);
  }
}

std::uint64_t Turning::seed_of(std::string_view name) const {
  return stable_hash({name}) ^ s_.settings.seed;
}

// It runs and does nothing: stopped, and then started as anything that ended.
void Turning::unwell(const model::ExpectedContainer& want, const Life& life) {
  if (!stop(life.id, want.name, want.container.stop_grace)) return;
  if (now_ - life.started >= Seconds{60}) s_.patience.erase(want.name);
  failed(want.name, "is not alive: " + life.liveness.last.text);
}

}  // namespace paas::node
