#include <catch2/catch.hpp>

#include "provider/tf/msgpack.hpp"

namespace decode_json_test {
namespace {

using namespace paas;
using namespace paas::tf;

std::string read(const Type& type, std::string_view json) {
  const auto value = decode_json(type, json);
  return value ? to_text(*value) : "refused: " + value.error().message;
}

const Type& guest() {
  static const Type type =
      Type::object({{"id", Type::string()},
                    {"cores", Type::number()},
                    {"on", Type::boolean()},
                    {"tags", Type::set(Type::string())},
                    {"pair", Type::tuple({Type::string(), Type::number()})},
                    {"net", Type::map(Type::object({{"mtu", Type::number()}}))},
                    {"any", Type::dynamic()}});
  return type;
}

TEST_CASE("a state is read from its JSON", "[tf]") {
  CHECK(
      read(guest(), R"({"id": "a", "cores": 18446744073709551616, "on": true, "tags": ["x"],
                          "pair": ["p", 0.1], "net": {"net0": {"mtu": 1500}},
                          "any": {"type": ["list", "bool"], "value": [true]}})") ==
      R"({"any": [true], "cores": 18446744073709551616, "id": "a", "net": {"net0": {"mtu": 1500}}, )"
      R"("on": true, "pair": ["p", 0.1], "tags": ["x"]})");
  CHECK(decode_json(Type::dynamic(), R"({"type": "string", "value": null})").value() ==
        Value(Dynamic{Type::string(), {Null{}}}));
}

TEST_CASE("what a state lacks is null, what it has too much is dropped", "[tf]") {
  CHECK(
      read(guest(), R"({"id": "a", "gone": [1, {"x": 2}]})") ==
      R"({"any": null, "cores": null, "id": "a", "net": null, "on": null, "pair": null, "tags": null})");
  CHECK(read(guest(), "null") == "null");
}

TEST_CASE("primitives of another type are converted as Terraform does", "[tf]") {
  CHECK(read(Type::string(), "12") == R"("12")");
  CHECK(read(Type::string(), "false") == R"("false")");
  CHECK(read(Type::number(), R"("1e3")") == "1000");
  CHECK(read(Type::boolean(), R"("1")") == "true");
  CHECK(read(Type::boolean(), R"("false")") == "false");
}

TEST_CASE("what does not fit is refused with its path", "[tf]") {
  CHECK(read(guest(), R"({"cores": "many"})") == "refused: cores: a number is required");
  CHECK(read(guest(), R"({"tags": [["x"]]})") == "refused: tags[0]: a string is required");
  CHECK(read(guest(), R"({"tags": {}})") == "refused: tags: a list is required");
  CHECK(read(guest(), R"({"net": {"net0": {"mtu": []}}})") ==
        R"(refused: net["net0"].mtu: a number is required)");
  CHECK(read(guest(), R"({"net": []})") == "refused: net: a map is required");
  CHECK(read(guest(), R"({"net": {"net0": 1}})") ==
        R"(refused: net["net0"]: an object is required)");
  CHECK(read(guest(), R"({"pair": ["p"]})") == "refused: pair: a tuple of 2 is required");
  CHECK(read(guest(), R"({"on": 1})") == "refused: on: a bool is required");
  CHECK(read(guest(), R"({"any": "x"})") ==
        "refused: any: a value of dynamic type is an object of its type and value");
  CHECK(read(guest(), R"({"any": {"type": "text", "value": 1}})") ==
        "refused: any: unknown primitive type");
  CHECK(read(guest(), "{") == "refused: malformed JSON at line 1, column 2");
}

}  // namespace
}  // namespace decode_json_test
