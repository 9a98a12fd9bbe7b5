#include "libpaas/base/text.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace paas::text_test {

using Views = std::vector<std::string_view>;

TEST_CASE("split keeps empty parts, words drops them") {
  CHECK(split("a,,b", ',') == Views{"a", "", "b"});
  CHECK(split("", ',') == Views{""});
  CHECK(split(",", ',') == Views{"", ""});
  CHECK(words(" a  b\n") == Views{"a", "b"});
  CHECK(words(" \t").empty());
  CHECK(words("a;b, c", ";, ") == Views{"a", "b", "c"});
}

TEST_CASE("splitting and joining are inverse") {
  CHECK(rc::check([](const std::string& text) {
    std::vector<std::string> parts;
    for (const auto part : split(text, ',')) parts.emplace_back(part);
    RC_ASSERT(join(parts, ",") == text);
  }));
}

TEST_CASE("trim takes white space from both ends") {
  CHECK(trim(" \ta b\r\n") == "a b");
  CHECK(trim("  ").empty());
  CHECK(trim("x") == "x");
}

TEST_CASE("letters change case, other bytes stay") {
  CHECK(lower("BC:24:Äx") == "bc:24:Äx");
  CHECK(upper("bc:24:äx") == "BC:24:äX");
}

TEST_CASE("integers are the whole text or none") {
  CHECK(parse_integer<int>("104") == 104);
  CHECK(parse_integer<int>("-1") == -1);
  CHECK_FALSE(parse_integer<int>(""));
  CHECK_FALSE(parse_integer<int>("+1"));
  CHECK_FALSE(parse_integer<int>(" 1"));
  CHECK_FALSE(parse_integer<int>("1x"));
  CHECK_FALSE(parse_integer<std::uint8_t>("256"));
}

TEST_CASE("percent encoding leaves only unreserved characters") {
  CHECK(percent_encode("a-Z0._~") == "a-Z0._~");
  CHECK(percent_encode("a;b=c &ü") == "a%3Bb%3Dc%20%26%C3%BC");
  CHECK(percent_encode(std::string_view("\0", 1)) == "%00");
  CHECK_FALSE(percent_decode("%4"));
  CHECK_FALSE(percent_decode("%"));
  CHECK_FALSE(percent_decode("%zz"));
  CHECK(percent_decode("%4a+") == "J+");
  CHECK(rc::check(
      [](const std::string& text) { RC_ASSERT(percent_decode(percent_encode(text)) == text); }));
}

TEST_CASE("shortened text ends between characters") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcdef", 5) == "ab…");
  CHECK(shortened("aüüü", 6) == "aü…");
  CHECK(shortened("aüüü", 5) == "a…");
  CHECK(shortened("abcdef", 2).empty());
}

TEST_CASE("an excerpt is fit for a message") {
  CHECK(excerpt("abcdef", 5) == "\"ab…\"");
  CHECK(excerpt("a\xFF", 5) == "\"a\xEF\xBF\xBD\"");
}

TEST_CASE("UTF-8 is recognised") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("aü€😀"));
  CHECK_FALSE(is_utf8("\x80"));
  CHECK_FALSE(is_utf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(is_utf8("\xE2\x82"));          // cut off
}

TEST_CASE("to_utf8 replaces what belongs to no character") {
  CHECK(to_utf8("a\xFFz\xC3") == "a\xEF\xBF\xBDz\xEF\xBF\xBD");
  CHECK(rc::check([](const std::string& bytes) {
    const std::string text = to_utf8(bytes);
    return is_utf8(text) && (!is_utf8(bytes) || text == bytes);
  }));
}

TEST_CASE("the secret parts of URLs are hidden wherever they stand in a text") {
  CHECK(without_url_secrets("no address at all") == "no address at all");
  CHECK(without_url_secrets("get https://example.org/a@b.tar to x") ==
        "get https://example.org/a@b.tar to x");
  CHECK(without_url_secrets("get 'https://me:pass@example.org:8443/a.tar?sig=1&x=2' and") ==
        "get 'https://(sensitive)@example.org:8443/a.tar?(sensitive)' and");
  CHECK(without_url_secrets("http://token@a/ http://b:c@d@e?f") ==
        "http://(sensitive)@a/ http://(sensitive)@e?(sensitive)");
  CHECK(without_url_secrets("ends with ://") == "ends with ://");
}

TEST_CASE("control characters are shown, not obeyed") {
  CHECK(printable("a\x1b[2J\n\x7f\xc3\xa9") == "a?[2J??\xc3\xa9");
}

}  // namespace paas::text_test
