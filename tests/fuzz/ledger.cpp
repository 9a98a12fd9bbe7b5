// What a node remembers, as it lies on its disk.
#include "libpaas/expansion/ledger.hpp"

#include "libpaas/expansion/expand.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

// Whatever a disk gives back is gone on from, or refused.
void go_on(expansion::Ledger ledger) {
  const model::Moment now{std::chrono::seconds{1'795'305'600}};
  const expansion::NodeSettings settings{.owner = "n"};
  const model::Blueprint none;
  for (int look = 0; look < 2; ++look) {
    ledger = expansion::advance(std::move(ledger), none, settings, {}, {}, {}, now);
  }
  const expansion::Ledger again = expansion::advance(ledger, none, settings, {}, {}, {}, now);
  claim(again == ledger, "a look that learns nothing changes nothing");
  claim(ledger.apps.empty() || !ledger.apps.begin()->second.rollout.slots.empty(),
        "an app of which nothing is left is forgotten");
}

void one_ledger(std::string_view text) {
  const auto ledger = expansion::parse_ledger(text);
  if (!accepted(ledger)) return;
  claim_stable(
      *ledger, [](std::string_view again) { return expansion::parse_ledger(again); },
      expansion::print_ledger);
  expansion::wanted_images(*ledger);
  expansion::kept_images(*ledger);
  if (ledger->addresses.taken() < 1000) go_on(*ledger);
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  paas::fuzz::one_ledger(paas::fuzz::text_of(data, size));
  return 0;
}
