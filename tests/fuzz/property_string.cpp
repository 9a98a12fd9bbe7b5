// The settings of a container that are property strings. The first line says which; after any
// other it is a property string of no kind in particular.
#include "libpaas/proxmox/property_string.hpp"

#include "libpaas/proxmox/container.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace proxmox;

template <class Parse, class Print>
void hold(std::string_view text, const Parse& parse, const Print& print) {
  const auto value = parse(text);
  if (accepted(value)) claim_stable(*value, parse, print);
}

Result<PropertyString::Pairs> pairs_of(std::string_view text) {
  return TRY(PropertyString::parse(text, "key")).rest();
}

std::string print_pairs(const PropertyString::Pairs& pairs) {
  PropertyPrinter out;
  out.add_all(pairs);
  return std::move(out).text();
}

Result<std::vector<std::string>> tags_of(std::string_view text) {
  return normalised_tags({std::string(text)});
}

void one_setting(std::string_view kind, std::string_view text) {
  if (kind == "net") return hold(text, parse_network, print_network);
  if (kind == "mp") return hold(text, parse_mount, print_mount);
  if (kind == "dev") return hold(text, parse_device, print_device);
  if (kind == "features") return hold(text, parse_features, print_features);
  if (kind == "startup") return hold(text, parse_startup, print_startup);
  if (kind == "size") return hold(text, parse_size, print_size);
  if (kind == "tags") return hold(text, tags_of, [](const auto& tags) { return join(tags, ";"); });
  hold(text, pairs_of, print_pairs);
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text = paas::fuzz::text_of(data, size);
  const std::string_view kind = paas::fuzz::take_line(text);
  paas::fuzz::one_setting(kind, text);
  return 0;
}
