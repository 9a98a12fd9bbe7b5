#pragma once
// Dialect: what differs between the HTTP interfaces of Podman (libpod, version 4) and Docker (1.41
// and later). Pure: a dialect says what to send and what an answer means; who sends it is an
// adapter.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/model/engine.hpp"

namespace paas::engine {

struct Call {
  std::string method = "GET";
  std::string path;  // behind the dialect's prefix, query included
  Json body{};       // null: none
  std::vector<std::pair<std::string, std::string>> headers{};
};

// Of the host and of the caller, for a container that is to be made.
struct HostFacts {
  // What a process here may be given at most. Podman's API, other than its command line, asks for
  // 1048576 of both unless told, and the container then fails to start where the host allows less.
  std::uint64_t open_files = 1048576;
  std::uint64_t processes = 1048576;
  // A file with resolv_conf_text(), for an engine that would put a name server of its own between.
  std::string resolv_conf{};
  // The image's own entrypoint, for a command that is to be empty.
  model::Texts image_entrypoint{};
};

struct Dialect {
  std::string_view name;             // "podman"
  std::string_view prefix;           // "/v4.0.0/libpod"
  std::string_view networks;         // path that lists them
  std::string_view volumes;          // path that lists them
  std::string_view grace_parameter;  // of "stop"
  bool needs_resolv_conf;            // its networks have a name server that cannot be switched off
  bool loads_oci;                    // takes archives in OCI layout
  bool starts_with_size;             // the start of an exec takes the terminal's size

  model::EngineInfo (*info)(const Json& answer);
  Call (*pull)(const model::PullSpec& spec);
  Json (*network)(const model::NetworkSpec& spec);
  Json (*volume)(const std::string& name, const model::TextMap& labels);
  // Errors: `invalid`, for what no engine takes.
  Result<Call> (*create)(const model::ContainerSpec& spec, const HostFacts& host);
  Result<std::vector<model::NetworkInfo>> (*parse_networks)(const Json& answer);
  Result<std::uint64_t> (*parse_disk_use)(const Json& answer);
};

const Dialect& podman();
const Dialect& docker();

// What GET /version says: which engine, and for Docker which version of the interface to speak.
struct Version {
  bool is_podman = false;
  std::string engine;  // "4.3.1"
  std::string prefix;  // "/v1.41"
};
// Errors: `invalid` if the engine is too old or no engine at all.
Result<Version> parse_version(const Json& answer);
// Of Podman, which tells it with every answer ("Libpod-Api-Version"). Errors: `invalid`: too old.
Result<Version> version_of_podman(std::string_view engine);

// An image's reference in the one form that both engines read alike: with its registry, and with a
// tag or a digest, but not both ("docker.io/library/nginx:1.27" of "nginx:1.27"). Ids stay.
std::string full_reference(std::string_view reference);

// What the container's /etc/resolv.conf says.
std::string resolv_conf_text(const model::Texts& dns_servers);

// "02:42:0a:c8:07:09" of "10.200.7.9": a new container with an old address keeps the old MAC
// address, so that no neighbour's table is stale. Errors: `invalid`.
Result<std::string> stable_mac(const std::string& address);

// "SIGTERM", "TERM" or "15" as a number. Errors: `invalid`.
Result<int> signal_number(std::string_view name);

// "CAP_NET_ADMIN" of "net_admin" and "CAP_NET_ADMIN"; "ALL" stays. Errors: `invalid`.
Result<std::string> capability_name(std::string_view name);

// Text for a path or query.
std::string escaped(std::string_view text);

}  // namespace paas::engine
