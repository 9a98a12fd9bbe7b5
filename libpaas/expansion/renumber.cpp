#include "libpaas/expansion/renumber.hpp"

#include "libpaas/expansion/keys.hpp"

namespace paas::expansion {
namespace {

// Whether the member still has an address.
bool move_member(rollout::Addresses& addresses, const rollout::Wanted& wanted, int ordinal,
                 std::optional<rollout::Member>& member, model::Moment now) {
  if (!member) return true;
  const auto address = addresses.take(rollout::name_of(wanted, ordinal, *member), now);
  if (address) {
    member->address = *address;
  } else {
    member.reset();
  }
  return address.has_value();
}

}  // namespace

void renumber(Ledger& ledger, const NodeSettings& settings, model::Moment now) {
  auto have = ledger.addresses.entries();
  rollout::Addresses fresh = first_ledger(settings).addresses;
  const auto want = fresh.entries();
  if (have.first == want.first && have.last == want.last) {
    if (have.quarantine == want.quarantine) return;
    have.quarantine = want.quarantine;
    ledger.addresses = rollout::Addresses::from(std::move(have)).value();
    return;
  }
  for (auto& [key, record] : ledger.apps) {
    const rollout::Wanted wanted = wanted_app(key);
    for (rollout::Slot& slot : record.rollout.slots) {
      const bool serves = move_member(fresh, wanted, slot.ordinal, slot.serving, now);
      const bool comes = move_member(fresh, wanted, slot.ordinal, slot.candidate, now);
      if ((serves && comes) || slot.stage == rollout::Stage::stopped) continue;
      if (!slot.serving) std::swap(slot.serving, slot.candidate);
      slot.stage = rollout::Stage::pending;
      slot.since = now;
    }
  }
  for (auto& [key, record] : ledger.jobs) {
    const jobs::Wanted wanted = wanted_job(key);
    for (jobs::Run& run : record.record.runs) {
      if (run.address.empty()) continue;
      run.address = fresh.take(jobs::name_of(wanted, run), now).value_or("");
    }
  }
  ledger.addresses = std::move(fresh);
}

}  // namespace paas::expansion
