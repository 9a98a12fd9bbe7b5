#include "provider/policy/policy.hpp"

#include <catch2/catch.hpp>

#include "provider/tf/plan.hpp"

namespace paas::policy_test {

using policy::fits;
using policy::Policy;
using policy::Rules;
using tf::Diagnostics;
using tf::Path;

Policy strict() {
  Rules rules;
  rules.nodes = std::vector<std::string>{"pve1", "pve2"};
  rules.storages = std::vector<std::string>{"fast"};
  rules.templates = std::vector<std::string>{"local:vztmpl/debian-12-*", "alpine-*.tar.xz"};
  rules.vmid_range = policy::VmidRange{200, 299};
  rules.max_cores = 4;
  rules.max_memory = std::string("2G");
  rules.max_disk = std::string("10");
  return Policy(rules);
}

TEST_CASE("a value outside an allow-list is refused with its path and what is allowed") {
  Diagnostics out;
  strict().check_node(Path("node"), "pve3", out);
  REQUIRE(out.size() == 1);
  CHECK(out[0].path == Path("node"));
  CHECK(out[0].detail.find("pve1, pve2") != std::string::npos);
  out.clear();
  strict().check_node(Path("node"), "pve2", out);
  strict().check_storage(Path("storage"), "fast", out);
  strict().check_bridge(Path("bridge"), "whatever", out);  // no such list
  CHECK(out.empty());
}

TEST_CASE("templates are held against patterns of volume ids or of file names") {
  const auto allowed = [](const char* volume) {
    Diagnostics out;
    strict().check_template(Path("template"), volume, out);
    return out.empty();
  };
  CHECK(allowed("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"));
  CHECK(allowed("other:vztmpl/alpine-3.20.tar.xz"));
  CHECK_FALSE(allowed("other:vztmpl/debian-12-standard.tar.zst"));
  CHECK_FALSE(allowed("local:vztmpl/ubuntu-24.04.tar.zst"));
}

TEST_CASE("amounts at the limit are allowed, beyond it refused") {
  const auto breaches = [](auto check) {
    Diagnostics out;
    check(strict(), out);
    return out.size();
  };
  const Path path("x");
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_memory(path, 2048, out); }) == 0);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_memory(path, 2049, out); }) == 1);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_disk(path, "x", 10240, out); }) ==
        0);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_disk(path, "x", 10241, out); }) ==
        1);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_cores(path, 4, out); }) == 0);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_cores(path, 5, out); }) == 1);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_cores(path, {}, out); }) == 1);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_vmid(path, 200, out); }) == 0);
  CHECK(breaches([&](const Policy& p, Diagnostics& out) { p.check_vmid(path, 300, out); }) == 1);
}

TEST_CASE("a policy that is not set, or not known yet, allows everything") {
  Rules unknown;
  unknown.nodes = tf::Unknown{};
  unknown.max_cores = tf::Unknown{};
  for (const Policy& policy : {Policy(), Policy(unknown)}) {
    Diagnostics out;
    policy.check_node(Path("node"), "any", out);
    policy.check_cores(Path("cores"), {}, out);
    policy.check_memory(Path("memory"), 1 << 30, out);
    policy.check_vmid(Path("vmid"), 100, out);
    CHECK(out.empty());
  }
  CHECK(Policy().vmids().first == 100);
}

TEST_CASE("a star stands for any text") {
  CHECK(fits("*", ""));
  CHECK(fits("a*c", "abbbc"));
  CHECK(fits("a*b*c", "aXbYbZc"));
  CHECK(fits("plain", "plain"));
  CHECK_FALSE(fits("plain", "plainer"));
  CHECK_FALSE(fits("a*c", "abbbd"));
  CHECK_FALSE(fits("", "x"));
}

TEST_CASE("the schema of the policy is legal and refuses what nobody can mean") {
  CHECK(tf::lint(policy::rules_object().schema()).empty());
  const auto problems = [](tf::Map config) {
    return tf::validate(policy::rules_object().schema(), config).size();
  };
  CHECK(problems({{"nodes", tf::List{}}}) == 1);
  CHECK(problems({{"max_memory", "many"}}) == 1);
  CHECK(problems({{"vmid_range", tf::Map{{"first", 300}, {"last", 200}}}}) == 1);
  CHECK(problems({{"vmid_range", tf::Map{{"first", 200}, {"last", 300}}}}) == 0);
}

}  // namespace paas::policy_test
