#pragma once
// ScriptHttp: an Http that answers as the test says.

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "libpaas/ports/http.hpp"
#include "tests/fakes/script_clock.hpp"

namespace paas::fakes {

// Thread-safe: the handler is called by one at a time.
class ScriptHttp final : public Http {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit ScriptHttp(Handler handler) : handler_(std::move(handler)) {}

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    const std::lock_guard lock(mutex_);
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped");
    seen_.push_back(request);
    return handler_(request);
  }

  std::vector<HttpRequest> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  Handler handler_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> seen_;
};

inline HttpResponse answer(std::string body, int status = 200, std::string reason = "OK") {
  return {status, std::move(reason), {}, std::move(body)};
}

}  // namespace paas::fakes
