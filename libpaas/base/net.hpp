#pragma once
// Network addresses as values: IPv4, IPv6, prefixes of both, MAC addresses.
//
// Parsing is strict (what is printed parses back, and little else does). Every parse error is
// `invalid` and quotes the text.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "libpaas/base/result.hpp"

namespace paas {

struct Ipv4 {
  std::uint32_t bits = 0;  // host order: 10.0.0.1 is 0x0A000001
  auto operator<=>(const Ipv4&) const = default;
};

struct Ipv6 {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Ipv6&) const = default;
};

// An address with the length of its network's prefix; bits behind the prefix are kept.
struct Cidr4 {
  Ipv4 address;
  int prefix = 32;  // 0..32
  auto operator<=>(const Cidr4&) const = default;
  Ipv4 network() const;
  bool contains(Ipv4 other) const;
};

struct Cidr6 {
  Ipv6 address;
  int prefix = 128;  // 0..128
  auto operator<=>(const Cidr6&) const = default;
  Ipv6 network() const;
  bool contains(const Ipv6& other) const;
};

struct Mac {
  std::array<std::uint8_t, 6> bytes{};
  auto operator<=>(const Mac&) const = default;
  bool is_multicast() const { return (bytes[0] & 1u) != 0; }
};

// Four decimal numbers without leading zeros.
Result<Ipv4> parse_ipv4(std::string_view text);
// RFC 4291, section 2.2, all three forms; no zone.
Result<Ipv6> parse_ipv6(std::string_view text);
// "10.0.0.5/24": the prefix is needed.
Result<Cidr4> parse_cidr4(std::string_view text);
Result<Cidr6> parse_cidr6(std::string_view text);
// Six pairs of hexadecimal digits with ':' between them, in either case.
Result<Mac> parse_mac(std::string_view text);

// The MAC address that goes with an address for ever: "02:42:" and its four bytes, which makes it
// locally administered.
Mac mac_of(Ipv4 address);

std::string to_text(Ipv4 address);
std::string to_text(const Ipv6& address);  // RFC 5952
std::string to_text(const Cidr4& network);
std::string to_text(const Cidr6& network);
std::string to_text(const Mac& mac);  // upper case: "BC:24:11:00:00:01"

}  // namespace paas
