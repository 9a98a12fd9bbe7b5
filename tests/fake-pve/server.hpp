#pragma once
// The HTTPS side: HTTP/1.1 over TLS as pveproxy speaks it. One thread a connection; a connection
// that says nothing for five seconds is closed; `Expect: 100-continue` is never answered.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/http.hpp"

namespace paas::fake_pve {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;             // 0: any free one
  std::filesystem::path certificate;  // PEM, the whole chain
  std::filesystem::path key;          // PEM
  std::filesystem::path spool;        // a folder for uploads in flight
};

class Server {
 public:
  // Listens at once; serves from the first call of serve(). Errors: `unavailable` if the address
  // cannot be bound, `invalid` if the certificate cannot be used.
  static Result<std::unique_ptr<Server>> listen(const ServerOptions& options, Responder responder);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  // Accepts connections until stop() is called from another thread.
  virtual void serve() = 0;
  virtual void stop() = 0;
};

}  // namespace paas::fake_pve
