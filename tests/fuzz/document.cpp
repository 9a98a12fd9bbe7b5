// A declarative file, and the paths of its values.
#include "libpaas/base/document.hpp"

#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

void claim_told(const Flaws& flaws) {
  claim(!flaws.empty(), "a refusal has a reason");
  for (const Flaw& flaw : flaws) {
    const std::string text = describe(flaw);
    claim(!flaw.message.empty(), "a flaw has a message");
    claim(flaw.place.line >= 1 && flaw.place.column >= 1, "a flaw has a place");
    claim(is_utf8(text) && text.size() < 2000, "a flaw is short and UTF-8");
    claim(text.find('\n') == text.npos, "a flaw is one line");
  }
}

// Every value is found by its path: it stands there, or where an alias was taken from.
void claim_places(const Document& whole, const Document& value, const std::string& path) {
  claim(place_of(whole, path) == value.place(), "a path leads to its value");
  if (const auto* list = value.list()) {
    for (std::size_t i = 0; i < list->size() && i < 50; ++i) {
      claim_places(whole, (*list)[i], item_path(path, i));
    }
  }
  if (const auto* map = value.map()) {
    for (std::size_t i = 0; i < map->size() && i < 50; ++i) {
      const Document::Member& member = (*map)[i];
      claim(value.find(member.key) == &member, "keys are unique");
      claim_places(whole, member.value, member_path(path, member.key));
    }
  }
}

void one_document(std::string_view text) {
  const DocumentLimits limits{.max_bytes = 1 << 16, .max_depth = 20, .max_nodes = 500};
  const auto document = parse_document(text, "f", limits);
  if (!document) return claim_told(document.error());
  claim_places(*document, *document, "");
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  paas::fuzz::one_document(paas::fuzz::text_of(data, size));
  return 0;
}
