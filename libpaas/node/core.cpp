#include "libpaas/node/core.hpp"

#include <algorithm>

#include "libpaas/base/overload.hpp"
#include "libpaas/node/facts.hpp"
#include "libpaas/node/turning.hpp"

namespace paas::node {
State begin(Settings settings, Kept kept) {
  State out;
  out.ledger = kept.ledger ? std::move(*kept.ledger) : expansion::first_ledger(settings.node);
  if (kept.declared) out.declared = std::move(*kept.declared);
  out.accepted = kept.accepted;
  for (const std::string& address : addresses_in(kept.names)) out.told.emplace(address, Moment{});
  out.names_asked = std::move(kept.names);
  out.settings = std::move(settings);
  return out;
}

Turn next(State state, const Event& event, Moment now) {
  Turn turn{std::move(state), {}};
  Turning turning(turn.state, now, turn.actions);
  std::visit([&](const auto& one) { turning.on(one); }, event);
  turning.settle();
  return turn;
}

bool settled(const State& state) {
  const bool quiet = state.looked && !state.stale && !state.work && !state.proposal &&
                     !state.offered && state.holds.empty() && state.pending.empty() &&
                     state.pulling.empty() && state.stopping.empty() &&
                     state.names_asked == state.expected.names && state.naming.trouble.empty();
  if (!quiet || state.declared.version.empty()) return false;
  for (const auto& [key, record] : state.ledger.apps) {
    if (record.rollout.state == rollout::State::updating) return false;
    for (const rollout::Slot& slot : record.rollout.slots) {
      const bool failed = record.rollout.state == rollout::State::failed;
      if (slot.stage != rollout::Stage::running && !failed) return false;
      if (slot.serving && !is_named(state, slot.serving->address, Moment::max()) && !failed) {
        return false;
      }
    }
    if (record.declared.empty()) return false;  // it is leaving
  }
  return true;
}

std::string text_of(const Action& action) {
  return std::visit(
      Overload{
          [](const Save& a) {
            return std::string("save") + (a.blueprint ? " the blueprint" : "") +
                   (a.blueprint && a.ledger ? " and" : "") + (a.ledger ? " the ledger" : "");
          },
          [](const Look& a) {
            std::string out = "look at ";
            if (a.containers.empty()) return out + "everything";
            for (const std::string& name : a.containers) {
              out += (&name == &a.containers.front() ? "" : ", ") + name;
            }
            return out;
          },
          [](const CarryOut& a) {
            std::string out = a.text + ":";
            for (const reconcile::Step& step : a.steps) out += "\n  " + reconcile::text_of(step);
            return out;
          },
          [](const GiveUp&) { return std::string("give up what is being carried out"); },
          [](const Pull& a) { return "pull " + a.reference; },
          [](const StopBeside& a) {
            return "stop " + a.name + " (" + std::to_string(a.grace.count()) + " s) beside";
          },
          [](const AskProbe& a) {
            return "ask " + a.name + (a.liveness ? " whether it is alive" : " whether it is ready");
          },
          [](const ReadLog& a) { return "read the log of " + a.name; },
          [](const TellNames& a) {
            std::string out = "publish the names:";
            for (const std::string& address : addresses_in(a.names)) out += " " + address;
            return out;
          },
          [](const LoadRules&) { return std::string("load the packet filter's rules"); },
          [](const ForgetHold& a) {
            return "forget that " + a.project + "/" + a.app + " was to go back";
          },
          [](const Say& a) {
            static constexpr std::string_view words[] = {"trace", "debug", "info",
                                                         "warn",  "error", "off"};
            return std::string(words[static_cast<std::size_t>(a.level)]) + ": " + a.text;
          },
      },
      action);
}

}  // namespace paas::node
