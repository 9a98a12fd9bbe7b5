// The agent as its users meet it: arguments and variables in, text and exit codes out.

#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "agent/arguments.hpp"
#include "agent/program.hpp"
#include "agent/table.hpp"
#include "agent/text_log.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/table.hpp"
#include "tests/fakes/http_server.hpp"

namespace agent_test {

using namespace paas;
using namespace paas::agent;
using fakes::Answer;
using fakes::HttpServer;
using fakes::SeenRequest;
using Environment = std::map<std::string, std::string, std::less<>>;

const std::string token_text = "root@pam!ci=6f1c0a52-hush";

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

Ran run_with(std::vector<std::string> arguments, Environment environment = {},
             const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int code = run({std::move(arguments), std::move(environment), out, err, in});
  return {code, out.str(), err.str()};
}

Answer data(const std::string& json) {
  Answer answer;
  answer.body = R"({"data":)" + json + "}";
  return answer;
}

const char* const resources = R"([
  {"type":"node","id":"node/pve1","node":"pve1","status":"online","maxcpu":8,"cpu":0.125,
   "mem":1073741824,"maxmem":4294967296,"disk":0,"maxdisk":0,"uptime":93784},
  {"type":"lxc","id":"lxc/104","vmid":104,"node":"pve1","name":"web","status":"running",
   "tags":"blue;front","pool":"prod","maxcpu":2,"maxmem":536870912,"maxdisk":8589934592,
   "uptime":60,"template":0},
  {"type":"storage","id":"storage/pve1/local","storage":"local","node":"pve1","plugintype":"dir",
   "content":"vztmpl,iso","shared":0,"status":"available","disk":1024,"maxdisk":2048}])";

const char* const templates = R"([
  {"volid":"local:vztmpl/debian-12.tar.zst","format":"tzst","size":123456789,"content":"vztmpl"}])";

Answer serve(const SeenRequest& request) {
  if (request.header("authorization") != "PVEAPIToken=" + token_text) {
    Answer refused;
    refused.status = "401 Authentication failed!";
    return refused;
  }
  if (request.target.find("/cluster/resources") != std::string::npos) return data(resources);
  if (request.target.find("/content") != std::string::npos) return data(templates);
  return data("[]");
}

Environment towards(const HttpServer& server) {
  return {{"PROXMOX_VE_ENDPOINT", server.url()},
          {"PROXMOX_VE_API_TOKEN", token_text},
          {"PROXMOX_VE_FINGERPRINT", server.fingerprint()}};
}

TEST_CASE("no command, or an unknown one, is answered with the usage") {
  for (const auto& arguments : {std::vector<std::string>{}, {"fly"}, {"pve"}, {"pve", "rm"}}) {
    const Ran ran = run_with(arguments);
    CHECK(ran.code == misused);
    CHECK(ran.out.empty());
    CHECK(ran.err.find("pve ls") != std::string::npos);
  }
  const Ran help = run_with({"--help"});
  CHECK(help.code == done);
  CHECK(help.out.find("version") != std::string::npos);
}

TEST_CASE("version") {
  CHECK(run_with({"version"}).out == "paas-agent " PAAS_VERSION "\n");
  const auto json = parse_json(run_with({"version", "--json"}).out);
  REQUIRE(json);
  CHECK(*(*json)["version"].string() == PAAS_VERSION);
  CHECK(run_with({"version", "now"}).code == misused);
}

