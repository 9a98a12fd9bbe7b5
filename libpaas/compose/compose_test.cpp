// Compose files: what is small enough for values in and values out. What whole files become is in
// tests/scenarios/compose.

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/compose/convert.hpp"
#include "libpaas/compose/interpolate.hpp"

namespace compose_test {

using namespace paas;
using namespace paas::compose;

std::string with(const std::string& text, const model::TextMap& environment = {}) {
  const auto read = interpolate(text, environment);
  return read ? read->text : "error: " + read.error().message;
}

TEST_CASE("compose: variables") {
  const model::TextMap set{{"A", "1"}, {"E", ""}, {"_b2", "x"}};
  CHECK(with("a$A-${A}-$_b2", set) == "a1-1-x");
  CHECK(with("$$A $$$$") == "$A $$");
  CHECK(with("${A:-d}${E:-d}${E-d}${U-d}${U:-}", set) == "1dd");
  CHECK(with("${A:+y}${E:+y}${E+y}${U+y}", set) == "yy");
  CHECK(with("${U:-${V:-${A}}}b", set) == "1b");
  CHECK(with("${A:-${V:?never asked}}", set) == "1");
  CHECK(with("${U:?say it}", set) == "error: needs the variable U: say it");
  CHECK(with("${U?}", set) == "error: needs the variable U");
  CHECK(with("${U?\xff\n" + std::string(600, 'a') + "}").size() < 600);
  CHECK(with("${U?\xff\n}") == "error: needs the variable U: \xef\xbf\xbd?");
  CHECK(interpolate("$U${U}${W:-x}", set)->unset == std::set<std::string>{"U"});
  CHECK(interpolate("${A:-$U}", set)->unset.empty());
  for (const char* wrong : {"$", "${", "${}", "${A", "$1", "${A:}", "${A:x}", "${A*}", "a$-"}) {
    INFO(wrong);
    CHECK(with(wrong, set).starts_with("error: holds a '$'"));
  }
  std::string deep = "x";
  for (int i = 0; i < 20; ++i) deep = "${U:-" + deep + "}";
  CHECK(with(deep) == "error: nests too many variables");
  CHECK(with("$A$A", {{"A", std::string(std::size_t{1} << 20, 'a')}}) ==
        "error: becomes longer than 1 MiB");
}

TEST_CASE("compose: text without variables stays") {
  REQUIRE(rc::check([](const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '$' ? "$$" : std::string(1, c);
    RC_ASSERT(with(escaped) == text);
  }));
}

TEST_CASE("compose: lines are split as a shell does") {
  CHECK(shell_words("a  b\tc\n") == model::Texts{"a", "b", "c"});
  CHECK(shell_words(R"(sh -c 'a "b"' "c 'd'" e\ f "g\"h" 'i\j')") ==
        model::Texts{"sh", "-c", "a \"b\"", "c 'd'", "e f", "g\"h", "i\\j"});
  CHECK(shell_words("'' \"\"") == model::Texts{"", ""});
  CHECK(shell_words("") == model::Texts{});
  CHECK(!shell_words("a 'b"));
  REQUIRE(rc::check([](const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
      line += " '";
      for (const char c : word) line += c == '\'' ? "'\\''" : std::string(1, c);
      line += "'";
    }
    RC_ASSERT(shell_words(line) == words);
  }));
}

TEST_CASE("compose: any name becomes a DNS label") {
  CHECK(mended_label("Web_Server.1") == "web-server-1");
  CHECK(mended_label("-a--b-") == "a-b");
  CHECK(mended_label("___") == "x");
  REQUIRE(rc::check([](const std::string& name) {
    RC_ASSERT(blueprint::is_label(mended_label(name)));
    if (blueprint::is_label(name) && name.find("--") == name.npos) {
      RC_ASSERT(mended_label(name) == name);
    }
  }));
}

TEST_CASE("compose: sizes and cores, rounded up") {
  Reading reading("f");
  const Document nothing;
  const At at{nothing, "x", {}};
  CHECK(reading.mib(at, "1048576") == 1);
  CHECK(reading.mib(at, "1048577b") == 2);
  CHECK(reading.mib(at, "1024k") == 1);
  CHECK(reading.mib(at, "1.5gb") == 1536);
  CHECK(reading.mib(at, "0.1M") == 1);
  CHECK(reading.mib(at, "2T") == 2'097'152);
  CHECK(reading.mistakes.empty());
  for (const char* wrong : {"", "m", "-1m", "1x", "1.m", "1..2", "99999999999999999999g"}) {
    INFO(wrong);
    CHECK(!reading.mib(at, wrong));
  }
  CHECK(reading.mistakes.size() == 7);
}

