#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "libpaas/proxmox/container.hpp"

namespace paas::proxmox::container_parts_test {

using Texts = std::vector<std::string>;

// --- generators
// ------------------------------------------------------------------------------------

rc::Gen<std::string> any_word() {
  return rc::gen::resize(12, rc::gen::nonEmpty(rc::gen::container<std::string>(
                                 rc::gen::elementOf(std::string("abcxyz019._-/")))));
}
rc::Gen<std::string> maybe_word() {
  return rc::gen::oneOf(rc::gen::just(std::string()), any_word());
}
template <class T>
rc::Gen<std::optional<T>> maybe(rc::Gen<T> gen) {
  return rc::gen::oneOf(rc::gen::just(std::optional<T>()),
                        rc::gen::map(std::move(gen), [](T value) { return std::optional(value); }));
}
rc::Gen<std::optional<bool>> maybe_flag() {
  return maybe(rc::gen::arbitrary<bool>());
}
rc::Gen<std::optional<int>> maybe_number() {
  return maybe(rc::gen::inRange(0, 70000));
}
rc::Gen<Texts> any_words() {
  return rc::gen::resize(4, rc::gen::container<Texts>(any_word()));
}

Network any_network() {
  Network n;
  n.name = *any_word();
  n.bridge = *maybe_word();
  n.mac = *rc::gen::element<std::string>("", "BC:24:11:00:AA:01");
  n.vlan = *maybe_number();
  n.trunks = *rc::gen::resize(3, rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4095)));
  n.ipv4 = *rc::gen::element<std::string>("", "dhcp", "10.0.0.5/24");
  n.gateway4 = *rc::gen::element<std::string>("", "10.0.0.1");
  n.ipv6 = *rc::gen::element<std::string>("", "auto", "fd00::5/64");
  n.gateway6 = *rc::gen::element<std::string>("", "fd00::1");
  n.firewall = *maybe_flag();
  n.mtu = *maybe_number();
  n.rate = *maybe(rc::gen::element<std::string>("5", "1.5"));
  n.link_down = *maybe_flag();
  n.host_managed = *maybe_flag();
  if (*rc::gen::arbitrary<bool>()) n.others = {{"new-key", *any_word()}};
  return n;
}

Mount any_mount() {
  Mount m;
  m.volume =
      *rc::gen::element<std::string>("local:104/vm-104-disk-0.raw", "/srv/data", "local:a=b");
  m.path = *maybe_word();
  m.size_mib = *maybe(rc::gen::inRange<std::uint64_t>(0, 1u << 24));
  m.acl = *maybe_flag();
  m.backup = *maybe_flag();
  m.quota = *maybe_flag();
  m.read_only = *maybe_flag();
  m.replicate = *maybe_flag();
  m.shared = *maybe_flag();
  m.mount_options = *any_words();
  if (*rc::gen::arbitrary<bool>()) m.others = {{"idmap", *any_word()}};
  return m;
}

Features any_features() {
  return {
      *maybe_flag(), *maybe_flag(), *maybe_flag(), *maybe_flag(), *maybe_flag(), *any_words(), {}};
}

Device any_device() {
  return {*any_word(),     *maybe(rc::gen::just<std::string>("0660")),
          *maybe_number(), *maybe_number(),
          *maybe_flag(),   {}};
}

// --- properties
// ------------------------------------------------------------------------------------

TEST_CASE("every property string survives printing and parsing") {
  CHECK(rc::check("network", [] {
    const Network value = any_network();
    RC_ASSERT(parse_network(print_network(value)) == value);
  }));
  CHECK(rc::check("mount", [] {
    const Mount value = any_mount();
    RC_ASSERT(parse_mount(print_mount(value)) == value);
  }));
  CHECK(rc::check("features", [] {
    const Features value = any_features();
    RC_ASSERT(parse_features(print_features(value)) == value);
  }));
  CHECK(rc::check("device", [] {
    const Device value = any_device();
    RC_ASSERT(parse_device(print_device(value)) == value);
  }));
  CHECK(rc::check("startup", [] {
    const Startup value{*maybe_number(), *maybe_number(), *maybe_number(), {}};
    RC_ASSERT(parse_startup(print_startup(value)) == value);
  }));
}

TEST_CASE("sizes survive printing and parsing, and mean the same") {
  CHECK(rc::check([] {
    const auto mib = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 32);
    RC_ASSERT(parse_size(print_size(mib)) == mib);
  }));
}

// --- examples
// --------------------------------------------------------------------------------------

TEST_CASE("a network as the server gives it back") {
  const Network n = *parse_network(
      "name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,hwaddr=bc:24:11:00:00:01,ip=10.0.0.5/24,"
      "link_down=0,mtu=1400,rate=5,tag=10,trunks=1;2,type=veth");
  CHECK(n.name == "eth0");
  CHECK(n.mac == "BC:24:11:00:00:01");
  CHECK(n.vlan == 10);
  CHECK(n.trunks == std::vector<int>{1, 2});
  CHECK(n.firewall == true);
  CHECK(n.others.empty());
  CHECK(print_network(n) ==
        "name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,hwaddr=BC:24:11:00:00:01,ip=10.0.0.5/24,"
        "link_down=0,mtu=1400,rate=5,tag=10,trunks=1;2");
  CHECK_FALSE(parse_network("name=eth0,tag=x"));
  CHECK_FALSE(parse_network("name=eth0,trunks=1;x"));
}