TEST_CASE("pve ls as JSON has stable keys") {
  HttpServer server(HttpServer::Tls::on, serve);
  const Ran ran = run_with({"pve", "ls", "--json"}, towards(server));
  CHECK(ran.err.empty());
  REQUIRE(ran.code == done);
  const auto json = parse_json(ran.out);
  REQUIRE(json);
  CHECK(print_json((*json)["nodes"]) ==
        R"([{"cores":8,"cpu_load":0.125,"disk_bytes":0,"disk_used_bytes":0,)"
        R"("memory_bytes":4294967296,"memory_used_bytes":1073741824,"name":"pve1","online":true,)"
        R"("uptime_s":93784}])");
  CHECK(print_json((*json)["guests"]) ==
        R"([{"cores":2,"disk_bytes":8589934592,"ha_state":"","lock":"","memory_bytes":536870912,)"
        R"("name":"web","node":"pve1","pool":"prod","status":"running","tags":["blue","front"],)"
        R"("template":false,"type":"lxc","uptime_s":60,"vmid":104}])");
  CHECK(print_json((*json)["storages"]) ==
        R"([{"available":true,"content":["iso","vztmpl"],"name":"local","node":"pve1",)"
        R"("shared":false,"total_bytes":2048,"type":"dir","used_bytes":1024}])");
  CHECK(print_json((*json)["templates"]) ==
        R"([{"file_name":"debian-12.tar.zst","format":"tzst","node":"pve1",)"
        R"("size_bytes":123456789,"storage":"local","volume":"local:vztmpl/debian-12.tar.zst"}])");
}

TEST_CASE("pve ls as tables, all of them or one") {
  HttpServer server(HttpServer::Tls::on, serve);
  const Ran all = run_with({"pve", "ls"}, towards(server));
  REQUIRE(all.code == done);
  for (const char* heading : {"nodes:\n", "guests:\n", "storages:\n", "templates:\n"}) {
    CHECK(all.out.find(heading) != std::string::npos);
  }
  const Ran nodes = run_with({"pve", "ls", "nodes"}, towards(server));
  CHECK(nodes.out ==
        "NODE  STATUS  CORES  LOAD  MEMORY          DISK  UPTIME\n"
        "pve1  online  8      13%   1 GiB of 4 GiB  -     1d 2h\n");
  const Ran json = run_with({"pve", "ls", "guests", "--json"}, towards(server));
  const auto parsed = parse_json(json.out);
  REQUIRE(parsed);
  REQUIRE(parsed->object() != nullptr);
  CHECK(parsed->object()->size() == 1);
}

TEST_CASE("flags win over variables") {
  HttpServer server(HttpServer::Tls::on, serve);
  Environment elsewhere = towards(server);
  elsewhere["PROXMOX_VE_ENDPOINT"] = "https://nowhere.invalid";
  elsewhere["PROXMOX_VE_API_TOKEN"] = "root@pam!old=stale";
  CHECK(run_with({"pve", "ls", "--endpoint", server.url(), "--api-token=" + token_text}, elsewhere)
            .code == done);
}

TEST_CASE("what is missing or wrong is named by its flag or variable, all at once") {
  const Ran nothing = run_with({"pve", "ls"});
  CHECK(nothing.code == misused);
  CHECK(nothing.out.empty());
  CHECK(nothing.err.find("--endpoint") != std::string::npos);
  CHECK(nothing.err.find("PROXMOX_VE_ENDPOINT") != std::string::npos);
  CHECK(nothing.err.find("--api-token") != std::string::npos);

  const Ran wrong = run_with({"pve", "ls", "--api-token", "hush"},
                             {{"PROXMOX_VE_ENDPOINT", "pve1"}, {"PROXMOX_VE_TIMEOUT", "soon"}});
  CHECK(wrong.code == misused);
  CHECK(wrong.err.find("PROXMOX_VE_ENDPOINT: ") != std::string::npos);
  CHECK(wrong.err.find("PROXMOX_VE_TIMEOUT: ") != std::string::npos);
  CHECK(wrong.err.find("--api-token: ") != std::string::npos);
  CHECK(wrong.err.find("hush") == std::string::npos);
  CHECK(wrong.err.find('`' + std::string("api_token")) == std::string::npos);
}

