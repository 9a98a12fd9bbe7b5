#include "libpaas/adapters/curl_http.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "libpaas/adapters/curl_channel.hpp"

namespace paas {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void start_libcurl_once() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_token(std::string_view text) {
  constexpr std::string_view allowed =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// For the log: what follows '?' may be long, and is nobody's business.
std::string without_query(const std::string& url) {
  return url.substr(0, url.find('?'));
}

class CurlHttp final : public Http {
 public:
  explicit CurlHttp(HttpOptions options) : options_(std::move(options)) { start_libcurl_once(); }

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    TRY(checked(request));
    const auto start = steady_clock::now();
    Lease lease{*this, nullptr};
    lease.channel = TRY(acquire(request, stop));

    milliseconds left = request.timeout;
    if (left.count() > 0) {
      const auto waited = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
      left = std::max(left - waited, milliseconds{1});
    }
    auto answer = lease.channel->exchange(request, left, stop);
    note(request, answer, start);
    return answer;
  }

 private:
  // Gives the channel back however send() ends.
  struct Lease {
    CurlHttp& owner;
    std::unique_ptr<CurlChannel> channel;
    ~Lease() {
      if (channel) owner.release(std::move(channel));
    }
  };

  Result<std::unique_ptr<CurlChannel>> acquire(const HttpRequest& request, std::stop_token stop) {
    const auto free = [this] { return !idle_.empty() || open_ < options_.max_connections; };
    std::unique_lock lock(mutex_);
    if (request.timeout.count() > 0) {
      if (!freed_.wait_for(lock, stop, request.timeout, free) && !stop.stop_requested()) {
        return fail(Errc::unavailable, "all connections stayed in use for as long as allowed");
      }
    } else {
      freed_.wait(lock, stop, free);
    }
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped before anything was sent");

    const std::string origin = origin_of(request.url);
    const auto same = [&](const auto& channel) { return channel->origin() == origin; };
    // The one used last has the best chance to be open still.
    auto found = std::find_if(idle_.rbegin(), idle_.rend(), same);
    if (found == idle_.rend() && open_ < options_.max_connections) {
      ++open_;
      return std::make_unique<CurlChannel>(options_);
    }
    const auto at = found == idle_.rend() ? idle_.begin() : std::prev(found.base());
    auto channel = std::move(*at);
    idle_.erase(at);
    return channel;
  }

  void release(std::unique_ptr<CurlChannel> channel) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(channel));
    freed_.notify_all();  // one who was woken may have been stopped, and take nothing
  }

  void note(const HttpRequest& request, const Result<HttpResponse>& answer,
            steady_clock::time_point start) const {
    if (options_.log == nullptr || !options_.log->enabled(LogLevel::debug)) return;
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    options_.log->debug("http", {{"method", request.method},
                                 {"url", without_query(request.url)},
                                 {"status", answer ? std::to_string(answer->status)
                                                   : std::string(name_of(answer.error().code))},
                                 {"ms", std::to_string(took.count())}});
  }

  const HttpOptions options_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<std::unique_ptr<CurlChannel>> idle_;  // the one used last at the end
  int open_ = 0;                                    // idle and in use
};

}  // namespace

std::string origin_of(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

bool only_reads(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

Result<void> checked(const HttpRequest& request) {
  static constexpr std::array<std::string_view, 7> methods = {"GET",    "HEAD",  "OPTIONS", "POST",
                                                              "DELETE", "PATCH", "PUT"};
  if (std::find(methods.begin(), methods.end(), request.method) == methods.end()) {
    return fail(Errc::invalid, "unknown HTTP method");
  }
  const bool scheme = request.url.starts_with("https://") || request.url.starts_with("http://");
  if (!scheme || has_control(request.url) || request.url.find(' ') != std::string::npos) {
    return fail(Errc::invalid, "not an address to speak HTTP to");
  }
  if (origin_of(request.url).find('@') != std::string::npos) {
    return fail(Errc::invalid, "an address must not hold a user name or password");
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return fail(Errc::invalid, "not a header's name");
    if (has_control(value)) {
      return fail(Errc::invalid, "the value of the header " + name + " holds control characters");
    }
  }
  return {};
}

std::unique_ptr<Http> make_curl_http(HttpOptions options) {
  return std::make_unique<CurlHttp>(std::move(options));
}

}  // namespace paas
