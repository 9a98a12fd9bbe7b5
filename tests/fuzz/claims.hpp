#pragma once
// What every target holds its parser to. A claim that fails ends the program, and libFuzzer keeps
// the input.

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "libpaas/base/result.hpp"
#include "libpaas/base/text.hpp"

namespace paas::fuzz {

inline void claim(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

// A refusal says something, in a text that every log and message takes, and not at any length.
inline void claim_told(const Error& error) {
  const std::string text = describe(error) + error.remedy;
  claim(!error.message.empty(), "an error has a message");
  claim(is_utf8(text), "an error is UTF-8");
  claim(text.size() <= std::size_t{64} << 10, "an error is short");
}

// Whether the input was taken; if not, it was refused as it should be.
template <class T>
bool accepted(const Result<T>& result) {
  if (!result) claim_told(result.error());
  return result.has_value();
}

// Printing what was parsed, and parsing that, changes nothing any more.
template <class T, class Parse, class Print>
void claim_stable(const T& value, const Parse& parse, const Print& print) {
  const std::string printed = print(value);
  const auto again = parse(std::string_view(printed));
  claim(again.has_value(), "what is printed can be parsed");
  claim(*again == value, "what is printed is parsed to the same");
  claim(print(*again) == printed, "what is the same prints the same");
}

// The first line, which is then gone from `text` with its newline; all of it where there is none.
inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

inline std::string_view text_of(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace paas::fuzz
