#pragma once
// How a CurlChannel's connections verify the server. Internal to the HTTP client.

#include <optional>

#include "libpaas/adapters/tls_trust.hpp"

namespace paas {

// Lives as long as the connections it was applied to.
struct ServerCheck {
  TlsTrust trust{};
  std::optional<Fingerprint> presented{};  // by the last server that we shook hands with
};

// Sets the TLS options of a CURL easy handle.
void apply_trust(void* easy, ServerCheck& check);

// The error of a handshake that failed over the server's certificate: `denied`, with the remedies.
Error distrust(const ServerCheck& check, const std::string& origin, const std::string& reason);

}  // namespace paas
