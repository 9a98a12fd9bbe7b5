#include "libpaas/proxmox/addresses.hpp"

#include "libpaas/base/net.hpp"

namespace paas::proxmox {
namespace {

bool is_reachable(Ipv4 address) {
  const bool loopback = (address.bits >> 24) == 127;
  const bool link_local = (address.bits >> 16) == 0xA9FE;  // 169.254/16, RFC 3927
  return !loopback && !link_local && address.bits != 0;
}

bool is_reachable(const Ipv6& address) {
  const bool link_local =
      address.bytes[0] == 0xFE && (address.bytes[1] & 0xC0u) == 0x80;  // RFC 4291, 2.4
  Ipv6 loopback;
  loopback.bytes[15] = 1;
  return !link_local && address != loopback && address != Ipv6{};
}

}  // namespace

Result<Addresses> parse_addresses(const Json& data) {
  Addresses out;
  if (data.is_null()) return out;
  if (!data.array()) return fail(Errc::internal, "unable to understand the list of interfaces");
  for (const Json& interface : *data.array()) {
    const std::string* name = interface["name"].string();
    const Json::Array* addresses = interface["ip-addresses"].array();
    if (!name || !addresses) continue;
    for (const Json& entry : *addresses) {
      const std::string* text = entry["ip-address"].string();
      if (!text) continue;
      if (const auto ipv4 = parse_ipv4(*text); ipv4 && is_reachable(*ipv4))
        out.ipv4[*name].push_back(to_text(*ipv4));
      if (const auto ipv6 = parse_ipv6(*text); ipv6 && is_reachable(*ipv6))
        out.ipv6[*name].push_back(to_text(*ipv6));
    }
  }
  return out;
}

}  // namespace paas::proxmox
