#pragma once
// The product's HTTP client: HTTP/1.1 over libcurl.
//
//   send() ─▶ an idle connection of the same server, else a new one, else wait for one
//             └▶ exchange; a read that met a connection closed meanwhile is sent once more
//
// Redirects are not followed. An answer may be streamed. Proxies are those of the environment
// (https_proxy, no_proxy, …).

#include <chrono>
#include <memory>
#include <string>

#include "libpaas/adapters/tls_trust.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/ports/http.hpp"

#pragma GCC visibility push(default)
namespace paas {

struct HttpOptions {
  TlsTrust trust{};
  // Path of a socket on this machine to which every connection leads, whatever the address says.
  std::string unix_socket{};
  bool proxies = true;       // those of the environment
  int max_connections = 16;  // REQUIRES: > 0. Requests beyond it wait their turn
  // A connection idle for longer is not used again. Proxmox closes after exactly five seconds.
  std::chrono::milliseconds idle_limit{4'000};
  std::chrono::milliseconds connect_timeout{10'000};
  // A request without a timeout of its own ends when nothing has moved for as long as this; 0:
  // never.
  std::chrono::seconds stall_limit{300};
  std::string user_agent = "paas";
  Log* log = nullptr;  // one debug line a request: method, address, status; null: silent
};

// Errors beyond those of the port: `invalid` for a request that cannot be sent as it is (address,
// header, authority file), `not_found` for an upload whose file cannot be opened, `internal` for an
// answer to a read that is larger than allowed (`unknown_outcome` for one to a write).
std::unique_ptr<Http> make_curl_http(HttpOptions options);

}  // namespace paas

#pragma GCC visibility pop
