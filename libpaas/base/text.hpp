#pragma once
// Small functions on text. All are locale-free and look at bytes; letters are ASCII letters.

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace paas {

// The parts between separators, empty ones included: split("a,,b", ',') → {"a", "", "b"}, and
// split("", ',') → {""}. The views point into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

// The parts between any of the separators, empty ones left out.
std::vector<std::string_view> words(std::string_view text, std::string_view separators = " \t\r\n");

// "a, b, c"
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// Without white space (blank, tab, CR, LF) at either end.
std::string_view trim(std::string_view text);

std::string lower(std::string_view text);
std::string upper(std::string_view text);

// The whole of `text` as a decimal number: no sign but '-', no white space, nothing behind it.
// None if it is anything else or does not fit.
template <std::integral Int>
std::optional<Int> parse_integer(std::string_view text) {
  Int value{};
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [stop, problem] = std::from_chars(begin, end, value);
  if (problem != std::errc{} || stop != end || text.empty()) return {};
  return value;
}

// RFC 3986, section 2.1: every byte but A-Z a-z 0-9 - . _ ~ as %XX.
std::string percent_encode(std::string_view text);
// None if a '%' is not followed by two hexadecimal digits. '+' stays '+'.
std::optional<std::string> percent_decode(std::string_view text);

// At most `max_bytes` of text, cut between UTF-8 characters; "…" tells that something is missing.
std::string shortened(std::string_view text, std::size_t max_bytes);

// The same as a message quotes it: in double quotes, and UTF-8 whatever the text is.
std::string excerpt(std::string_view text, std::size_t max_bytes);

// A text of somebody else's with the secret parts of every URL in it, what stands before '@' in the
// authority and what follows '?', as "(sensitive)".
std::string without_url_secrets(std::string_view text);

// Control characters, which a terminal would obey, as '?'.
std::string printable(std::string text);

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// The text with U+FFFD in place of every byte that belongs to no character.
std::string to_utf8(std::string_view text);

}  // namespace paas
#pragma GCC visibility pop
