#include "provider/tf/msgpack.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "libpaas/base/text.hpp"

namespace msgpack_test {
namespace {

using namespace paas;
using namespace paas::tf;

std::string bytes_of(std::string_view hex) {
  std::string out;
  int high = -1;
  for (const char c : hex) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return out;
}

std::string hex_of(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

// That a value has exactly these bytes, and is read back from them.
void check_bytes(const Type& type, const Value& value, std::string_view hex) {
  CAPTURE(hex, to_text(value));
  CHECK(hex_of(encode_msgpack(type, value)) == hex_of(bytes_of(hex)));
  const auto decoded = decode_msgpack(type, bytes_of(hex));
  REQUIRE(decoded);
  CHECK(*decoded == value);
}

std::string refusal(const Type& type, std::string_view hex) {
  const auto decoded = decode_msgpack(type, bytes_of(hex));
  return decoded ? "accepted" : decoded.error().message;
}

Number number(const char* text) {
  return Number::parse(text).value();
}

TEST_CASE("objects as Terraform sent them", "[tf]") {
  const Type type =
      Type::object({{"id", Type::string()}, {"n", Type::number()}, {"s", Type::string()}});
  auto with_n = [](const Value& n) { return Map{{"id", Null{}}, {"n", n}, {"s", Null{}}}; };
  auto around = [](const std::string& n) { return "83 a26964 c0 a16e " + n + " a173 c0"; };
  check_bytes(type, with_n(1), around("01"));
  check_bytes(type, with_n(-3), around("fd"));
  check_bytes(type, with_n(200), around("ccc8"));
  check_bytes(type, with_n(number("1e3")), around("cd03e8"));
  check_bytes(type, with_n(number("3000000000")), around("ceb2d05e00"));
  check_bytes(type, with_n(number("1.5")), around("cb3ff8000000000000"));
  check_bytes(type, with_n(number("0.1")), around("a3302e31"));
  check_bytes(type, with_n(number("9223372036854775808")),
              around("b339323233333732303336383534373735383038"));
  check_bytes(type, with_n(number("18446744073709551615")),
              around("b43138343436373434303733373039353531363135"));
  check_bytes(type, with_n(number("0.12345678901234567890123")),
              around("b9302e3132333435363738393031323334353637383930313233"));
  check_bytes(type, with_n(Unknown{}), around("d40000"));
  check_bytes(type, with_n(Unknown{bytes_of("8101c2")}), around("c7030c8101c2"));
}

TEST_CASE("what an unknown is known to be comes out as it went in", "[tf]") {
  auto round_trip = [](const Type& type, std::string_view hex) {
    const auto value = decode_msgpack(type, bytes_of(hex));
    REQUIRE(value);
    CHECK(value->is_unknown());
    return hex_of(encode_msgpack(type, *value));
  };
  // "pre-${unknown}", known not to be null
  CHECK(round_trip(Type::string(), "c7090c8201c202a47072652d") == "c7090c8201c202a47072652d");
  // extension lengths of one, two, four, eight and sixteen have codes of their own
  CHECK(round_trip(Type::list(Type::string()), "d60c82010501") == "d60c82010501");
  CHECK(round_trip(Type::string(), "d70c8201c202a3616263") == "d70c8201c202a3616263");
  CHECK(round_trip(Type::string(), "d80c8201c202ab6162636465666768696a6b") ==
        "d80c8201c202ab6162636465666768696a6b");
  // nothing said: whatever the type of the extension is
  CHECK(round_trip(Type::string(), "d40000") == "d40000");
  CHECK(round_trip(Type::string(), "c70000") == "d40000");
  CHECK(round_trip(Type::string(), "d40c80") == "d40000");
  // "dynamic" never has refinements
  CHECK(round_trip(Type::dynamic(), "c7030c8101c2") == "d40000");
}

TEST_CASE("integers take their shortest form", "[tf]") {
  const std::pair<const char*, const char*> vectors[] = {
      {"0", "00"},
      {"127", "7f"},
      {"128", "cc80"},
      {"255", "ccff"},
      {"256", "cd0100"},
      {"65535", "cdffff"},
      {"65536", "ce00010000"},
      {"4294967295", "ceffffffff"},
      {"4294967296", "cf0000000100000000"},
      {"9223372036854775807", "cf7fffffffffffffff"},
      {"-1", "ff"},
      {"-32", "e0"},
      {"-33", "d0df"},
      {"-128", "d080"},
      {"-129", "d1ff7f"},
      {"-32768", "d18000"},
      {"-32769", "d2ffff7fff"},
      {"-2147483648", "d280000000"},
      {"-2147483649", "d3ffffffff7fffffff"},
      {"-9223372036854775808", "d38000000000000000"}};
  for (const auto& [text, hex] : vectors) check_bytes(Type::number(), number(text), hex);
}

TEST_CASE("numbers are read in every form", "[tf]") {
  auto read = [](std::string_view hex) {
    return decode_msgpack(Type::number(), bytes_of(hex))->as<Number>()->text();
  };
  CHECK(read("d000") == "0");
  CHECK(read("d3 ffffffffffffffff") == "-1");
  CHECK(read("cf ffffffffffffffff") == "18446744073709551615");
  CHECK(read("ca 3fc00000") == "1.5");
  CHECK(read("cb 4059000000000000") == "100");
  CHECK(read("cb 7ff0000000000000") == "Inf");
  CHECK(read("cb fff0000000000000") == "-Inf");
  CHECK(read("a5 312e353030") == "1.5");
  CHECK(refusal(Type::number(), "cb 7ff8000000000000") == "a number is required");
  CHECK(refusal(Type::number(), "a3 616263") == "a number is required");
  CHECK(refusal(Type::number(), "c3") == "a number is required");
  check_bytes(Type::number(), number("-Inf"), "cbfff0000000000000");
}

TEST_CASE("a double comes back as the same double", "[tf]") {
  // 1610612737 / 1073741824, exact in binary, and 0.1 as a double
  for (const char* hex : {"cb3ff8000000400000", "cb3fb999999999999a"}) {
    const auto value = decode_msgpack(Type::number(), bytes_of(hex));
    REQUIRE(value);
    CHECK(hex_of(encode_msgpack(Type::number(), *value)) == hex);
  }
}

TEST_CASE("texts, lists and maps take their shortest form", "[tf]") {
  const Type text = Type::string();
  CHECK(hex_of(encode_msgpack(text, std::string(31, 'a'))).substr(0, 4) == "bf61");
  CHECK(hex_of(encode_msgpack(text, std::string(32, 'a'))).substr(0, 6) == "d92061");
  CHECK(hex_of(encode_msgpack(text, std::string(255, 'a'))).substr(0, 6) == "d9ff61");
  CHECK(hex_of(encode_msgpack(text, std::string(256, 'a'))).substr(0, 8) == "da010061");
  CHECK(hex_of(encode_msgpack(text, std::string(65536, 'a'))).substr(0, 12) == "db0001000061");
  const Type flags = Type::list(Type::boolean());
  CHECK(hex_of(encode_msgpack(flags, List(15, Value(true)))).substr(0, 4) == "9fc3");
  CHECK(hex_of(encode_msgpack(flags, List(16, Value(true)))).substr(0, 8) == "dc0010c3");
  CHECK(hex_of(encode_msgpack(flags, List(65536, Value(false)))).substr(0, 12) == "dd00010000c2");
  Map map;
  for (char c = 'a'; c < 'a' + 16; ++c) map.emplace(std::string(1, c), true);
  CHECK(hex_of(encode_msgpack(Type::map(Type::boolean()), map)).substr(0, 12) == "de0010a161c3");
}

TEST_CASE("collections, tuples and nulls", "[tf]") {
  check_bytes(Type::list(Type::string()), List{}, "90");
  check_bytes(Type::set(Type::string()), List{"a", "b"}, "92a161a162");
  check_bytes(Type::map(Type::number()), Map{{"a", 1}, {"b", Null{}}}, "82a16101a162c0");
  check_bytes(Type::tuple({Type::string(), Type::boolean()}), List{"a", false}, "92a161c2");
  check_bytes(Type::object({}), Map{}, "80");
  check_bytes(Type::list(Type::object({{"x", Type::boolean()}})), List{Null{}, Map{{"x", true}}},
              "92c081a178c3");
  check_bytes(Type::object({{"x", Type::boolean()}}), Null{}, "c0");
}

TEST_CASE("values of dynamic type bring it along", "[tf]") {
  check_bytes(Type::dynamic(), Null{}, "c0");
  check_bytes(Type::dynamic(), Unknown{}, "d40000");
  check_bytes(Type::dynamic(), Dynamic{Type::string(), {"x"}}, "92c40822737472696e6722a178");
  check_bytes(Type::dynamic(), Dynamic{Type::boolean(), {Null{}}}, "92c40622626f6f6c22c0");
  check_bytes(Type::dynamic(), Dynamic{Type::boolean(), {Unknown{}}}, "92c40622626f6f6c22d40000");
  check_bytes(Type::object({{"d", Type::dynamic()}}),
              Map{{"d", Dynamic{Type::tuple({Type::boolean()}), {Value(List{true})}}}},
              "81a164 92c412 5b227475706c65222c5b22626f6f6c225d5d 91c3");
  CHECK(hex_of(encode_msgpack(Type::dynamic(), Value("x"))) == "92c40822737472696e6722a178");
  CHECK(decode_msgpack(Type::dynamic(), bytes_of("92a822737472696e6722a178")).value() ==
        Value(Dynamic{Type::string(), {"x"}}));
  CHECK(refusal(Type::dynamic(), "a178") ==
        "a value of dynamic type is a list of its type and itself");
  CHECK(refusal(Type::dynamic(), "92 01 a178") ==
        "a value of dynamic type must begin with its type");
  CHECK(refusal(Type::dynamic(), "92 c4032261 22 c0") == "unknown primitive type");
}

TEST_CASE("an object has exactly its attributes", "[tf]") {
  const Type type = Type::object({{"a", Type::boolean()}, {"b", Type::list(Type::string())}});
  CHECK(decode_msgpack(type, bytes_of("82 a162 90 a161 c3")).value() ==
        Value(Map{{"a", true}, {"b", List{}}}));
  CHECK(refusal(type, "81 a161c3") == "an object with 2 attributes is required, not 1");
  CHECK(refusal(type, "82 a161c3 a161c3") == "an attribute is given twice");
  CHECK(refusal(type, "82 a161c3 a163c3") == "an attribute that the type does not have");
  CHECK(refusal(type, "82 a161c3 01c3") == "keys must be strings");
  CHECK(refusal(type, "82 a161c3 a162 91 c3") == "b[0]: a string is required");
  CHECK(refusal(Type::map(type), "81 a3782e79 82 a161 a178 a162 90") ==
        R"(["x.y"].a: a bool is required)");
  CHECK(refusal(Type::map(Type::boolean()), "82 a161c3 a161c3") == "a key is given twice");
}

TEST_CASE("what is malformed is refused", "[tf]") {
  const Type any = Type::list(Type::string());
  CHECK(refusal(any, "") == "a list is required");
  CHECK(refusal(any, "c1") == "a list is required");
  CHECK(refusal(any, "91") == "the input ends early");
  CHECK(refusal(any, "91 a261") == "[0]: the input ends early");
  CHECK(refusal(any, "90 90") == "bytes follow the value");
  CHECK(refusal(any, "dd ffffffff") == "the input ends early");
  CHECK(refusal(any, "dc 00") == "a list is required");
  CHECK(refusal(any, "d9 01") == "a list is required");
  CHECK(refusal(Type::map(any), "df ffffffff") == "keys must be strings");
  CHECK(refusal(Type::string(), "a1 ff") == "a string is not UTF-8");
  CHECK(refusal(Type::map(Type::string()), "81 a1 ff c0") == "keys must be strings");
  CHECK(refusal(Type::string(), "c7 05 0c 81") == "the input ends early");
  CHECK(refusal(Type::string(), "c7 03 0b 8101c2") == "an extension of unsupported type");
  CHECK(refusal(Type::tuple({Type::string()}), "90") == "a tuple of 1 is required");
  CHECK(refusal(Type::string(), "c8 0401 0c" + std::string(2 * 1025, '0')) ==
        "the refinements of an unknown value are longer than 1 KiB");
}

TEST_CASE("depth is bounded", "[tf]") {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += bytes_of("92c40922") + "dynamic\"";
  const auto decoded = decode_msgpack(Type::dynamic(), deep + "\xc0");
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().message == "nested too deep");
}

TEST_CASE("an error never quotes the value", "[tf]") {
  const auto decoded = decode_msgpack(Type::object({{"secret", Type::number()}}),
                                      bytes_of("81a6736563726574a768756e74657232"));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().message == "secret: a number is required");
}

// A type and a value of it.
std::pair<Type, Value> random_value(int depth) {
  if (*rc::gen::inRange(0, 8) == 0) return {Type::string(), Null{}};
  if (*rc::gen::inRange(0, 8) == 0) return {Type::number(), Unknown{}};
  switch (*rc::gen::inRange(0, depth > 0 ? 7 : 3)) {
    case 0:
      return {Type::boolean(), *rc::gen::arbitrary<bool>()};
    case 1:
      return {Type::string(), to_utf8(*rc::gen::arbitrary<std::string>())};
    case 2: {
      double real{};
      const auto bits = *rc::gen::arbitrary<std::uint64_t>();
      std::memcpy(&real, &bits, sizeof real);
      const bool exact = *rc::gen::arbitrary<bool>() && !std::isnan(real);
      return {Type::number(), exact ? Number::from_double_exact(real)
                                    : Number(*rc::gen::arbitrary<std::int64_t>())};
    }
    case 3: {
      const auto [type, value] = random_value(depth - 1);
      return {Type::list(type), List(static_cast<std::size_t>(*rc::gen::inRange(0, 20)), value)};
    }
    case 4: {
      const auto [type, value] = random_value(depth - 1);
      Map map;
      for (const auto& key : *rc::gen::arbitrary<std::vector<std::string>>())
        map.emplace(to_utf8(key), value);
      return {Type::map(type), std::move(map)};
    }
    case 5: {
      auto [type, value] = random_value(depth - 1);
      if (type.kind() == Type::Kind::dynamic) return {type, value};
      return {Type::dynamic(), Dynamic{std::move(type), {std::move(value)}}};
    }
    default: {
      std::vector<std::pair<std::string, Type>> parts;
      Map map;
      for (const char* name : {"a", "b", "c"}) {
        auto [type, value] = random_value(depth - 1);
        parts.emplace_back(name, std::move(type));
        map.emplace(name, std::move(value));
      }
      return {Type::object(std::move(parts)), std::move(map)};
    }
  }
}

TEST_CASE("what is written is read back", "[tf]") {
  CHECK(rc::check("decode(encode(value)) == value", [] {
    const auto [type, value] = random_value(3);
    RC_ASSERT(decode_msgpack(type, encode_msgpack(type, value)).value() == value);
  }));
}

TEST_CASE("no bytes do harm", "[tf]") {
  CHECK(rc::check("damaged bytes", [] {
    const auto [type, value] = random_value(3);
    std::string bytes = encode_msgpack(type, value);
    const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[place] = *rc::gen::arbitrary<char>();
    if (const auto decoded = decode_msgpack(type, bytes)) {
      const std::string again = encode_msgpack(type, *decoded);
      RC_ASSERT(decode_msgpack(type, again).value() == *decoded);
    }
  }));
}

}  // namespace
}  // namespace msgpack_test
