#pragma once
// The numbers of DNS on the wire (RFC 1035, RFC 6891), and bytes as spans.

#include <cstdint>
#include <span>
#include <vector>

namespace paas::dns {

using View = std::span<const std::uint8_t>;
using Buffer = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

namespace type {
inline constexpr std::uint16_t a = 1, soa = 6, ptr = 12, hinfo = 13, txt = 16, aaaa = 28, srv = 33,
                               opt = 41, ixfr = 251, axfr = 252, any = 255;
}

inline constexpr std::uint16_t class_in = 1;

enum class Rcode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,  // RFC 6891: its upper bits stand in the OPT record
};

// The second 16 bits of a header.
namespace flag {
inline constexpr std::uint16_t response = 0x8000, opcode = 0x7800, authoritative = 0x0400,
                               truncated = 0x0200, recursion_desired = 0x0100,
                               recursion_available = 0x0080, checking_disabled = 0x0010,
                               rcode = 0x000F;
}

inline constexpr std::size_t header_bytes = 12;
inline constexpr std::size_t opt_bytes = 11;  // of an OPT record without options
inline constexpr std::size_t most_name_bytes = 255;
inline constexpr std::size_t most_label_bytes = 63;
inline constexpr std::size_t most_message_bytes = 65535;

// What fits one packet everywhere: with EDNS at most this (dnsflagday.net/2020), without it 512.
inline constexpr std::uint16_t most_udp_bytes = 1232;
inline constexpr std::uint16_t least_udp_bytes = 512;

inline std::uint16_t load16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t load32(const std::uint8_t* at) {
  return std::uint32_t{load16(at)} << 16 | load16(at + 2);
}
inline void store16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
inline void store32(std::uint8_t* at, std::uint32_t value) {
  store16(at, static_cast<std::uint16_t>(value >> 16));
  store16(at + 2, static_cast<std::uint16_t>(value));
}
inline void append16(Bytes& to, std::uint16_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}
inline void append32(Bytes& to, std::uint32_t value) {
  append16(to, static_cast<std::uint16_t>(value >> 16));
  append16(to, static_cast<std::uint16_t>(value));
}

}  // namespace paas::dns
