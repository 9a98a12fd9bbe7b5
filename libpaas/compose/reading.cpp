#include "libpaas/compose/reading.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::compose {
namespace {

constexpr std::size_t most_told = 1000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A decimal number as thousandths, rounded up; none for anything else.
std::optional<std::uint64_t> thousandths(std::string_view text) {
  const auto point = text.find('.');
  const auto whole = parse_integer<std::uint64_t>(text.substr(0, point));
  if (!whole || *whole > std::uint64_t{1} << 50 || !is_digit(text[0])) return {};
  std::uint64_t out = *whole * 1000;
  if (point == text.npos) return out;
  const std::string_view digits = text.substr(point + 1);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
  std::string first(digits.substr(0, 3));
  first.resize(3, '0');
  out += *parse_integer<std::uint64_t>(first);
  const std::string_view rest = digits.size() > 3 ? digits.substr(3) : std::string_view();
  return out + (rest.find_first_not_of('0') == rest.npos ? 0 : 1);
}

std::uint64_t divided_up(std::uint64_t number, std::uint64_t by) {
  return number / by + (number % by == 0 ? 0 : 1);
}

}  // namespace

void Reading::wrong(const At& at, std::string message) {
  if (mistakes.size() < most_told) {
    mistakes.push_back({file_, at.place, at.path, std::move(message)});
  }
}

void Reading::left_out(const At& at, std::string message) {
  if (not_carried.size() < most_told) {
    not_carried.push_back({file_, at.place, at.path, std::move(message)});
  }
}

std::vector<At> Reading::members(const At& at) {
  std::vector<At> out;
  if (at.value.map() == nullptr) {
    if (!at.value.is_null()) wrong(at, "must be a map");
    return out;
  }
  for (const Document::Member& member : *at.value.map()) {
    if (member.value.is_null()) continue;
    out.push_back({member.value, member_path(at.path, member.key), member.place, member.key});
  }
  return out;
}

std::vector<At> Reading::items(const At& at) {
  std::vector<At> out;
  if (at.value.list() == nullptr) {
    wrong(at, "must be a list");
    return out;
  }
  for (const Document& item : *at.value.list()) {
    const At one{item, item_path(at.path, out.size()), item.place()};
    out.push_back(one);
  }
  return out;
}

std::optional<std::string> Reading::text(const At& at) {
  if (at.value.scalar() != nullptr) return at.value.scalar()->text;
  wrong(at, "must be a text");
  return {};
}

std::optional<bool> Reading::flag(const At& at) {
  const auto spelt = text(at);
  if (!spelt) return {};
  const std::string word = lower(*spelt);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  wrong(at, "must be true or false");
  return {};
}

std::optional<std::int64_t> Reading::whole(const At& at, std::int64_t least, std::int64_t most) {
  const auto spelt = text(at);
  if (!spelt) return {};
  const auto number = parse_integer<std::int64_t>(*spelt);
  if (number && *number >= least && *number <= most) return number;
  wrong(at, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return {};
}

std::optional<model::Seconds> Reading::duration(const At& at) {
  const auto spelt = text(at);
  if (!spelt) return {};
  if (*spelt == "0") return model::Seconds{0};
  const auto read = parse_duration(*spelt);
  if (!read) {
    wrong(at, read.error().message);
    return {};
  }
  return std::chrono::ceil<model::Seconds>(*read);
}

std::optional<std::uint64_t> Reading::mib(const At& at) {
  const auto spelt = text(at);
  return spelt ? mib(at, *spelt) : std::nullopt;
}

std::optional<std::uint64_t> Reading::mib(const At& at, std::string_view spelt) {
  const auto end = std::min(spelt.find_first_not_of("0123456789."), spelt.size());
  const auto number = thousandths(spelt.substr(0, end));
  std::string unit = lower(trim(spelt.substr(end)));
  if (unit.size() == 2 && unit[1] == 'b') unit.pop_back();
  const std::uint64_t thousand_mib = std::uint64_t{1000} << 20;
  if (number && *number < std::uint64_t{1} << 62) {
    if (unit.empty() || unit == "b") return divided_up(*number, thousand_mib);
    if (unit == "k") return divided_up(*number, thousand_mib >> 10);
    if (unit == "m") return divided_up(*number, 1000);
    if (unit == "g" && *number < std::uint64_t{1} << 50) return divided_up(*number << 10, 1000);
    if (unit == "t" && *number < std::uint64_t{1} << 40) return divided_up(*number << 20, 1000);
  }
  wrong(at, "must be a size like 512m, 1gb or a number of bytes");
  return {};
}

std::optional<std::uint64_t> Reading::milli_cores(const At& at) {
  const auto spelt = text(at);
  if (!spelt) return {};
  const auto number = thousandths(*spelt);
  if (number && *number <= 1'000'000) return number;
  wrong(at, "must be a number of cores, like 0.5");
  return {};
}

std::vector<std::pair<std::string, At>> Reading::texts(const At& at) {
  std::vector<std::pair<std::string, At>> out;
  if (at.value.scalar() != nullptr) {
    out.emplace_back(at.value.scalar()->text, at);
    return out;
  }
  for (const At& item : items(at)) {
    if (auto one = text(item)) out.emplace_back(*std::move(one), item);
  }
  return out;
}

std::optional<model::Texts> Reading::words(const At& at) {
  if (at.value.scalar() != nullptr) {
    auto split_line = shell_words(at.value.scalar()->text);
    if (!split_line) wrong(at, "has a quote that does not end");
    return split_line;
  }
  model::Texts out;
  for (auto& [word, item] : texts(at)) out.push_back(std::move(word));
  return out;
}

std::vector<Reading::Pair> Reading::pairs(const At& at) {
  std::vector<Pair> out;
  if (at.value.list() != nullptr) {
    for (const auto& [spelt, item] : texts(at)) {
      const auto equals = spelt.find('=');
      std::optional<std::string> value;
      if (equals != spelt.npos) value = spelt.substr(equals + 1);
      out.push_back({spelt.substr(0, equals), std::move(value), item});
    }
    return out;
  }
  if (at.value.map() == nullptr) {
    wrong(at, "must be a map, or a list of NAME=VALUE");
    return out;
  }
  for (const Document::Member& member : *at.value.map()) {
    const At one{member.value, member_path(at.path, member.key), member.place};
    std::optional<std::string> value;
    if (!member.value.is_null()) {
      value = text(one);
      if (!value) continue;
    }
    out.push_back({member.key, std::move(value), one});
  }
  return out;
}

std::optional<model::Texts> shell_words(std::string_view line) {
  model::Texts out;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (escapes && (quote == 0 || line[i + 1] == '"' || line[i + 1] == '\\')) {
      word += line[++i];
      in_word = true;
    } else if (quote != 0) {
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word) out.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return {};
  if (in_word) out.push_back(std::move(word));
  return out;
}

std::string mended_label(std::string_view name) {
  std::string out;
  for (const char c : lower(name)) {
    const bool good = is_digit(c) || (c >= 'a' && c <= 'z');
    if (good || (!out.empty() && out.back() != '-')) out += good ? c : '-';
  }
  out = out.substr(0, 63);
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "x" : out;
}

}  // namespace paas::compose
