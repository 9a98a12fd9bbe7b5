#pragma once
// Link: calls of one dialect over HTTP to one engine. Internal to this folder.

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "libpaas/base/json.hpp"
#include "libpaas/engine/dialect.hpp"
#include "libpaas/ports/http.hpp"

namespace paas::engine {

// Thread-safe.
class Link {
 public:
  static constexpr std::chrono::milliseconds usual_patience{60'000};

  // `http` and `dialect` outlive this. `socket`: where the engine listens, for connections that
  // stop being HTTP.
  Link(Http& http, const Dialect& dialect, std::string prefix, std::string socket)
      : http_(http), dialect_(dialect), prefix_(std::move(prefix)), socket_(std::move(socket)) {}

  const Dialect& dialect() const { return dialect_; }
  const std::string& socket() const { return socket_; }
  // The path of a request on the wire.
  std::string path_of(const Call& call) const { return prefix_ + call.path; }

  // The answer's data; null where it has none. What is done already (304) is a success.
  Result<Json> ask(const Call& call, std::stop_token stop,
                   std::chrono::milliseconds patience = usual_patience) const;

  // The body of the answer in pieces, for as long as it lasts. `on_piece` returns whether there
  // shall be more. `file`: streamed as the request's body, in place of that of the call.
  using OnPiece = std::function<bool(std::string_view piece)>;
  Result<void> stream(const Call& call, const OnPiece& on_piece, std::stop_token stop,
                      std::optional<HttpRequest::File> file = {}) const;

 private:
  HttpRequest request_for(const Call& call) const;

  Http& http_;
  const Dialect& dialect_;
  const std::string prefix_;
  const std::string socket_;
};

// A result without its value.
Result<void> without_value(Result<Json> result);
// The same where "it is gone" is what was wanted.
Result<void> gone_is_fine(Result<Json> result);

}  // namespace paas::engine
