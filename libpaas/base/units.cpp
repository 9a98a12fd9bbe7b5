#include "libpaas/base/units.hpp"

#include <array>
#include <optional>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

constexpr std::uint64_t most_mib = std::uint64_t{1} << 50;
constexpr std::size_t most_digits =
    15;  // of either side of the point: products stay within 64 bits

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// KiB of one unit.
std::optional<std::uint64_t> kib_of(std::string_view unit, Plain plain) {
  const std::uint64_t mib = 1024, gib = mib * 1024, tib = gib * 1024;
  if (unit.empty()) return plain == Plain::mib ? mib : gib;
  const std::string letters = lower(unit);
  const std::string_view rest = std::string_view(letters).substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return {};
  switch (letters[0]) {
    case 'k':
      return 1;
    case 'm':
      return mib;
    case 'g':
      return gib;
    case 't':
      return tib;
    default:
      return {};
  }
}

tl::unexpected<Error> no_size() {
  return fail(Errc::invalid, "must be a size: a number and, if any, a unit of K, M, G or T");
}

}  // namespace

Result<std::uint64_t> parse_size_mib(std::string_view text, Plain plain) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  const std::string_view whole = text.substr(0, end);
  std::string_view fraction;
  if (end < text.size() && text[end] == '.') {
    const std::size_t begin = ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
    fraction = text.substr(begin, end - begin);
    if (fraction.empty()) return no_size();
  }
  const auto unit_kib = kib_of(text.substr(end), plain);
  if (!unit_kib || whole.empty() || whole.size() > most_digits || fraction.size() > most_digits)
    return no_size();

  // The fraction must come out whole: digits * unit / 10^n, in KiB and then in MiB.
  __extension__ using Wide = unsigned __int128;
  Wide digits = 0, scale = 1;
  for (const char c : whole) digits = digits * 10 + static_cast<unsigned>(c - '0');
  for (const char c : fraction) {
    digits = digits * 10 + static_cast<unsigned>(c - '0');
    scale *= 10;
  }
  const Wide scaled = digits * *unit_kib;
  if (scaled % (scale * 1024) != 0) return fail(Errc::invalid, "must be a whole number of MiB");
  const Wide mib = scaled / (scale * 1024);
  if (mib > most_mib) return fail(Errc::invalid, "must be at most 2^50 MiB");
  return static_cast<std::uint64_t>(mib);
}

bool same_size(std::string_view a, std::string_view b, Plain plain) {
  const auto one = parse_size_mib(a, plain), other = parse_size_mib(b, plain);
  return one && other && *one == *other;
}

std::string size_text(std::uint64_t mib, Plain plain) {
  constexpr std::uint64_t gib = 1024, tib = gib * 1024;
  if (mib != 0 && mib % tib == 0) return std::to_string(mib / tib) + "T";
  if (mib != 0 && mib % gib == 0) return std::to_string(mib / gib) + "G";
  return std::to_string(mib) + (plain == Plain::mib ? "" : "M");
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  constexpr std::int64_t most_ms = 366LL * 86'400'000;
  const auto wrong = [] {
    return fail(Errc::invalid, "must be a duration like \"90s\", \"10m\" or \"1h30m\"");
  };
  std::int64_t total = 0;
  if (text.empty()) return wrong();
  while (!text.empty()) {
    std::size_t digits = 0, letters = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    letters = digits;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    const auto number = parse_integer<std::int64_t>(text.substr(0, digits));
    const std::string_view named = text.substr(digits, letters - digits);
    std::int64_t unit_ms = 0;
    for (const auto& [name, ms] : units)
      if (name == named) unit_ms = ms;
    if (!number || unit_ms == 0) return wrong();
    if (*number > most_ms / unit_ms) return fail(Errc::invalid, "must be at most 366 days");
    total += *number * unit_ms;
    if (total > most_ms) return fail(Errc::invalid, "must be at most 366 days");
    text.remove_prefix(letters);
  }
  return std::chrono::milliseconds(total);
}

}  // namespace paas
