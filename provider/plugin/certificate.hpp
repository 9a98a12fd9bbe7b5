#pragma once
// AutoMTLS: both sides make a certificate for this one run and trust nothing but the other's.

#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

namespace paas::plugin {

// A fresh self-signed certificate for "localhost" with its key (ECDSA P-256), valid from half a
// minute ago for thirty years, as go-plugin makes them. The key never leaves the process.
struct Certificate {
  std::string pem;
  std::string key_pem;
  std::string base64;  // of the DER form, without padding: what the handshake carries
};

// Errors: `internal`, with OpenSSL's words.
Result<Certificate> make_certificate();

// Whether `pem` holds a certificate that can be read. Errors: `invalid`.
Result<void> check_certificate(std::string_view pem);

}  // namespace paas::plugin
