#include "libpaas/adapters/tls_trust.hpp"

#include <optional>

namespace paas {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

Result<Fingerprint> parse_fingerprint(std::string_view text) {
  const auto refused = [] {
    return fail(Errc::invalid,
                "a fingerprint is the SHA-256 of a certificate: 32 pairs of hexadecimal digits, "
                "\"AA:BB:…\"");
  };
  const bool colons = text.size() == 95;
  if (!colons && text.size() != 64) return refused();
  Fingerprint out;
  for (std::size_t i = 0; i < out.sha256.size(); ++i) {
    const std::size_t at = i * (colons ? 3 : 2);
    if (colons && i > 0 && text[at - 1] != ':') return refused();
    const auto high = hex_digit(text[at]);
    const auto low = hex_digit(text[at + 1]);
    if (!high || !low) return refused();
    out.sha256[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return out;
}

std::string print_fingerprint(const Fingerprint& fingerprint) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const std::uint8_t byte : fingerprint.sha256) {
    if (!out.empty()) out += ':';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

}  // namespace paas
