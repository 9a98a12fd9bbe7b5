#pragma once
// Small text functions that the fake cluster needs everywhere.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paas::fake_pve {

// The parts of `text` between any of the characters in `separators`; empty parts are dropped.
std::vector<std::string> split_words(std::string_view text, std::string_view separators);
// The parts of `text` between single `separator` characters; empty parts are kept.
std::vector<std::string> split_fields(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// A Proxmox list value: its words between `,`, `;`, NUL or white space.
std::vector<std::string> split_list(std::string_view text);

std::string lower(std::string_view text);
std::string upper(std::string_view text);
std::string trim(std::string_view text);

// The whole text as a decimal integer, an optional sign included; none if it is anything else.
std::optional<std::int64_t> to_integer(std::string_view text);
// The whole text as a decimal fraction (exponent allowed); none if it is anything else.
std::optional<double> to_number(std::string_view text);

// `value` in upper-case hexadecimal, padded with zeros to `digits`.
std::string hex(std::uint64_t value, int digits);

// "%41+b" -> "Ab" or "A b": percent escapes always, `+` as a space when asked. A broken escape
// stays as it is, as the real server leaves it.
std::string percent_decode(std::string_view text, bool plus_is_space);
// Everything but unreserved characters (RFC 3986, 2.3) becomes %XX.
std::string percent_encode(std::string_view text);

// "vmbr", 3 for "vmbr3": the name before trailing digits and those digits; none without digits.
struct Numbered {
  std::string name;
  std::int64_t number;
};
std::optional<Numbered> numbered(std::string_view text);

// A size such as "10G" or "1.5M" in bytes; none if it is malformed.
std::optional<std::int64_t> parse_size(std::string_view text);
// The shortest exact form of a size in bytes: 1073741824 -> "1G", 0 -> "0T".
std::string format_size(std::int64_t bytes);

// FNV-1a, for values that must differ by name and never change between runs.
std::uint64_t stable_hash(std::string_view text);

}  // namespace paas::fake_pve
