// A snapshot of a cluster and its workloads.
#include "libpaas/placement/snapshot.hpp"

#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace placement;

void one_snapshot(std::string_view text) {
  const auto problem = parse_snapshot(text, "f");
  if (!problem) {
    claim(!problem.error().empty(), "a refusal has a reason");
    for (const Flaw& flaw : problem.error()) {
      claim(is_utf8(describe(flaw)), "a flaw is UTF-8");
      claim(!flaw.message.empty(), "a flaw has a message");
    }
    return;
  }
  claim(mistakes(*problem).empty(), "what is taken can be placed");
  claim_stable(
      *problem, [](std::string_view again) { return parse_snapshot(again, "g"); },
      [](const Problem& value) { return print_json(snapshot_json(value)); });
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  paas::fuzz::one_snapshot(paas::fuzz::text_of(data, size));
  return 0;
}
