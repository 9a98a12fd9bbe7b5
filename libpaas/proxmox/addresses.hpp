#pragma once
// The addresses that a running container has inside: GET /nodes/{node}/lxc/{vmid}/interfaces.

#include <map>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::proxmox {

// By interface ("eth0"), without prefix lengths, in the order of the server. What others could
// reach: neither loopback nor link-local addresses, which are there before any network is.
struct Addresses {
  std::map<std::string, std::vector<std::string>> ipv4{};
  std::map<std::string, std::vector<std::string>> ipv6{};
  bool operator==(const Addresses&) const = default;
};

// Null, as of a stopped container, is no address. Texts that are no address are passed over.
Result<Addresses> parse_addresses(const Json& data);

}  // namespace paas::proxmox
#pragma GCC visibility pop
