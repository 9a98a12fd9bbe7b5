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

  HttpRequest request;
  request.url = "http://engine/version";
  request.timeout = std::chrono::milliseconds{30'000};
  auto answer = client->send(request, std::move(stop));
  if (!answer) {
    return tl::unexpected(std::move(answer).error().while_doing("connect to the container engine"));
  }
  if (answer->status != 200) return tl::unexpected(engine::error_of(answer->status, answer->body));
  const auto version = TRY(engine::parse_version(TRY(engine::data_of(answer->body))));
  return engine::make_runtime({.http = std::move(client),
                               .dialect = version.is_podman ? &engine::podman() : &engine::docker(),
                               .prefix = version.prefix,
                               .socket = socket,
                               .scratch_dir = options.scratch_dir});
}

}  // namespace paas