// compose-spec.io, "Services top-level element": a value that each field may have.
const std::pair<const char*, const char*> fields[] = {
    {"annotations", "{a: b}"},
    {"attach", "false"},
    {"blkio_config", "{weight: 300}"},
    {"build", "."},
    {"cap_add", "[NET_ADMIN]"},
    {"cgroup", "host"},
    {"cgroup_parent", "m-executor-abcd"},
    {"command", "[a]"},
    {"configs", "[c]"},
    {"container_name", "c"},
    {"cpu_count", "2"},
    {"cpu_percent", "50"},
    {"cpu_period", "100000"},
    {"cpu_quota", "50000"},
    {"cpu_rt_period", "1400us"},
    {"cpu_rt_runtime", "400ms"},
    {"cpu_shares", "1024"},
    {"cpus", "0.5"},
    {"cpuset", "0-3"},
    {"credential_spec", "{file: a.json}"},
    {"depends_on", "{db: {condition: service_healthy}}"},
    {"deploy", "{replicas: 2}"},
    {"develop", "{watch: []}"},
    {"device_cgroup_rules", "['c 1:3 mr']"},
    {"devices", "['/dev/fuse']"},
    {"dns", "8.8.8.8"},
    {"dns_opt", "[use-vc]"},
    {"dns_search", "example.com"},
    {"domainname", "example.com"},
    {"entrypoint", "/a"},
    {"env_file", ".env"},
    {"environment", "{A: b}"},
    {"expose", "['80']"},
    {"extends", "{file: a, service: b}"},
    {"external_links", "[redis]"},
    {"extra_hosts", "['a:1.2.3.4']"},
    {"gpus", "all"},
    {"group_add", "[mail]"},
    {"healthcheck", "{test: 'true'}"},
    {"hostname", "h"},
    {"init", "false"},
    {"ipc", "host"},
    {"isolation", "process"},
    {"label_file", "l"},
    {"labels", "{a: b}"},
    {"links", "[db]"},
    {"logging", "{driver: syslog}"},
    {"mac_address", "02:42:ac:11:65:43"},
    {"mem_limit", "64m"},
    {"mem_reservation", "64m"},
    {"mem_swappiness", "60"},
    {"memswap_limit", "64m"},
    {"models", "[m]"},
    {"network_mode", "host"},
    {"networks", "[n]"},
    {"oom_kill_disable", "true"},
    {"oom_score_adj", "100"},
    {"pid", "host"},
    {"pids_limit", "10"},
    {"platform", "linux/arm64"},
    {"ports", "['80:80']"},
    {"post_start", "[{command: a}]"},
    {"pre_stop", "[{command: a}]"},
    {"privileged", "true"},
    {"profiles", "[p]"},
    {"provider", "{type: a}"},
    {"pull_policy", "always"},
    {"pull_refresh_after", "24h"},
    {"read_only", "true"},
    {"restart", "'no'"},
    {"runtime", "runc"},
    {"scale", "2"},
    {"secrets", "[s]"},
    {"security_opt", "['label:user:USER']"},
    {"shm_size", "64m"},
    {"stdin_open", "true"},
    {"stop_grace_period", "1m"},
    {"stop_signal", "SIGINT"},
    {"storage_opt", "{size: 1G}"},
    {"sysctls", "{a: 1}"},
    {"tmpfs", "/run"},
    {"tty", "true"},
    {"ulimits", "{nofile: 10}"},
    {"use_api_socket", "true"},
    {"user", "root"},
    {"userns_mode", "host"},
    {"uts", "host"},
    {"volumes", "['v:/v']"},
    {"volumes_from", "[db]"},
    {"working_dir", "/srv"},
};

TEST_CASE("compose: every field of a service is carried or named") {
  const auto with_field = [](const std::string& field) {
    return convert("services:\n  web:\n    image: a\n    cap_drop: [ALL]\n" + field +
                       "volumes: {v: {}}\nsecrets: {s: {}}\n",
                   "f", {});
  };
  const auto plain = with_field("");
  REQUIRE(plain);
  CHECK(plain->left_out.empty());
  for (const auto& [name, value] : fields) {
    const auto converted = with_field("    " + std::string(name) + ": " + value + "\n");
    INFO(name);
    if (!converted) FAIL(describe(converted.error().front()));
    const bool named = !converted->left_out.empty();
    CHECK((named || converted->blueprint != plain->blueprint));
    if (named) CHECK(converted->left_out.front().place.line >= 2);
  }
}

TEST_CASE("compose: what is written is never quoted where it may be a secret") {
  const auto converted =
      convert("services: {web: {image: a, user: [hush], ports: [hush:1]}}", "f", {});
  REQUIRE(!converted);
  for (const Flaw& flaw : converted.error())
    CHECK(describe(flaw).find("hush") == std::string::npos);
}

}  // namespace compose_test
