#pragma once
// TlsTrust: which server we believe, decided once for all connections of a client.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)

namespace paas {

// The authorities this machine trusts: the file that SSL_CERT_FILE names, else the system's bundle.
struct SystemTrust {
  bool operator==(const SystemTrust&) const = default;
};

// The authorities in this PEM file and no others; names are checked.
struct CaFile {
  std::string path;
  bool operator==(const CaFile&) const = default;
};

// Exactly one certificate, by the SHA-256 of its DER form; authorities and names do not matter.
struct Fingerprint {
  std::array<std::uint8_t, 32> sha256{};
  bool operator==(const Fingerprint&) const = default;
};

// Whoever answers.
struct Insecure {
  bool operator==(const Insecure&) const = default;
};

using TlsTrust = std::variant<SystemTrust, CaFile, Fingerprint, Insecure>;

// "AA:BB:…", 32 pairs of hexadecimal digits in either case, with or without colons.
// Errors: `invalid`.
Result<Fingerprint> parse_fingerprint(std::string_view text);

// As the Proxmox web interface shows it: "AA:BB:…".
std::string print_fingerprint(const Fingerprint& fingerprint);

// Whether the file of authorities, if one is named, can be read and holds a certificate in PEM
// form, so that a mistake is said before anything is sent. Reads the file. Errors: `not_found`,
// `denied`, `invalid`, with a remedy.
Result<void> check_authorities(const TlsTrust& trust);

}  // namespace paas

#pragma GCC visibility pop
