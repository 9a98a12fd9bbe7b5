// The notation of types in schemas and before values of dynamic type.
#include "tests/fuzz/values.hpp"

namespace paas::fuzz {
namespace {

std::size_t depth_of(const tf::Type& type) {
  std::size_t deepest = 0;
  for (const auto& [name, part] : type.parts()) deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  const auto type = tf::parse_type(fuzz::text_of(data, size));
  if (!fuzz::accepted(type)) return 0;
  fuzz::claim(fuzz::depth_of(*type) <= 32, "a type is not deeper than promised");
  fuzz::claim_stable(*type, tf::parse_type, tf::print_type);
  fuzz::claim_survives(*type, tf::Null{});
  fuzz::claim_survives(*type, tf::Unknown{});
  return 0;
}