TEST_CASE("flags that are no flags, and words that are no kinds") {
  for (const auto& arguments : {std::vector<std::string>{"--colour"},
                                {"--endpoint"},
                                {"--json=yes"},
                                {"--json", "--json"},
                                {"pods"},
                                {"nodes", "guests"},
                                {"--log-level", "loud"}}) {
    std::vector<std::string> whole{"pve", "ls"};
    whole.insert(whole.end(), arguments.begin(), arguments.end());
    const Ran ran = run_with(whole, {{"PROXMOX_VE_ENDPOINT", "https://nowhere.invalid"},
                                     {"PROXMOX_VE_API_TOKEN", token_text}});
    CHECK(ran.code == misused);
    CHECK(ran.err.find("usage: ") != std::string::npos);
  }
  for (const char* bad : {"--parallelism=many", "--timeout=soon", "--timeout=0"}) {
    CHECK(run_with({"pve", "ls", bad}).code == misused);
  }
}

TEST_CASE("a refusal by the cluster ends with cause and remedy, and no secret") {
  HttpServer server(HttpServer::Tls::on, serve);
  Environment environment = towards(server);
  environment["PROXMOX_VE_API_TOKEN"] = "root@pam!ci=hush-hush-hush";
  const Ran ran = run_with({"pve", "ls", "--log-level=trace"}, environment);
  CHECK(ran.code == failed);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("unable to list the cluster's resources") != std::string::npos);
  CHECK(ran.err.find("Authentication failed!") != std::string::npos);
  CHECK(ran.err.find("check `--api-token`") != std::string::npos);
  CHECK(ran.err.find("hush") == std::string::npos);
}

TEST_CASE("a certificate that is not trusted: what to set, as flags") {
  HttpServer server(HttpServer::Tls::on, serve);
  Environment environment = towards(server);
  environment.erase("PROXMOX_VE_FINGERPRINT");
  const Ran ran = run_with({"pve", "ls"}, environment);
  CHECK(ran.code == failed);
  CHECK(ran.err.find("`--fingerprint`") != std::string::npos);
  CHECK(ran.err.find(server.fingerprint()) != std::string::npos);
  CHECK(ran.err.find("`--insecure`") != std::string::npos);
}

TEST_CASE("command lines") {
  const std::vector<Flag> flags = {{"--node", "NAME", "a node"}, {"--json", "", "as JSON"}};
  const auto parsed =
      Arguments::parse({"ls", "--node", "pve1", "x", "--json", "--", "--node"}, flags);
  REQUIRE(parsed);
  CHECK(parsed->value("--node") == "pve1");
  CHECK(parsed->has("--json"));
  CHECK(parsed->words() == std::vector<std::string>{"ls", "x", "--node"});
  CHECK(Arguments::parse({"--node="}, flags)->value("--node") == "");
  CHECK(help_of(flags) == "  --node NAME  a node\n  --json       as JSON\n");
}

TEST_CASE("tables stand in columns, and obey no control characters") {
  CHECK(table({"A", "LONG", "C"}, {{"größer", "", "c"}, {"b", "x\x1b[2J", "d"}}) ==
        "A       LONG   C\n"
        "größer  -      c\n"
        "b       x?[2J  d\n");
}

TEST_CASE("amounts for people") {
  CHECK(size_cell(0) == "0 B");
  CHECK(size_cell(1536) == "1.5 KiB");
  CHECK(size_cell(8589934592) == "8 GiB");
  CHECK(uptime_cell(42) == "42s");
  CHECK(uptime_cell(3599) == "59m");
  CHECK(uptime_cell(3 * 3600 + 5 * 60) == "3h 5m");
  CHECK(uptime_cell(93784) == "1d 2h");
}

TEST_CASE("the log writes a line an event, from its level on") {
  std::ostringstream out;
  const auto log = make_text_log(out, *parse_level("info"));
  log->debug("unseen");
  log->info("one\ntwo", {{"task", "vzcreate"}, {"text", "a\rb"}});
  CHECK(out.str().find("unseen") == std::string::npos);
  CHECK(out.str().substr(8) == " info  one two  task=vzcreate text=a b\n");
  CHECK(!log->enabled(LogLevel::debug));
  CHECK(!parse_level("loud"));
}

}  // namespace agent_test
