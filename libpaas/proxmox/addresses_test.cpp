#include "libpaas/proxmox/addresses.hpp"

#include <catch2/catch.hpp>

namespace addresses_test {

using namespace paas;

proxmox::Addresses addresses_of(const char* json) {
  return proxmox::parse_addresses(parse_json(json).value()).value();
}

TEST_CASE("addresses inside a container are listed by interface", "[proxmox]") {
  const auto addresses = addresses_of(R"([
    {"name": "eth0", "hwaddr": "bc:24:11:00:00:01", "ip-addresses": [
      {"ip-address": "192.0.2.10", "ip-address-type": "inet", "prefix": "24"},
      {"ip-address": "192.0.2.11", "ip-address-type": "inet", "prefix": 24},
      {"ip-address": "2001:db8::5", "ip-address-type": "inet6", "prefix": "64"}]},
    {"name": "eth1", "ip-addresses": [{"ip-address": "10.0.0.9"}]}])");
  CHECK(addresses.ipv4 == std::map<std::string, std::vector<std::string>>{
                              {"eth0", {"192.0.2.10", "192.0.2.11"}}, {"eth1", {"10.0.0.9"}}});
  CHECK(addresses.ipv6 ==
        std::map<std::string, std::vector<std::string>>{{"eth0", {"2001:db8::5"}}});
}

TEST_CASE("loopback and link-local addresses do not count", "[proxmox]") {
  for (const char* text : {"127.0.0.1", "169.254.7.7", "0.0.0.0", "::1", "::", "fe80::1", "febf::1",
                           "no address", "10.0.0.1/24"}) {
    INFO(text);
    const Json data = Json::Array{Json::Object{
        {"name", "eth0"}, {"ip-addresses", Json::Array{Json::Object{{"ip-address", text}}}}}};
    CHECK(proxmox::parse_addresses(data).value() == proxmox::Addresses{});
  }
  CHECK(addresses_of(R"([{"name": "eth0", "ip-addresses": [{"ip-address": "fec0::1"}]}])")
            .ipv6.at("eth0") == std::vector<std::string>{"fec0::1"});
}

TEST_CASE("a stopped container has no addresses, and nonsense is an error", "[proxmox]") {
  CHECK(addresses_of("null") == proxmox::Addresses{});
  CHECK(addresses_of("[]") == proxmox::Addresses{});
  CHECK(addresses_of(R"([{"name": "eth0"}, {"ip-addresses": []}, 7])") == proxmox::Addresses{});
  CHECK(!proxmox::parse_addresses(Json("text")));
}

}  // namespace addresses_test