TEST_CASE("networks that mean the same") {
  const Network a = *parse_network("name=eth0,bridge=vmbr0,hwaddr=bc:24:11:00:00:01,rate=1.50");
  Network b = *parse_network("name=eth0,bridge=vmbr0,firewall=0,hwaddr=BC:24:11:00:00:01,rate=1.5");
  CHECK(same_network(a, b));
  b.vlan = 1;
  CHECK_FALSE(same_network(a, b));
}

TEST_CASE("a mount as the server gives it back") {
  const Mount m = *parse_mount(
      "local:210/vm-210-disk-1.raw,mp=/data,backup=1,size=1G,idmap=x,"
      "mountoptions=noatime;discard");
  CHECK(m.volume == "local:210/vm-210-disk-1.raw");
  CHECK(m.storage() == "local");
  CHECK_FALSE(m.needs_volume());
  CHECK(m.size_mib == 1024);
  CHECK(m.mount_options == Texts{"noatime", "discard"});
  CHECK(m.others == std::vector<std::pair<std::string, std::string>>{{"idmap", "x"}});
  CHECK(parse_mount("volume=local:8,size=0T")->size_mib == 0);
  CHECK_FALSE(parse_mount("mp=/data"));
  CHECK_FALSE(parse_mount("local:8,size=big"));
}

TEST_CASE("a size that is no number of MiB is written back as it was") {
  const Mount m = *parse_mount("local:1/vm-1-disk-0.raw,size=4100K");
  CHECK(m.size_mib == 5);
  CHECK(print_mount(m) == "local:1/vm-1-disk-0.raw,size=4100K");
}

TEST_CASE("volumes: stored, on a storage, of the host") {
  const auto mount = [](const char* volume) { return Mount{volume, "/data"}; };
  CHECK(mount("local-lvm").needs_volume());
  CHECK(mount("local-lvm").storage() == "local-lvm");
  CHECK_FALSE(mount("/srv").needs_volume());
  CHECK(mount("/srv").storage().empty());
  CHECK_FALSE(mount("").needs_volume());
}

TEST_CASE("an allocation counts in GiB, with as many decimals as it takes") {
  const auto gib = [](std::uint64_t mib) {
    Mount m{"local", "/data", mib};
    return print_allocation(m);
  };
  CHECK(gib(8192) == "local:8,mp=/data");
  CHECK(gib(1536) == "local:1.5,mp=/data");
  CHECK(gib(1) == "local:0.0009765625,mp=/data");
  CHECK(gib(0) == "local:0,mp=/data");
}

TEST_CASE("options of mounts that mean the same") {
  const Mount a = *parse_mount("local:1/a,mp=/d,backup=0,mountoptions=a;b,size=1G");
  const Mount b = *parse_mount("local:2/b,mp=/d,replicate=1,mountoptions=b;a,size=2G");
  CHECK(same_mount_options(a, b));
  CHECK_FALSE(same_mount_options(a, *parse_mount("local:1/a,mp=/d,acl=1,mountoptions=a;b")));
}

TEST_CASE("sizes of all units") {
  CHECK(parse_size("8G") == 8192u);
  CHECK(parse_size("512M") == 512u);
  CHECK(parse_size("1.5T") == 1572864u);
  CHECK(parse_size("1024K") == 1u);
  CHECK(parse_size("1K") == 1u);  // rounded up
  CHECK(parse_size("1048576") == 1u);
  CHECK(parse_size("0T") == 0u);
  CHECK(print_size(0) == "0T");
  CHECK(print_size(1100) == "1100M");
  for (const char* text : {"", "G", "8g", "-1G", "1..5G", "8 G", "99999999999999999999T", "1.5.1G",
                           "9999999999T", "1.0000000000000001G"})
    CHECK_FALSE(parse_size(text));
}

TEST_CASE("decimal numbers have one text each") {
  CHECK(plain_decimal("0.50") == "0.5");
  CHECK(plain_decimal("2.0") == "2");
  CHECK(plain_decimal("2.") == "2");
  CHECK(plain_decimal("10") == "10");
  CHECK(plain_decimal("1.2.3") == "1.2.3");
  CHECK(plain_decimal("1e5.0") == "1e5.0");
}

TEST_CASE("tags are normalised as the server does") {
  CHECK(normalised_tags({"zeta;Alpha,alpha beta"}) == Texts{"alpha", "beta", "zeta"});
  CHECK(normalised_tags({"b", "A", ""}) == Texts{"a", "b"});
}

TEST_CASE("features: absent and off are one, and the order of file systems is none") {
  CHECK(same_features(*parse_features("nesting=1,keyctl=0,mount=nfs;cifs"),
                      *parse_features("mount=cifs;nfs,nesting=1")));
  CHECK(same_features(*parse_features("keyctl=0"), Features{}));
  CHECK_FALSE(same_features(*parse_features("new=1"), Features{}));
}

TEST_CASE("a start order may stand alone") {
  CHECK(parse_startup("3")->order == 3);
  CHECK(print_startup(*parse_startup("order=1,up=10,down=20")) == "order=1,up=10,down=20");
  CHECK_FALSE(parse_startup("order=x"));
}

}  // namespace paas::proxmox::container_parts_test
