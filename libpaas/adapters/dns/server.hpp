#pragma once
// The names service: answers from the feed on the addresses it is given, forwards the rest.

#include <memory>
#include <string>
#include <vector>

#include "libpaas/adapters/dns/connections.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/dns/address.hpp"
#include "libpaas/ports/random.hpp"

namespace paas::dns {

struct ServerOptions {
  std::string feed;
  std::vector<Endpoint> listen;     // besides those that the feed names; port 0: a free one
  std::vector<Endpoint> upstreams;  // empty: those of `resolv_conf`
  std::string resolv_conf = "/etc/resolv.conf";
  std::string metrics;        // path of a unix socket; empty: none
  std::string notify_socket;  // of the supervisor (sd_notify(3)); empty: none
  ConnectionTimes times{};
};

class Server {
 public:
  virtual ~Server() = default;
  // The addresses it answers on now.
  virtual std::vector<Endpoint> listening() const = 0;
  // Answers until `stop_descriptor` is readable; what has come by then is still answered.
  virtual void run(int stop_descriptor) = 0;
};

// Listens; nothing is answered before run(). A feed that is missing or wrong is no error: names are
// served as soon as there is a good one. Errors: an address of `options.listen` or the metrics
// socket cannot be listened on. `log` and `random` outlive the server.
Result<std::unique_ptr<Server>> make_server(ServerOptions options, Random& random, Log& log);

}  // namespace paas::dns
