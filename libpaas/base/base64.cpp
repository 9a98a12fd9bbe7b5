#include "libpaas/base/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace paas {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::string_view bytes, Padding padding) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) {
      if (k <= count)
        out += base64_alphabet[group >> (18 - 6 * k) & 63u];
      else if (padding == Padding::with)
        out += '=';
    }
  }
  return out;
}

Result<std::string> base64_decode(std::string_view text) {
  const std::size_t end = text.find('=');
  const std::string_view digits = text.substr(0, end);
  const std::size_t padding = text.size() - digits.size();
  if (text.substr(digits.size()).find_first_not_of('=') != std::string_view::npos || padding > 2 ||
      digits.size() % 4 == 1 || (padding > 0 && text.size() % 4 != 0))
    return fail(Errc::invalid, "not base64: wrong length or padding");
  std::string out;
  out.reserve(digits.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : digits) {
    const std::size_t value = base64_alphabet.find(c);
    if (value == std::string_view::npos) return fail(Errc::invalid, "not base64: odd character");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFFu);
    bits &= (1u << count) - 1;
  }
  if (bits != 0) return fail(Errc::invalid, "not base64: bits left over");
  return out;
}

}  // namespace paas
