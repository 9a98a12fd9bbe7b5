#include "libpaas/base/net.hpp"

#include <charconv>
#include <optional>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

template <class T>
Result<T> not_a(std::string_view what, std::string_view text) {
  return fail(Errc::invalid, excerpt(text, 64) + " is not " + std::string(what));
}

std::optional<std::uint32_t> read_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return {};
  std::uint32_t bits = 0;
  for (const std::string_view part : parts) {
    const auto number = parse_integer<std::uint8_t>(part);
    if (!number || (part.size() > 1 && part[0] == '0')) return {};
    bits = bits << 8 | *number;
  }
  return bits;
}

std::optional<std::uint16_t> read_hex16(std::string_view text) {
  std::uint16_t value{};
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value, 16);
  if (problem != std::errc{} || stop != end || text.size() > 4) return {};
  return value;
}

// Groups of 16 bits separated by ':', the last two perhaps written as an IPv4 address.
std::optional<std::vector<std::uint16_t>> read_groups(std::string_view text, bool may_end_in_ipv4) {
  std::vector<std::uint16_t> groups;
  if (text.empty()) return groups;
  const auto parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (may_end_in_ipv4 && i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
      const auto tail = read_ipv4(parts[i]);
      if (!tail) return {};
      groups.push_back(static_cast<std::uint16_t>(*tail >> 16));
      groups.push_back(static_cast<std::uint16_t>(*tail & 0xFFFFu));
      continue;
    }
    const auto group = read_hex16(parts[i]);
    if (!group) return {};
    groups.push_back(*group);
  }
  return groups;
}

std::optional<Ipv6> read_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const auto head = read_groups(text.substr(0, gap), gap == std::string_view::npos);
  if (!head) return {};
  std::vector<std::uint16_t> groups = *head;
  if (gap == std::string_view::npos) {
    if (groups.size() != 8) return {};
  } else {
    const auto tail = read_groups(text.substr(gap + 2), true);
    if (!tail || groups.size() + tail->size() > 7) return {};
    groups.resize(8 - tail->size());
    groups.insert(groups.end(), tail->begin(), tail->end());
  }
  Ipv6 address;
  for (std::size_t i = 0; i < 8; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFFu);
  }
  return address;
}

// The number behind the '/', which stands once; `text` is left with what is before it.
std::optional<int> take_prefix(std::string_view& text, int max) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view digits = text.substr(slash + 1);
  const auto prefix = parse_integer<int>(digits);
  if (!prefix || *prefix < 0 || *prefix > max || (digits.size() > 1 && digits[0] == '0')) return {};
  if (digits[0] == '-') return {};
  text = text.substr(0, slash);
  return prefix;
}

std::uint32_t mask4(int prefix) {
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
}

}  // namespace

Ipv4 Cidr4::network() const {
  return {address.bits & mask4(prefix)};
}
bool Cidr4::contains(Ipv4 other) const {
  return (other.bits & mask4(prefix)) == network().bits;
}

Ipv6 Cidr6::network() const {
  Ipv6 out = address;
  for (int i = 0; i < 16; ++i) {
    const int kept = prefix - 8 * i;  // bits of this byte that belong to the prefix
    auto& byte = out.bytes[static_cast<std::size_t>(i)];
    if (kept <= 0)
      byte = 0;
    else if (kept < 8)
      byte = static_cast<std::uint8_t>(byte & (0xFFu << (8 - kept)));
  }
  return out;
}
bool Cidr6::contains(const Ipv6& other) const {
  return Cidr6{other, prefix}.network() == network();
}

Result<Ipv4> parse_ipv4(std::string_view text) {
  const auto bits = read_ipv4(text);
  if (!bits) return not_a<Ipv4>("an IPv4 address", text);
  return Ipv4{*bits};
}

Result<Ipv6> parse_ipv6(std::string_view text) {
  const auto address = read_ipv6(text);
  if (!address) return not_a<Ipv6>("an IPv6 address", text);
  return *address;
}

Result<Cidr4> parse_cidr4(std::string_view text) {
  std::string_view rest = text;
  const auto prefix = take_prefix(rest, 32);
  const auto bits = prefix ? read_ipv4(rest) : std::nullopt;
  if (!bits) return not_a<Cidr4>("an IPv4 address with a prefix length, like 10.0.0.5/24", text);
  return Cidr4{Ipv4{*bits}, *prefix};
}

Result<Cidr6> parse_cidr6(std::string_view text) {
  std::string_view rest = text;
  const auto prefix = take_prefix(rest, 128);
  const auto address = prefix ? read_ipv6(rest) : std::nullopt;
  if (!address) return not_a<Cidr6>("an IPv6 address with a prefix length, like fd00::5/64", text);
  return Cidr6{*address, *prefix};
}

Result<Mac> parse_mac(std::string_view text) {
  const auto parts = split(text, ':');
  Mac mac;
  if (parts.size() != mac.bytes.size()) return not_a<Mac>("a MAC address", text);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto byte = read_hex16(parts[i]);
    if (!byte || parts[i].size() != 2) return not_a<Mac>("a MAC address", text);
    mac.bytes[i] = static_cast<std::uint8_t>(*byte);
  }
  return mac;
}

Mac mac_of(Ipv4 address) {
  Mac mac{{0x02, 0x42, 0, 0, 0, 0}};
  for (std::size_t i = 0; i < 4; ++i) {
    mac.bytes[2 + i] = static_cast<std::uint8_t>(address.bits >> (24 - 8 * i));
  }
  return mac;
}

std::string to_text(Ipv4 address) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string(address.bits >> shift & 0xFFu);
    if (shift > 0) out += '.';
  }
  return out;
}

std::string to_text(const Ipv6& address) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i)
    groups[i] = static_cast<unsigned>(address.bytes[2 * i]) << 8 | address.bytes[2 * i + 1];
  std::size_t gap = 8;  // the longest run of zero groups, the first of equals, at least two
  std::size_t gap_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) {
      gap = i;
      gap_length = end - i;
    }
    if (end > i) i = end - 1;
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    char digits[4];
    const auto end = std::to_chars(digits, digits + sizeof digits, groups[i], 16).ptr;
    out.append(digits, end);
  }
  return out;
}

std::string to_text(const Cidr4& network) {
  return to_text(network.address) + "/" + std::to_string(network.prefix);
}

std::string to_text(const Cidr6& network) {
  return to_text(network.address) + "/" + std::to_string(network.prefix);
}

std::string to_text(const Mac& mac) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const std::uint8_t byte : mac.bytes) {
    if (!out.empty()) out += ':';
    out += digits[byte >> 4];
    out += digits[byte & 15u];
  }
  return out;
}

}  // namespace paas
