#include "libpaas/isolation/rules.hpp"

#include <map>
#include <set>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"

namespace paas::isolation {
namespace {

// Members by address, whatever order they came in; projects have numbers, since what a person calls
// one is no word for nft.
struct Members {
  std::map<Ipv4, std::string> macs{};
  std::map<std::string, std::set<Ipv4>> projects{};
};

Members sorted(const std::vector<Member>& members) {
  std::map<Ipv4, std::pair<std::string, std::string>> all;  // MAC, project
  for (const Member& member : members) {
    const auto address = parse_ipv4(member.address);
    const auto mac = parse_mac(member.mac);
    if (!address || !mac) continue;
    const std::pair what(lower(to_text(*mac)), member.project);
    const auto [known, is_new] = all.emplace(*address, what);
    if (!is_new) known->second = std::min(known->second, what);
  }
  Members out;
  for (const auto& [address, what] : all) {
    out.macs[address] = what.first;
    out.projects[what.second].insert(address);
  }
  return out;
}

// Of packets that the host redirected from one member to another. Where frames are shown to the
// packet filter of packets (br_netfilter), such a one stays in the bridge and is judged there, and
// not every kernel knows connections in that family. No container can set it: marks do not cross
// from one network namespace to another.
constexpr const char* redirected = "0x08000000";

std::string commented(const std::string& text) {
  return shortened(printable(to_utf8(text)), 100);
}

std::string list_of(const std::vector<std::string>& elements) {
  if (elements.empty()) return {};
  return "\t\telements = {\n\t\t\t" + join(elements, ",\n\t\t\t") + "\n\t\t}\n";
}

std::string set_of(const std::string& name, const std::string& type,
                   const std::vector<std::string>& elements) {
  return "\tset " + name + " {\n\t\ttype " + type + "\n" + list_of(elements) + "\t}\n";
}

std::string chain_of(const std::string& name, const std::vector<std::string>& lines) {
  return "\tchain " + name + " {\n\t\t" + join(lines, "\n\t\t") + "\n\t}\n";
}

std::string base_chain_of(const std::string& name, const std::string& hook, int priority,
                          std::vector<std::string> lines) {
  lines.insert(lines.begin(), "type filter hook " + hook + " priority " + std::to_string(priority) +
                                  "; policy accept;");
  return chain_of(name, lines);
}

std::string project_name(std::size_t number) {
  return "project_" + std::to_string(number);
}

// Sets of addresses, one a project, a chain that lets pass what goes to one of it, and a map that
// leads to the chain by where something comes from. `matches`: "ip", and "arp" where frames are
// judged.
std::string projects_of(const Members& members, const std::vector<std::string>& matches) {
  std::string sets, chains;
  std::map<Ipv4, std::string> leads;
  std::size_t number = 0;
  for (const auto& [project, addresses] : members.projects) {
    const std::string name = project_name(++number);
    std::vector<std::string> elements, lines;
    for (const Ipv4 address : addresses) {
      elements.push_back(to_text(address));
      leads[address] = to_text(address) + " : goto " + name;
    }
    for (const std::string& match : matches) lines.push_back(match + " @" + name + " accept");
    lines.push_back("drop");
    sets += "\t# " + commented(project) + "\n" + set_of(name, "ipv4_addr", elements);
    chains += chain_of(name, lines);
  }
  std::vector<std::string> elements;
  for (const auto& [address, lead] : leads) elements.push_back(lead);
  return sets + chains + "\tmap projects {\n\t\ttype ipv4_addr : verdict\n" + list_of(elements) +
         "\t}\n";
}

std::string table_start(const std::string& family) {
  const std::string name = "table " + family + " " + std::string(table);
  return name + "\ndelete " + name + "\n" + name + " {\n";
}

// Frames, as ports of bridges get them. What the host itself sends passes no port into the bridge,
// so whatever claims to be the gateway and comes from one is forged.
std::string frames(const Host& host, const Members& members) {
  std::vector<std::string> macs, pairs;
  for (const auto& [address, mac] : members.macs) {
    macs.push_back(mac);
    pairs.push_back(mac + " . " + to_text(address));
  }
  return table_start("bridge") + set_of("macs", "ether_addr", macs) +
         set_of("members", "ether_addr . ipv4_addr", pairs) +
         projects_of(members, {"ip daddr", "arp daddr ip"}) +
         chain_of("from_member", {"ether saddr . ip saddr @members accept",
                                  "ether saddr . arp saddr ip @members arp saddr ether . arp saddr "
                                  "ip @members accept",
                                  "drop"}) +
         chain_of("to_member",
                  {std::string("meta mark and ") + redirected + " == " + redirected + " accept",
                   "ip saddr vmap @projects", "arp saddr ip vmap @projects", "drop"}) +
         base_chain_of("prerouting", "prerouting", -300,
                       {"ether saddr @macs goto from_member", "ip saddr " + host.subnet + " drop",
                        "arp saddr ip " + host.subnet + " drop"}) +
         base_chain_of(
             "forward", "forward", -200,
             {"ether saddr @macs goto to_member", "ether daddr @macs drop",
              "ip daddr " + host.subnet + " drop", "arp daddr ip " + host.subnet + " drop"}) +
         "}\n";
}

// Packets, as the host routes them: into the bridge, or back into it.
std::string packets(const Host& host, const Members& members) {
  std::vector<std::string> addresses;
  for (const auto& [address, mac] : members.macs) addresses.push_back(to_text(address));
  const std::string from_bridge = "iifname \"" + host.bridge + "\" ";
  const std::string into = "ip daddr " + host.subnet + " ";
  return table_start("inet") + set_of("addresses", "ipv4_addr", addresses) +
         projects_of(members, {"ip daddr"}) +
         chain_of("between_members", {"ip saddr vmap @projects", "drop"}) +
         base_chain_of("prerouting", "prerouting", -300,
                       {from_bridge + "meta nfproto ipv6 drop",
                        from_bridge + "ip saddr != @addresses drop"}) +
         base_chain_of("redirected", "prerouting", -90,
                       {from_bridge + "ip saddr " + host.subnet + " " + into +
                        "ct status dnat meta mark set meta mark or " + redirected}) +
         base_chain_of("forward", "forward", 0,
                       {"ct status dnat accept",
                        "ip saddr " + host.subnet + " " + into + "goto between_members",
                        into + "ct state established,related accept", into + "drop"}) +
         "}\n";
}

}  // namespace

std::string mac_of(const std::string& address) {
  const auto parsed = parse_ipv4(address);
  return parsed ? lower(to_text(paas::mac_of(*parsed))) : std::string();
}

std::string rules(const Host& host, const std::vector<Member>& members) {
  const Members known = sorted(members);
  return frames(host, known) + packets(host, known);
}

std::string no_rules() {
  std::string out;
  for (const char* const family : {"bridge", "inet"}) {
    const std::string name = std::string("table ") + family + " " + std::string(table) + "\n";
    out += name + "delete " + name;
  }
  return out;
}

}  // namespace paas::isolation
