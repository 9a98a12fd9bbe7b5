#pragma once
// Server: gRPC on a unix socket. The only file that knows gRPC; it carries bytes to Methods.
//
// One thread serves the network and runs what is marked at_once, so that StopProvider and Shutdown
// are answered however busy the provider is. All else runs on Workers.

#include <memory>
#include <optional>
#include <vector>

#include "libpaas/base/log.hpp"
#include "provider/plugin/exchange.hpp"
#include "provider/plugin/workers.hpp"

namespace paas::plugin {

// Mutual TLS: our certificate, and the only one a client may show. PEM.
struct MutualTls {
  std::string certificate;
  std::string key;
  std::string client_certificate;
};

// What a server serves with; all of it outlives the server.
struct Serving {
  std::vector<Method> methods;
  Calls& calls;
  Workers& workers;
  Log& log;
};

class Server {
 public:
  // REQUIRES: closed, and no call in flight.
  virtual ~Server() = default;
  // Refuses calls from now on; those in flight go on. Thread-safe.
  virtual void close() = 0;
};

// Serves at the path of a socket that is not there yet, readable for this user alone. No `tls`:
// whoever can open the socket may call. Messages are bounded to 256 MiB. A path that no method has
// is answered UNIMPLEMENTED. Errors: `internal`.
Result<std::unique_ptr<Server>> listen(const std::string& socket_path,
                                       const std::optional<MutualTls>& tls, Serving serving);

}  // namespace paas::plugin
