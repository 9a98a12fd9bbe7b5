#pragma once
// The host file: what a source of apps may ask of this host. Only root writes it, and no source can
// widen it (docs/formats/host.schema.json).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/document.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/model/app.hpp"

#pragma GCC visibility push(default)
namespace paas::blueprint {

// A range of ports of the host, both ends in it.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  bool operator==(const PortRange&) const = default;
};

// What is not named is not allowed; a host without the file allows what is written here.
struct HostRules {
  std::vector<std::string> bind_roots{};    // folders below which paths may be mounted
  std::vector<std::string> capabilities{};  // beyond none: "NET_ADMIN"
  std::vector<std::string> devices{};       // paths, "/dev/dri/*"
  bool privileged = false;
  bool new_privileges = false;
  std::vector<std::string> registries{"*"};  // host[:port], "*.example.org", "*": every one
  std::vector<std::string> archive_roots{};  // where "oci-archive:" may point
  std::vector<PortRange> ports{};            // of the host, that may be published
  bool public_ports = false;                 // on addresses other than the loopback ones
  std::vector<std::string> sysctls{};        // "net.ipv4.ip_unprivileged_port_start"
  bool require_signed_commits = false;       // of a git source
  bool operator==(const HostRules&) const = default;
};

// YAML or JSON; all that is wrong at once, unknown fields among it.
Checked<HostRules> parse_host_rules(std::string_view text, std::string_view file);

// What a blueprint asks for and the host does not allow: path, and which rule would allow it.
// Paths are judged as written, after "." and ".." are resolved in the text; what a symbolic link
// makes of one is the engine's adapter to see to.
std::vector<Mistake> breaches(const model::Blueprint& blueprint, const HostRules& rules);

}  // namespace paas::blueprint
#pragma GCC visibility pop
