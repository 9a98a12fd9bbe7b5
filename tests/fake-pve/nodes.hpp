#pragma once
// The nodes' networks, and the addresses their guests are given.

#include <string>
#include <vector>

#include "tests/fake-pve/state.hpp"

namespace paas::fake_pve {

// A bridge of any node or a network of the SDN.
bool bridge_exists(const State& state, const std::string& name);

// What the DHCP server of a bridge would give this MAC address, "10.0.7.23/16": always the same.
std::string leased_address(const std::string& bridge, const std::string& mac);
// The IPv6 link-local address that belongs to a MAC address, with "/64".
std::string link_local_address(const std::string& mac);

}  // namespace paas::fake_pve
