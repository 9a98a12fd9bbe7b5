#include "libpaas/adapters/tls_trust.hpp"

#include <fstream>
#include <optional>

#include "libpaas/adapters/system_files.hpp"

namespace paas {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

constexpr std::streamsize most_of_a_line = 1 << 16;

// Whether a line of it begins a certificate, in one of the three ways OpenSSL knows.
bool holds_certificate(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line(most_of_a_line, '\0');
  while (file.getline(line.data(), most_of_a_line)) {
    const std::string_view text(line.c_str());
    if (text.starts_with("-----BEGIN ") && text.find("CERTIFICATE-----") != text.npos) return true;
  }
  return false;
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

Result<void> check_authorities(const TlsTrust& trust) {
  const auto* ca = std::get_if<CaFile>(&trust);
  if (ca == nullptr) return {};
  const auto digest = make_system_files()->digest(ca->path);
  if (digest && holds_certificate(ca->path)) return {};
  Error error =
      digest ? Error{Errc::invalid, "\"" + ca->path + "\" holds no certificate in PEM form", {}, {}}
             : digest.error();
  return tl::unexpected<Error>(std::move(error).advising(
      "name a file that can be read: a copy of /etc/pve/pve-root-ca.pem of a node"));
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
