#pragma once
// Who may reach whom on one host: the rules of the packet filter as one text, which nft takes as
// one transaction. Projects do not reach each other; nobody speaks with another's address.
//
// One bridge serves all projects (an address is never renumbered when a project grows), so frames
// between its ports are judged in the family `bridge`, and packets that the host would route back
// into it in `inet`. Rules go by address alone and stay in the kernel when the agent is gone.

#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace paas::isolation {

struct Member {
  std::string address;  // "10.200.1.2"
  std::string mac;      // "02:00:0a:c8:01:02"
  std::string project;
  bool operator==(const Member&) const = default;
};

struct Host {
  std::string bridge = "paas0";
  std::string subnet = "10.200.1.0/24";
  std::string gateway = "10.200.1.1";
  bool operator==(const Host&) const = default;
};

// The MAC address that goes with an address: "02:00:" and its four bytes.
std::string mac_of(const std::string& address);

// Both tables, whole: what was there before is replaced. The same members in any order give the
// same text. Within the subnet: what a source may send with (its own address and MAC), and that
// only members of its project and the gateway get it; IPv6 between containers is dropped (they
// have no addresses of ours). Ports that the host publishes stay reachable: connections that were
// redirected by it are let through.
std::string rules(const Host& host, const std::vector<Member>& members);

// What removes both tables, and is no error where there are none.
std::string no_rules();

}  // namespace paas::isolation
#pragma GCC visibility pop
