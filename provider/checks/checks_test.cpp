#include "provider/checks/checks.hpp"

#include <catch2/catch.hpp>

namespace checks_test {

using namespace paas;
using tf::Value;
using Texts = std::vector<std::string>;

void expect(const tf::Check& check, const Texts& good, const Texts& bad) {
  for (const std::string& text : good) {
    INFO("\"" << text << "\" must pass");
    CHECK(check(Value(text)));
  }
  for (const std::string& text : bad) {
    INFO("\"" << text << "\" must not pass");
    const auto refused = check(Value(text));
    REQUIRE(!refused);
    CHECK(refused.error().message.starts_with("must "));
  }
}

TEST_CASE("checks of names and texts", "[checks]") {
  expect(checks::host_name(), {"web", "web-1.example.org", "a", std::string(63, 'a')},
         {"", "-web", "web-", "a..b", "a_b", std::string(64, 'a'), "web\n"});
  expect(checks::name(), {"pve1", "local-lvm", "vmbr0.7", "a_b"}, {"", "a b", "a/b", "a:b"});
  expect(checks::volume_id(), {"local:vztmpl/debian-12.tar.zst", "local-lvm:vm-104-disk-0"},
         {"", "local", ":x", "local:", "/srv"});
  expect(checks::absolute_path(), {"/", "/srv/data"}, {"", "srv", "/a/../b", "/a/./b", "/a,b"});
  expect(checks::slot("net", 31), {"net0", "net31"}, {"net32", "net", "net01", "mp0", "net-1"});
  expect(checks::tag(), {"web", "Web-1", "a.b+c_d"}, {"", "a b", "a;b", "ä"});
  expect(checks::one_line(), {"any text", "ä"}, {"", "two\nlines", std::string("a\0b", 3)});
}

TEST_CASE("checks of addresses", "[checks]") {
  expect(checks::unicast_mac(), {"02:00:00:00:00:01", "BC:24:11:aa:bb:cc"},
         {"", "01:00:5e:00:00:01", "02:00:00:00:00", "02-00-00-00-00-01"});
  expect(checks::ipv4_address(), {"192.0.2.1"}, {"", "192.0.2", "192.0.2.256", "192.0.2.1/24"});
  expect(checks::ipv6_address(), {"2001:db8::1", "::1"}, {"", "2001:db8::1/64", "192.0.2.1"});
  expect(checks::ip_address(), {"192.0.2.1", "2001:db8::1"}, {"", "host"});
  expect(checks::ipv4_cidr_or({"dhcp"}), {"dhcp", "192.0.2.1/24"},
         {"", "192.0.2.1", "192.0.2.1/33", "manual"});
  expect(checks::ipv6_cidr_or({"auto"}), {"auto", "2001:db8::1/64"},
         {"", "2001:db8::1", "2001:db8::1/129", "dhcp"});
}

TEST_CASE("checks of amounts", "[checks]") {
  expect(checks::duration(), {"90s", "10m", "1h30m"}, {"", "0s", "10", "ten"});
  expect(checks::memory_size(16), {"16", "512", "2G"}, {"", "15", "-1", "2X"});
  expect(checks::disk_size(), {"4", "8G", "512M"}, {"", "0", "-1", "much"});
  CHECK(checks::number(0, 2)(Value(tf::Number::parse("0.5").value())));
  CHECK(!checks::number(0, 2)(Value(tf::Number::parse("2.5").value())));
  CHECK(!checks::number(0, 2)(Value(tf::Number::parse("-0.5").value())));
}

TEST_CASE("what is the same in other words", "[checks]") {
  const auto same = [](const tf::Same& rule, const char* a, const char* b) {
    return rule(Value(a), Value(b));
  };
  CHECK(same(checks::same_memory(), "2G", "2048"));
  CHECK(!same(checks::same_memory(), "2G", "2"));
  CHECK(same(checks::same_disk(), "2G", "2"));
  CHECK(!same(checks::same_disk(), "2G", "3"));
  CHECK(same(checks::same_letters(), "BC:24", "bc:24"));
  CHECK(!same(checks::same_letters(), "BC:24", "bc:25"));
  CHECK(same(checks::same_lines(), "a\nb\n", "a\nb"));
  CHECK(!same(checks::same_lines(), "a\nb", "a b"));
  CHECK(same(checks::same_ipv6(), "2001:DB8:0::1/64", "2001:db8::1/64"));
  CHECK(!same(checks::same_ipv6(), "2001:db8::1/64", "2001:db8::1/65"));
}

}  // namespace checks_test
