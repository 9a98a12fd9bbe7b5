#include "provider/resources/lxc/rules.hpp"

#include <catch2/catch.hpp>

#include "provider/resources/lxc/model.hpp"
#include "provider/tf/plan.hpp"

namespace lxc_rules_test {

using namespace paas;
using tf::Map;
using tf::Null;
using tf::Value;

bool passes(const tf::Check& check, const char* text) {
  return check(Value(text)).has_value();
}

TEST_CASE("checks of single attributes", "[lxc]") {
  for (const char* good : {"local:104/disk.raw", "/srv/data"})
    CHECK(passes(lxc::volume_or_host_path(), good));
  for (const char* bad : {"", "srv", "/a/../b", "local:"})
    CHECK(!passes(lxc::volume_or_host_path(), bad));
  CHECK(passes(lxc::octal_mode(), "0666"));
  for (const char* bad : {"666", "0888", "1666", "00666", ""})
    CHECK(!passes(lxc::octal_mode(), bad));
  CHECK(passes(lxc::pool_name(), "teams/web/blue"));
  for (const char* bad : {"", "a/b/c/d", "a//b", "a b"}) CHECK(!passes(lxc::pool_name(), bad));
  for (const char* good :
       {"host", "UTC", "Europe/Berlin", "Etc/GMT+1", "America/Argentina/Buenos_Aires"})
    CHECK(passes(lxc::time_zone(), good));
  for (const char* bad : {"", "Europe", "Europe Berlin", "Mars/Phobos", "Europe/", "Asia/b/c/d"})
    CHECK(!passes(lxc::time_zone(), bad));
  CHECK(passes(lxc::device_path(), "/dev/net/tun"));
  for (const char* bad : {"", "/dev", "/dev/", "/etc/passwd", "dev/fuse", "/dev/../etc/passwd"})
    CHECK(!passes(lxc::device_path(), bad));
  for (const char* good :
       {"ssh-ed25519 AAAA user@host", "ecdsa-sha2-nistp256 AAAAE2Vj",
        "from=\"192.0.2.1\",no-pty ssh-rsa AAAAB3Nz", "sk-ssh-ed25519@openssh.com AAAAGnNr"})
    CHECK(passes(lxc::ssh_key(), good));
  for (const char* bad : {"", "ssh-ed25519", "not a key", "ssh-rsa secret", "AAAA ssh-rsa",
                          "ssh-rsa AAAA\nssh-rsa AAAA"})
    CHECK(!passes(lxc::ssh_key(), bad));
  const auto environment = lxc::environment_variables();
  CHECK(environment(Value(Map{{"A_1", "any = text"}, {"B", ""}})));
  CHECK(environment(Value(Map{{"1A", "x"}, {"A", "x"}, {"A-B", "x"}})).error().message ==
        "key \"1A\" and \"A-B\": must be a name of letters, digits and '_' that starts with no "
        "digit");
  CHECK(environment(Value(Map{{"A", "two\nlines"}, {"B", "x"}})).error().message ==
        "element \"A\": must have no line break");
}

TEST_CASE("tags are the same in any case, order and number", "[lxc]") {
  const auto same = lxc::same_tags();
  CHECK(same(tf::List{"Web", "edge", "web"}, tf::List{"edge", "web"}));
  CHECK(!same(tf::List{"web"}, tf::List{"edge", "web"}));
}

std::vector<std::string> problems(Map given) {
  given.emplace("hostname", "web");
  given.emplace("node", "pve1");
  for (const tf::Attribute& attribute : lxc::lxc_object().schema().attributes)
    given.emplace(attribute.name, Null{});
  std::vector<std::string> out;
  for (const tf::Diagnostic& one : tf::validate(lxc::lxc_object().schema(), given))
    out.push_back((one.severity == tf::Severity::warning ? "warning " : "") + to_text(one.path));
  return out;
}

template <class M>
Map object_of(const tf::Object<M>& object, Map given) {
  for (const tf::Attribute& attribute : object.schema().attributes)
    given.emplace(attribute.name, Null{});
  return given;
}

Map net(Map given) {
  return object_of(lxc::network_object(), std::move(given));
}
Map mount(Map given) {
  given.emplace("path", "/srv");
  return object_of(lxc::mount_point_object(), std::move(given));
}

using Paths = std::vector<std::string>;

TEST_CASE("rules over mount points", "[lxc]") {
  const auto with = [](Map point) {
    return problems({{"mount_points", Map{{"mp0", mount(std::move(point))}}}});
  };
  CHECK(with({{"storage", "local"}, {"size", "1"}}).empty());
  CHECK(with({{"volume", "local:104/d.raw"}}).empty());
  CHECK(with({{"volume", "/host"}}).empty());
  CHECK(with({}) == Paths{"mount_points[\"mp0\"].storage"});
  CHECK(with({{"storage", "local"}}) == Paths{"mount_points[\"mp0\"].size"});
  CHECK(with({{"volume", "/host"}, {"size", "1"}}) == Paths{"mount_points[\"mp0\"].size"});
  CHECK(with({{"volume", "local:104/d.raw"}, {"storage", "tank"}}) ==
        Paths{"mount_points[\"mp0\"].storage"});
  CHECK(problems({{"mount_points", Map{{"mp0", mount({{"volume", "/a"}})},
                                       {"mp1", mount({{"volume", "/b"}, {"path", "/srv/"}})}}}}) ==
        Paths{"mount_points[\"mp1\"].path"});
  CHECK(problems({{"mount_points", Map{{"mp256", mount({{"volume", "/a"}})}}}}).size() == 1);
}

TEST_CASE("rules over networks", "[lxc]") {
  const auto with = [](Map device) {
    return problems({{"networks", Map{{"net0", net(std::move(device))}}}});
  };
  CHECK(with({{"ipv4", "192.0.2.5/24"}, {"ipv4_gateway", "192.0.2.1"}}).empty());
  CHECK(with({{"ipv6", "2001:db8::5/64"}, {"ipv6_gateway", "fe80::1"}}).empty());
  CHECK(with({{"ipv4", "192.0.2.5/24"}, {"ipv4_gateway", "192.0.2.5"}}) ==
        Paths{"networks[\"net0\"].ipv4_gateway"});
  CHECK(with({{"ipv4", "192.0.2.5/24"}, {"ipv4_gateway", "198.51.100.1"}}) ==
        Paths{"warning networks[\"net0\"].ipv4_gateway"});
  CHECK(with({{"ipv4", "dhcp"}, {"ipv4_gateway", "192.0.2.1"}}) ==
        Paths{"warning networks[\"net0\"].ipv4_gateway"});
  CHECK(problems({{"networks", Map{{"net0", net({{"ipv4", "192.0.2.5/24"}})},
                                   {"net1", net({{"ipv4", "192.0.2.5/25"}})}}}}) ==
        Paths{"networks[\"net1\"].ipv4"});
  CHECK(problems({{"networks", Map{{"net0", net({{"mac", "02:00:00:00:00:0a"}})},
                                   {"net1", net({{"mac", "02:00:00:00:00:0A"}})}}}}) ==
        Paths{"networks[\"net1\"].mac"});
}

TEST_CASE("rules over the whole container", "[lxc]") {
  CHECK(problems({}).empty());
  const Map clone = object_of(lxc::clone_object(), {{"vmid", tf::Number(std::int64_t{100})}});
  CHECK(problems({{"clone", clone}}).empty());
  CHECK(problems({{"clone", clone}, {"template", "local:vztmpl/a.tar"}}).size() == 1);
  CHECK(problems({{"clone", clone}, {"password_wo", "secret"}}) == Paths{"password_wo"});
  CHECK(problems({{"clone", clone}, {"ssh_keys_wo", tf::List{"ssh-rsa AAAA"}}}) ==
        Paths{"ssh_keys_wo"});
  Map linked = clone;
  linked["full"] = false;
  linked["storage"] = "local";
  CHECK(problems({{"clone", linked}}) == Paths{"clone.storage"});

  const auto ha = [](const char* state) { return object_of(lxc::ha_object(), {{"state", state}}); };
  CHECK(problems({{"is_template", true}, {"started", true}}) == Paths{"started"});
  CHECK(problems({{"is_template", true}, {"ha", ha("ignored")}}) == Paths{"ha"});
  CHECK(problems({{"started", false}, {"ha", ha("started")}}) == Paths{"ha.state"});
  CHECK(problems({{"ha", ha("stopped")}}) == Paths{"ha.state"});
  CHECK(problems({{"started", false}, {"ha", ha("stopped")}}).empty());
  const Map wait = object_of(lxc::wait_for_ip_object(), {{"ipv4", true}});
  CHECK(problems({{"wait_for_ip", wait}, {"started", false}}) == Paths{"wait_for_ip"});
}

}  // namespace lxc_rules_test
