// The host's time zone files: tables and footers.
#include "libpaas/adapters/host/tzif.hpp"

#include "tests/fuzz/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto zone = paas::host::parse_tzif(paas::fuzz::text_of(data, size));
  if (!paas::fuzz::accepted(zone)) return 0;
  for (std::size_t i = 1; i < zone->changes.size(); ++i) {
    paas::fuzz::claim(zone->changes[i - 1].from < zone->changes[i].from, "changes ascend");
  }
  for (const auto& change : zone->changes) {
    const bool bounded =
        change.offset > -std::chrono::hours(26) && change.offset < std::chrono::hours(27);
    paas::fuzz::claim(bounded, "an offset is of this world");
  }
  return 0;
}
