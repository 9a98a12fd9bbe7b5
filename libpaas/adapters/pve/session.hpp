#pragma once
// Session: who we are to the cluster. A token is a header; a ticket is asked for, renewed while it
// is young enough, and asked for again when the cluster no longer takes it.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "libpaas/adapters/pve/options.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/http.hpp"
#include "libpaas/proxmox/call.hpp"

namespace paas::pve {

// The request of a call, without what tells who we are.
HttpRequest request_of(const proxmox::Call& call, const PveOptions& options);

class Session {
 public:
  // Everything outlives this.
  Session(Http& http, Clock& clock, Log& log, const PveOptions& options);

  // What makes a request ours.
  struct Pass {
    std::vector<std::pair<std::string, std::string>> headers;
    std::uint64_t sign_in = 0;  // which sign-in it comes from
  };

  // Signs in, or renews the ticket, where needed; one thread does while the others wait.
  // Errors: `denied` (with what to do), `unavailable`, `cancelled`; the call itself was not sent.
  // Thread-safe, as are all below.
  Result<Pass> pass(proxmox::Method method, std::stop_token stop);

  // The cluster refused this pass (401). True: a new sign-in may help, and pass() will try it.
  bool refused(const Pass& pass);

  std::string user() const;

  // Everything that must not stand in a text: token, password, ticket.
  std::vector<std::string> secrets() const;

 private:
  struct Ticket {
    std::string user;
    std::string text;
    std::string csrf;
    std::chrono::steady_clock::time_point since;
    std::chrono::steady_clock::time_point due;  // for renewal
  };

  bool due(const std::optional<Ticket>& ticket) const;
  Result<Ticket> sign_in(const std::optional<Ticket>& old, std::stop_token stop);
  Result<Ticket> renewed(const Ticket& old, std::stop_token stop);
  Result<Ticket> second_factor(const Ticket& challenge, std::stop_token stop);
  Result<Ticket> ask(const proxmox::Call& call, std::stop_token stop);

  Http& http_;
  Clock& clock_;
  Log& log_;
  const PveOptions& options_;

  mutable std::mutex mutex_;
  std::condition_variable_any signed_in_;
  bool signing_in_ = false;
  std::uint64_t sign_ins_ = 0;
  std::optional<Ticket> ticket_;
};

}  // namespace paas::pve
