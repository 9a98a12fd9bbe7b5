#pragma once
// Feed: everything the names service knows, as one value, and its text.
//
// Whoever decides what is ready writes it; the names service reads it and needs nobody else. The
// format is docs/formats/dns-feed.schema.json: JSON, a version, unknown fields ignored.

#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"
#include "libpaas/dns/address.hpp"

namespace paas::dns {

// What an app serves: SRV records _name._protocol.
struct Port {
  std::string name;
  std::string protocol = "tcp";  // "tcp" or "udp"
  std::uint16_t number = 0;
  bool operator==(const Port&) const = default;
};

// A replica that is ready. One that is not is left out.
struct Replica {
  std::string name;  // "1": 1.web.shop.internal
  std::vector<Ip> addresses;
  bool operator==(const Replica&) const = default;
};

struct App {
  std::string name;
  std::vector<Port> ports;
  std::vector<Replica> replicas;  // none: the name is there, without an address
  bool operator==(const App&) const = default;
};

struct Project {
  std::string name;
  std::vector<Network> networks;  // who asks from here is of the project
  std::vector<App> apps;
  bool operator==(const Project&) const = default;
};

struct Feed {
  std::uint64_t generation = 0;  // of the records; grows with every change
  std::uint32_t ttl_s = 5;       // of every record
  std::uint32_t negative_ttl_s = 1;
  std::vector<Endpoint> listen;  // where to answer, besides what the command line says
  std::vector<Network> clients;  // who else may ask, without being of a project
  std::vector<Network> reverse;  // whose addresses are ours to name, as those of projects are
  std::vector<Project> projects;
  bool operator==(const Feed&) const = default;
};

inline constexpr std::size_t most_feed_bytes = std::size_t{16} << 20;
inline constexpr std::size_t most_addresses_of_an_app = 1000;
inline constexpr std::size_t most_listened = 1024;

// An address to answer on, with port 53 unless it says another. Errors: `invalid`, also for one
// that stands for all addresses: a server that listens everywhere answers strangers.
Result<Endpoint> parse_listen(std::string_view text);

// Errors: `invalid`, naming the path in the text of the first thing that is wrong.
Result<Feed> parse_feed(std::string_view text);

// Compact JSON in one line; parse_feed() gives the same feed.
std::string print_feed(const Feed& feed);

}  // namespace paas::dns
