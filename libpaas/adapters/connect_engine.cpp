#include "libpaas/adapters/connect_engine.hpp"

#include <unistd.h>

#include <string_view>

#include "libpaas/adapters/curl_http.hpp"
#include "libpaas/adapters/engine/runtime.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"

namespace paas {
namespace {

constexpr const char* podman_socket = "/run/podman/podman.sock";
constexpr const char* docker_socket = "/run/docker.sock";

Result<std::string> engine_socket(const std::string& wanted) {
  if (wanted.empty()) {
    return std::string(access(podman_socket, F_OK) == 0 ? podman_socket : docker_socket);
  }
  static constexpr std::string_view scheme = "unix://";
  const std::string path = wanted.starts_with(scheme) ? wanted.substr(scheme.size()) : wanted;
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) {
    return fail(Errc::invalid, excerpt(wanted, 300) + " is not the address of a socket");
  }
  return path;
}

Result<HttpResponse> asked(Http& http, std::string_view path, std::stop_token stop) {
  HttpRequest request;
  request.url = "http://engine" + std::string(path);
  request.timeout = std::chrono::milliseconds{30'000};
  HttpResponse answer = TRY(http.send(request, std::move(stop)));
  if (answer.status != 200) return tl::unexpected(engine::error_of(answer.status, answer.body));
  return answer;
}

// Podman's /version takes a third of a second, for it asks the package manager about other
// programs; its answer to a ping tells the version too.
Result<engine::Version> version_of(Http& http, std::stop_token stop) {
  const HttpResponse ping = TRY(asked(http, "/_ping", stop));
  for (const auto& [name, value] : ping.headers) {
    if (name == "libpod-api-version") return engine::version_of_podman(value);
  }
  const HttpResponse answer = TRY(asked(http, "/version", std::move(stop)));
  return engine::parse_version(TRY(engine::data_of(answer.body)));
}

}  // namespace

Result<std::unique_ptr<ContainerRuntime>> connect_engine(const EngineOptions& options,
                                                         std::stop_token stop) {
  const std::string socket = TRY(engine_socket(options.socket));
  HttpOptions http;
  http.unix_socket = socket;
  http.max_connections = 256;  // each log that is followed holds one
  http.stall_limit = std::chrono::seconds{0};
  http.log = options.log;
  auto client = make_curl_http(http);

  auto version = version_of(*client, std::move(stop));
  if (!version) {
    return tl::unexpected(
        std::move(version).error().while_doing("connect to the container engine"));
  }
  return engine::make_runtime(
      {.http = std::move(client),
       .dialect = version->is_podman ? &engine::podman() : &engine::docker(),
       .prefix = version->prefix,
       .socket = socket,
       .scratch_dir = options.scratch_dir});
}

}  // namespace paas
