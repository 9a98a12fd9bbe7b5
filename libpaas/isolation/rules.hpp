#pragma once
// Who may reach whom on one host: the rules of the packet filter as one text, which nft takes as
// one transaction. Projects do not reach each other; nobody speaks with another's address.
//
// One bridge serves all projects (an address is never renumbered when a project grows), so frames
// between its ports are judged in the family `bridge`, and packets that the host would route back
// into it in `inet`. Rules go by address alone and stay in the kernel when the agent is gone.

#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace paas::isolation {

struct Member {
  std::string address;  // "10.200.1.2"
  std::string mac;      // "02:42:0a:c8:01:02"
  std::string project;
  bool operator==(const Member&) const = default;
};

struct Host {
  std::string bridge = "paas0";
  std::string subnet = "10.200.1.0/24";
  std::string gateway = "10.200.1.1";
  bool operator==(const Host&) const = default;
};

// The name of both tables.
inline constexpr std::string_view table = "paas";

// The MAC address that goes with an address, the one that engines are told: "02:42:" and its four
// bytes. Empty if it is no address.
std::string mac_of(const std::string& address);

// Both tables, whole: what was there before is replaced. The same members in any order give the
// same text. Within the subnet: a member sends with its own address and MAC alone; only members of
// its project and the gateway get it; broadcasts, multicasts, IPv6 and whatever else is no IPv4
// reach nobody. From outside the subnet nothing is routed to a member but answers, and connections
// that the host redirected to it: ports that it publishes stay reachable, for everybody.
//
// Who is no member yet can send nothing: load the rules before its container is started. A member
// whose address or MAC is none is left out; of two with one address one counts.
std::string rules(const Host& host, const std::vector<Member>& members);

// What removes both tables, and is no error where there are none.
std::string no_rules();

}  // namespace paas::isolation
#pragma GCC visibility pop
