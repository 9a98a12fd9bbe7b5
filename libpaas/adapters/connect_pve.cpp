#include "libpaas/adapters/connect_pve.hpp"

#include "libpaas/adapters/curl_http.hpp"
#include "libpaas/adapters/pve/client.hpp"
#include "libpaas/adapters/system_clock.hpp"
#include "libpaas/adapters/system_random.hpp"

namespace paas {

PveConnection::PveConnection(const pve::PveOptions& options, Log& log)
    : clock_(make_system_clock()), random_(make_system_random()) {
  HttpOptions http;
  http.trust = options.trust;
  http.max_connections = options.parallelism;
  http.user_agent = "paas/" PAAS_VERSION;
  http.log = &log;
  http_ = make_curl_http(std::move(http));
  pve_ = pve::make_pve(*http_, *clock_, *random_, log, options);
}

PveConnection connect_pve(const pve::PveOptions& options, Log& log) {
  return PveConnection(options, log);
}

}  // namespace paas
