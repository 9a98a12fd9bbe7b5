// What a node is to run, as somebody else sends it. Hashes are made to fit, or nothing would get
// past them.
#include "libpaas/base/hash.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/reconcile/diff.hpp"
#include "libpaas/reconcile/expected_text.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

std::string with_hashes(std::string_view text) {
  auto json = parse_json(text);
  if (!json || json->object() == nullptr) return std::string(text);
  const auto sections = json->object()->find("sections");
  if (sections == json->object()->end() || !sections->second.object()) return std::string(text);
  for (auto& [name, section] : *sections->second.object()) {
    if (section.object() == nullptr) continue;
    section.object()->insert_or_assign("sha256", hex(sha256(print_json(section["content"]))));
  }
  return print_json(*json);
}

void one_state(std::string_view text) {
  const auto state = reconcile::parse_expected(text);
  if (!accepted(state)) return;
  claim_stable(
      *state, [](std::string_view again) { return reconcile::parse_expected(again); },
      reconcile::print_expected);
  const auto changes = reconcile::diff(*state, {}, "node");
  claim(changes.size() >= state->containers.size(), "what is not there is to be made");
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto text = paas::fuzz::text_of(data, size);
  paas::fuzz::one_state(text);
  paas::fuzz::one_state(paas::fuzz::with_hashes(text));
  return 0;
}
