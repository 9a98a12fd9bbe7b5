// A compose file, and the variables in it.
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/compose/convert.hpp"
#include "libpaas/compose/interpolate.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

void claim_said(const Flaws& flaws) {
  for (const Flaw& flaw : flaws) {
    claim(is_utf8(describe(flaw)), "a flaw is UTF-8");
    claim(!flaw.message.empty(), "a flaw has a message");
  }
}

void one_file(std::string_view text) {
  const compose::Options options{.project = "shop", .environment = {{"A", "1"}, {"E", ""}}};
  const auto converted = compose::convert(text, "f", options);
  if (!converted) {
    claim(!converted.error().empty(), "a refusal has a reason");
    return claim_said(converted.error());
  }
  claim_said(converted->left_out);
  claim(blueprint::mistakes(converted->blueprint).empty(), "what is converted has no mistakes");
  claim_stable(
      converted->blueprint, [](std::string_view again) { return blueprint::parse(again, "g"); },
      [](const model::Blueprint& value) { return print_json(blueprint::to_json(value)); });
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto text = paas::fuzz::text_of(data, size);
  const paas::model::TextMap environment{{"A", "1"}, {"E", ""}};
  const auto read = paas::compose::interpolate(text, environment);
  paas::fuzz::accepted(read);
  paas::fuzz::one_file(text);
  return 0;
}
