#include "libpaas/base/net.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace paas::net_test {

TEST_CASE("IPv4 addresses are four plain numbers") {
  CHECK(parse_ipv4("10.0.0.1")->bits == 0x0A000001u);
  CHECK(to_text(Ipv4{0xFFFFFFFFu}) == "255.255.255.255");
  for (const char* text :
       {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "1.2.3.4.5", "a.b.c.d"})
    CHECK(parse_ipv4(text).error().code == Errc::invalid);
}

TEST_CASE("an error quotes what it refuses as UTF-8") {
  CHECK(parse_ipv4("1.2.3.\xFF").error().message ==
        "\"1.2.3.\xEF\xBF\xBD\" is not an IPv4 address");
}

TEST_CASE("IPv6 addresses in all their forms") {
  CHECK(to_text(*parse_ipv6("2001:DB8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1");
  CHECK(to_text(*parse_ipv6("::")) == "::");
  CHECK(to_text(*parse_ipv6("::1")) == "::1");
  CHECK(to_text(*parse_ipv6("fe80::")) == "fe80::");
  CHECK(to_text(*parse_ipv6("1:2:3:4:5:6:7:8")) == "1:2:3:4:5:6:7:8");
  CHECK(to_text(*parse_ipv6("::ffff:10.0.0.1")) == "::ffff:a00:1");
  CHECK(to_text(*parse_ipv6("1:0:3:4:5:6:7:8")) == "1:0:3:4:5:6:7:8");  // one group is no run
  for (const char* text : {"", ":", ":::", "1:2", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "::g",
                           "1.2.3.4::", "fe80::1%eth0", "1:2:3:4:5:6:7::8:9", "::1.2.3.4:5"})
    CHECK(parse_ipv6(text).error().code == Errc::invalid);
}

TEST_CASE("addresses survive printing and parsing") {
  CHECK(rc::check(
      [](std::uint32_t bits) { RC_ASSERT(parse_ipv4(to_text(Ipv4{bits})) == Ipv4{bits}); }));
  CHECK(rc::check([] {
    Ipv6 address;  // zeros are frequent, so that all kinds of gaps occur
    for (auto& byte : address.bytes)
      byte = *rc::gen::weightedOneOf<std::uint8_t>(
          {{4, rc::gen::just<std::uint8_t>(0)}, {1, rc::gen::arbitrary<std::uint8_t>()}});
    RC_ASSERT(parse_ipv6(to_text(address)) == address);
  }));
  CHECK(rc::check([](const std::array<std::uint8_t, 6>& bytes) {
    RC_ASSERT(parse_mac(to_text(Mac{bytes})) == Mac{bytes});
  }));
}

TEST_CASE("prefixes") {
  const Cidr4 net = *parse_cidr4("10.1.2.3/20");
  CHECK(to_text(net) == "10.1.2.3/20");
  CHECK(to_text(net.network()) == "10.1.0.0");
  CHECK(net.contains(*parse_ipv4("10.1.15.255")));
  CHECK_FALSE(net.contains(*parse_ipv4("10.1.16.0")));
  CHECK(Cidr4{{0}, 0}.contains(*parse_ipv4("255.0.0.1")));
  const Cidr6 net6 = *parse_cidr6("fd00:1234:5678::1/45");
  CHECK(to_text(Cidr6{net6.network(), 45}) == "fd00:1234:5678::/45");
  CHECK(net6.contains(*parse_ipv6("fd00:1234:567f::2")));
  CHECK_FALSE(net6.contains(*parse_ipv6("fd00:1234:5680::2")));
  CHECK(Cidr6{{}, 0}.contains(net6.address));
  for (const char* text :
       {"10.0.0.1", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/", "10.0.0.1/08", "10.0.0/8"})
    CHECK(parse_cidr4(text).error().code == Errc::invalid);
  for (const char* text : {"fd00::1", "fd00::1/129", "fd00::1/x", "/64"})
    CHECK(parse_cidr6(text).error().code == Errc::invalid);
}

TEST_CASE("MAC addresses are read in either case and printed in upper case") {
  CHECK(to_text(*parse_mac("bc:24:11:00:aa:01")) == "BC:24:11:00:AA:01");
  CHECK_FALSE(parse_mac("bc:24:11:00:aa:01")->is_multicast());
  CHECK(parse_mac("01:00:5e:00:00:01")->is_multicast());
  for (const char* text :
       {"", "bc:24:11:00:aa", "bc-24-11-00-aa-01", "bc:24:11:00:aa:0g", "bc:24:11:00:aa:1"})
    CHECK(parse_mac(text).error().code == Errc::invalid);
}

TEST_CASE("a MAC address follows from an address") {
  CHECK(to_text(mac_of(*parse_ipv4("10.200.7.9"))) == "02:42:0A:C8:07:09");
  CHECK_FALSE(mac_of(*parse_ipv4("255.255.255.255")).is_multicast());
}

}  // namespace paas::net_test
