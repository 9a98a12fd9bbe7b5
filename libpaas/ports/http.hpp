#pragma once
// Http: one exchange with an HTTP server. The product's only way to speak HTTP.
//
// Whom to trust (certificate authority, pinned fingerprint) is fixed when an adapter is made, since
// connections are shared between requests.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  // Set: the body is a multipart/form-data form of `fields`, then this file, streamed from disk.
  // Without a name for the field the body is no form, but the file itself and then `tail`.
  struct File {
    std::string path;         // on this machine
    std::string field{};      // name of the form field
    std::string file_name{};  // as the server shall see it
    std::vector<std::pair<std::string, std::string>> fields{};
    // Called now and then with bytes sent and bytes in all; may be empty.
    std::function<void(std::uint64_t sent, std::uint64_t total)> progress{};
    std::optional<std::uint64_t> first_bytes{};  // no form: of the file only so much; none: all
    std::string tail{};                          // no form
  };
  std::optional<File> file{};
  std::chrono::milliseconds timeout{30'000};  // for the whole exchange; 0: none
  std::size_t max_response_bytes = std::size_t{64} << 20;
  // Set: the body of a success (2xx) goes here piece by piece as it comes, of any length, and not
  // into the response. Returns whether there shall be more; if not, the exchange ends well.
  std::function<bool(std::string_view piece)> on_body{};
};

struct HttpResponse {
  int status = 0;
  std::string reason;  // the status line's text: some servers say there what went wrong
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
};

class Http {
 public:
  virtual ~Http() = default;
  // Any status is a response. Errors: `unavailable` (nothing was sent), `unknown_outcome` (sent,
  // the answer was lost or timed out), `denied` (the server's certificate is not to be trusted),
  // `cancelled`. Thread-safe.
  virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
