#include "libpaas/dns/address.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::dns {
namespace {

constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

Ip with_tail(const Ip& ip, int prefix, std::uint8_t fill) {
  Ip out = ip;
  for (int byte = 0; byte < 16; ++byte) {
    const int kept = std::clamp(prefix - byte * 8, 0, 8);
    const auto mask = static_cast<std::uint8_t>(0xFF00 >> kept);
    auto& here = out.bytes[static_cast<std::size_t>(byte)];
    here = static_cast<std::uint8_t>((here & mask) | (fill & ~mask));
  }
  return out;
}

// As much of what Linux allows as anybody uses: at most fifteen bytes.
bool is_interface(std::string_view text) {
  return !text.empty() && text.size() <= 15 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '@';
  });
}

Ipv4 ipv4_of(const Ip& ip) {
  std::uint32_t bits = 0;
  for (std::size_t i = 12; i < 16; ++i) bits = bits << 8 | ip.bytes[i];
  return {bits};
}

}  // namespace

Ip Ip::v4(Ipv4 address) {
  Ip out;
  std::copy(mapped.begin(), mapped.end(), out.bytes.begin());
  for (std::size_t i = 0; i < 4; ++i) {
    out.bytes[12 + i] = static_cast<std::uint8_t>(address.bits >> (24 - 8 * i));
  }
  return out;
}

bool Ip::is_v4() const {
  return std::equal(mapped.begin(), mapped.end(), bytes.begin());
}

Ip Network::last() const {
  return with_tail(address, prefix, 0xFF);
}

Result<Ip> parse_ip(std::string_view text) {
  if (text.find(':') != text.npos) return Ip::v6(TRY(parse_ipv6(text)));
  return Ip::v4(TRY(parse_ipv4(text)));
}

Result<Network> parse_network(std::string_view text) {
  Network out;
  if (text.find(':') != text.npos) {
    const Cidr6 network = TRY(parse_cidr6(text));
    out = {Ip::v6(network.address), network.prefix};
  } else {
    const Cidr4 network = TRY(parse_cidr4(text));
    out = {Ip::v4(network.address), 96 + network.prefix};
  }
  if (with_tail(out.address, out.prefix, 0) != out.address) {
    return fail(Errc::invalid, excerpt(text, 64) + " has bits behind its prefix");
  }
  return out;
}

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t usual_port) {
  Endpoint out;
  out.port = usual_port;
  std::string_view host = text;
  std::string_view port;
  const std::size_t colon = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos || (end + 1 < text.size() && text[end + 1] != ':')) {
      return fail(Errc::invalid, excerpt(text, 64) + " is not an address with a port");
    }
    host = text.substr(1, end - 1);
    port = end + 1 < text.size() ? text.substr(end + 2) : "";
    if (end + 2 == text.size()) return fail(Errc::invalid, excerpt(text, 64) + " lacks its port");
  } else if (colon != text.npos && text.find(':', colon + 1) == text.npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (port.empty()) return fail(Errc::invalid, excerpt(text, 64) + " lacks its port");
  }
  if (!port.empty()) {
    const auto number = parse_integer<std::uint16_t>(port);
    if (!number) return fail(Errc::invalid, excerpt(text, 64) + " has no port from 0 to 65535");
    out.port = *number;
  }
  const std::size_t percent = host.find('%');
  if (percent != host.npos) {
    out.zone = host.substr(percent + 1);
    if (!is_interface(out.zone) || host.find(':') == host.npos) {
      return fail(Errc::invalid, excerpt(text, 64) + " is not an address with an interface");
    }
    host = host.substr(0, percent);
  }
  out.ip = TRY(parse_ip(host));
  return out;
}

std::string to_text(const Ip& ip) {
  return ip.is_v4() ? paas::to_text(ipv4_of(ip)) : paas::to_text(Ipv6{ip.bytes});
}

std::string to_text(const Network& network) {
  const bool v4 = network.address.is_v4() && network.prefix >= 96;
  return to_text(network.address) + "/" + std::to_string(network.prefix - (v4 ? 96 : 0));
}

std::string to_text(const Endpoint& endpoint) {
  std::string host = to_text(endpoint.ip);
  if (!endpoint.zone.empty()) host += "%" + endpoint.zone;
  if (!endpoint.ip.is_v4()) host = "[" + host + "]";
  return host + ":" + std::to_string(endpoint.port);
}

}  // namespace paas::dns
