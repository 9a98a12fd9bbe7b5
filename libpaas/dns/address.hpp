#pragma once
// Addresses of both families as one type, networks of them, and where a server listens.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "libpaas/base/net.hpp"
#include "libpaas/base/result.hpp"

namespace paas::dns {

// IPv4 stands as ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2), so that one order and one kind of
// prefix serve both.
struct Ip {
  std::array<std::uint8_t, 16> bytes{};

  static Ip v4(Ipv4 address);
  static Ip v6(const Ipv6& address) { return {address.bytes}; }
  bool is_v4() const;
  auto operator<=>(const Ip&) const = default;
};

struct Network {
  Ip address;        // no bits behind the prefix
  int prefix = 128;  // of the sixteen bytes: 96 + n for an IPv4 network of /n

  Ip first() const { return address; }
  Ip last() const;
  bool contains(const Ip& ip) const { return first() <= ip && ip <= last(); }
  auto operator<=>(const Network&) const = default;
};

// Where a server is. `zone` is the interface of a link-local IPv6 address, else empty.
struct Endpoint {
  Ip ip;
  std::uint16_t port = 53;
  std::string zone{};
  auto operator<=>(const Endpoint&) const = default;
};

// Errors: `invalid`, quoting the text. A network has no bits behind its prefix.
Result<Ip> parse_ip(std::string_view text);
Result<Network> parse_network(std::string_view text);
// "10.0.0.1", "10.0.0.1:5353", "fd00::1", "[fd00::1]:5353", "fe80::1%eth0"
Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t usual_port = 53);

std::string to_text(const Ip& ip);
std::string to_text(const Network& network);
std::string to_text(const Endpoint& endpoint);  // always with the port

}  // namespace paas::dns
