#include "tests/fake-pve/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace paas::fake_pve {
namespace {

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (separators.find(c) == std::string_view::npos) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> split_fields(std::string_view text, char separator) {
  std::vector<std::string> fields(1);
  for (const char c : text) {
    if (c == separator) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i) joined += separator;
    joined += parts[i];
  }
  return joined;
}

std::vector<std::string> split_list(std::string_view text) {
  return split_words(text, std::string_view(",; \t\r\n\0", 7));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::string trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || (!is_digit(text.front()) && text.front() != '-')) return {};
  std::int64_t value{};
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || stop != text.data() + text.size()) return {};
  return value;
}

std::optional<double> to_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos)
    return {};
  double value{};
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || stop != text.data() + text.size()) return {};
  return value;
}

std::string hex(std::uint64_t value, int digits) {
  std::array<char, 17> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
  std::string out =
      upper(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
  const auto wanted = static_cast<std::size_t>(digits);
  return out.size() < wanted ? std::string(wanted - out.size(), '0') + out : out;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%' + hex(byte, 2);
    }
  }
  return out;
}

std::optional<Numbered> numbered(std::string_view text) {
  std::size_t digits = text.size();
  while (digits > 0 && is_digit(text[digits - 1])) --digits;
  const auto number = to_integer(text.substr(digits));
  if (!number) return {};
  return Numbered{std::string(text.substr(0, digits)), *number};
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  if (text.ends_with("iB")) text.remove_suffix(2);
  double factor = 1;
  if (!text.empty() && !is_digit(text.back())) {
    const auto power = std::string_view("KMGT").find(text.back());
    if (power == std::string_view::npos) return {};
    factor = std::pow(1024.0, static_cast<double>(power) + 1);
    text.remove_suffix(1);
  }
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return {};
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return {};
  const auto value = to_number(text);
  if (!value || *value * factor > 9e18) return {};
  return static_cast<std::int64_t>(*value * factor);
}

std::string format_size(std::int64_t bytes) {
  std::int64_t amount = bytes;
  std::size_t unit = 0;
  while (unit < 4 && amount % 1024 == 0) {
    amount /= 1024;
    ++unit;
  }
  static constexpr std::array<std::string_view, 5> suffixes = {"", "K", "M", "G", "T"};
  return std::to_string(amount) + std::string(suffixes.at(unit));
}

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211u;
  }
  return hash;
}

}  // namespace paas::fake_pve
