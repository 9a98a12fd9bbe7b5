#pragma once
// go-plugin's handshake: what the host says through the environment, what we answer on stdout.
// Pure.
//
// Source: go-plugin 1.6, client.go Start() and server.go Serve().

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::plugin {

using Environment = std::map<std::string, std::string, std::less<>>;

// The variables of `entries` ("NAME=value", as in environ, ended by a null pointer) that this layer
// reads: PLUGIN_*, TF_PLUGIN_MAGIC_COOKIE, TF_LOG*, TMPDIR. The rest is left alone.
Environment environment_of(const char* const* entries);

// What the host asks of us.
struct Handshake {
  std::string client_certificate = {};  // PEM; empty: no TLS
  std::string socket_folder = {};       // absolute
  bool tells_multiplexing = false;      // the host knows the seventh field of our answer
};

// Errors: `not_found`, we were not started by a host; `invalid`, we were, but cannot serve it. The
// certificate is bounded and looks like one; that it can be read is for certificate.hpp to say.
Result<Handshake> read_handshake(const Environment& environment);

// Where the socket goes under -debug, where nobody shakes hands: TMPDIR, or /tmp where that is no
// absolute path in UTF-8 that a socket fits into.
std::string debug_socket_folder(const Environment& environment);

// The one line we print, newline included. `address` is the socket's path, `certificate` our own as
// base64 of DER without padding (empty: no TLS).
std::string handshake_line(const Handshake& handshake, std::string_view address,
                           std::string_view certificate);

// What TF_REATTACH_PROVIDERS has to be for Terraform to use a running provider, as JSON. `sources`
// are full addresses ("registry.terraform.io/libpaas/paas").
// Source: terraform 1.11, main.go parseReattachProviders.
std::string reattach_json(const std::vector<std::string>& sources, int pid,
                          std::string_view address);

}  // namespace paas::plugin
