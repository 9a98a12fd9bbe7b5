#include "libpaas/base/json.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace json_test {

using namespace paas;

std::string again(std::string_view text) {
  const auto value = parse_json(text);
  return value ? print_json(*value) : "refused: " + value.error().message;
}

TEST_CASE("JSON comes back in one form", "[json]") {
  CHECK(again(" { \"b\" : [ 1 , -0.5e+3 , true , false , null ] ,\r\n\t\"a\" : { } } ") ==
        R"({"a":{},"b":[1,-0.5e+3,true,false,null]})");
  CHECK(again("\"\"") == "\"\"");
  CHECK(again("[]") == "[]");
  CHECK(again("\xEF\xBB\xBF[1]") == "[1]");
}

TEST_CASE("numbers keep their digits", "[json]") {
  for (const char* text : {"0", "-0", "10", "18446744073709551616", "0.10", "1e5", "1E-05", "-1.5",
                           "123456789012345678901234567890.5"})
    CHECK(again(text) == text);
  CHECK(parse_json("9223372036854775807")->integer() == 9223372036854775807);
  CHECK_FALSE(parse_json("9223372036854775808")->integer());
  CHECK(parse_json("0.5")->real() == 0.5);
  for (const char* text : {"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "1 2", "NaN", "--1"})
    CHECK(again(text).starts_with("refused: malformed JSON at line 1"));
}

TEST_CASE("text is UTF-8, and escapes are characters", "[json]") {
  CHECK(*parse_json(R"("\"\\\/\b\f\n\r\t")")->string() == "\"\\/\b\f\n\r\t");
  CHECK(*parse_json(R"("a\u00e9\u20AC\ud83d\ude00\u0000b")")->string() ==
        std::string("aé€😀\0b", 12));
  CHECK(again("\"é€😀\"") == "\"é€😀\"");
  for (const char* text :
       {R"("\ud800")", R"("\ude00")", R"("\ud800\u0041")", R"("\ud800x")", R"("\u12")", R"("\x")",
        R"("\u+123")", "\"\n\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "\"", "\"\\"})
    CHECK(again(text).starts_with("refused: malformed JSON"));
}

TEST_CASE("what is wrong has a place", "[json]") {
  CHECK(again("") == "refused: malformed JSON at line 1, column 1");
  CHECK(again("{") == "refused: malformed JSON at line 1, column 2");
  CHECK(again("{\n  \"a\": tru }") == "refused: malformed JSON at line 2, column 11");
  CHECK(again("[1] x") == "refused: malformed JSON at line 1, column 5");
  CHECK(again(std::string_view("[1]\0", 4)) == "refused: malformed JSON at line 1, column 4");
  for (const char* text : {"[1,]", "[,1]", "[1", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
                           "{\"a\" 1}", "[1 2]", "nul", "truee", "]", "}", "[}", "'a'"})
    CHECK(again(text).starts_with("refused: malformed JSON at line 1, column"));
}

TEST_CASE("a member is given once, nesting and size have bounds", "[json]") {
  CHECK(again(R"({"a":1,"b":2,"a":3})") == "refused: a member is given twice");
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(again(nested(128)) == nested(128));
  CHECK(again(nested(129)) == "refused: nested too deep");
  CHECK(again(nested(100'000)) == "refused: nested too deep");
  CHECK_FALSE(parse_json("[1,2]", {.max_bytes = 4}));
  CHECK(parse_json("[1,2]", {.max_bytes = 5}));
}

TEST_CASE("any text survives, in both printed forms", "[json]") {
  CHECK(rc::check("parse(print(x)) == x", [](const std::vector<std::uint32_t>& codes) {
    std::string text;
    for (const std::uint32_t code : codes) {
      static constexpr const char* some[] = {"a", "\"", "\\", "\n", "é", "€", "😀", "/", "\x7f"};
      text += some[code % std::size(some)];
    }
    const Json value = Json::Object{{text, Json::Array{text, nullptr, 1.5, true}}};
    RC_ASSERT(*parse_json(print_json(value)) == value);
    RC_ASSERT(*parse_json(pretty_json(value)) == value);
  }));
}

}  // namespace json_test
