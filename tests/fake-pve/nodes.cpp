#include "tests/fake-pve/nodes.hpp"

#include <algorithm>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {

bool bridge_exists(const State& state, const std::string& name) {
  const auto has_it = [&](const Node& node) {
    return std::find(node.bridges.begin(), node.bridges.end(), name) != node.bridges.end();
  };
  return std::any_of(state.nodes.begin(), state.nodes.end(), has_it) ||
         state.sdn_vnets.contains(name);
}

std::string leased_address(const std::string& bridge, const std::string& mac) {
  const std::uint64_t hash = stable_hash(bridge + ' ' + upper(mac));
  const auto parts = numbered(bridge);
  const auto network = static_cast<std::uint64_t>(parts ? parts->number : 0) % 256;
  return "10." + std::to_string(network) + '.' + std::to_string(hash % 254 + 1) + '.' +
         std::to_string((hash >> 16) % 250 + 2) + "/16";
}

std::string link_local_address(const std::string& mac) {
  std::vector<unsigned long> bytes;
  for (const std::string& byte : split_fields(mac, ':'))
    bytes.push_back(std::stoul(byte, nullptr, 16));
  bytes.resize(6);
  bytes[0] ^= 2;
  const auto group = [](unsigned long high, unsigned long low) {
    std::string text = lower(hex(high << 8 | low, 4));
    text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
    return text;
  };
  return "fe80::" + group(bytes[0], bytes[1]) + ':' + group(bytes[2], 0xff) + ':' +
         group(0xfe, bytes[3]) + ':' + group(bytes[4], bytes[5]) + "/64";
}

}  // namespace paas::fake_pve
