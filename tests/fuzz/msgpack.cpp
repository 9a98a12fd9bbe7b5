// Values on the wire. The first byte chooses a type below; the rest is msgpack.
#include <array>

#include "tests/fuzz/values.hpp"

namespace paas::fuzz {
namespace {

const tf::Type& type_number(unsigned char number) {
  static const std::array<tf::Type, 6> types{
      type(R"("dynamic")"),
      type(R"("number")"),
      type(R"(["list",["set","string"]])"),
      type(R"(["map",["tuple",["bool","dynamic"]]])"),
      type(R"(["object",{"a":"string","b":["map","number"],"c":["object",{"d":"bool"}]}])"),
      type(R"("string")"),
  };
  return types.at(number % types.size());
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  if (size == 0) return 0;
  const tf::Type& type = fuzz::type_number(data[0]);
  const auto value = tf::decode_msgpack(type, fuzz::text_of(data + 1, size - 1));
  if (fuzz::accepted(value)) fuzz::claim_survives(type, *value);
  return 0;
}
