#pragma once
// Prober: HTTP by the product's client, TCP by a connection that is closed at once.

#include <memory>

#include "libpaas/ports/http.hpp"
#include "libpaas/ports/prober.hpp"

namespace paas::host {

// `http` is without proxies: addresses of containers are this host's own.
std::unique_ptr<Prober> make_prober(std::unique_ptr<Http> http);

}  // namespace paas::host
