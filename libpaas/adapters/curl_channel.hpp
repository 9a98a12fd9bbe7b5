#pragma once
// CurlChannel: one connection to one server at a time, and one exchange after the other on it.
// Internal to the HTTP client.

#include <chrono>
#include <memory>
#include <string>

#include "libpaas/adapters/curl_http.hpp"

namespace paas {

class CurlChannel {
 public:
  // `options` outlives this.
  explicit CurlChannel(const HttpOptions& options);
  ~CurlChannel();
  CurlChannel(const CurlChannel&) = delete;
  CurlChannel& operator=(const CurlChannel&) = delete;

  // "https://pve1:8006" of the last exchange: where the open connection leads.
  const std::string& origin() const { return origin_; }

  // REQUIRES: checked(request). Not thread-safe, but may be called from any thread.
  // `timeout` replaces that of the request.
  Result<HttpResponse> exchange(const HttpRequest& request, std::chrono::milliseconds timeout,
                                std::stop_token stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string origin_;
  std::chrono::steady_clock::time_point last_used_{};
};

// "https://pve1:8006" of "https://pve1:8006/api2/json/version".
std::string origin_of(const std::string& url);

// Refuses what must not reach the wire: other schemes, credentials in the address, control
// characters in address or headers, unknown methods. Errors: `invalid`; values are not quoted.
Result<void> checked(const HttpRequest& request);

// Whether repeating such a request can do no harm: GET, HEAD, OPTIONS.
bool only_reads(const HttpRequest& request);

}  // namespace paas
