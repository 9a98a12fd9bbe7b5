#include "libpaas/placement/snapshot.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "libpaas/placement/amount.hpp"

namespace placement_snapshot_test {

using namespace paas;
using namespace paas::placement;

const char* const whole = R"(
format: 1
nodes:
  - name: pve1
    host: rack1
    arch: amd64
    labels: {zone: a, version: 1.10}
    capacity: {cpu: 16, memory: 64G, disk/local: 1T, guests: 100}
    reserved: {cpu: 500m, memory: 2G}
    overcommit: {cpu: 2, memory: "1.25"}
    devices: [{kind: gpu, model: A100, count: 2}]
    ports_taken: [22, 8006]
    volumes: [pgdata]
    taints:
      - {key: dedicated, value: db}
      - {key: slow, hard: false}
    drained: true
  - name: pve2
    capacity: {cpu: 0.5, memory: 512}
workloads:
  - name: web
    app: shop
    project: sales
    replicas: 3
    requests: {cpu: 0.25, memory: 512M, licences: 2}
    devices: [{kind: gpu, share: 0.5, models: [A100, H100]}]
    ports: [443]
    volumes: [pgdata]
    archs: [amd64, arm64]
    pin: [pve1, pve2]
    required:
      - {label: zone, values: [a, b]}
      - {label: version, op: greater, values: [1]}
      - {label: old, op: absent}
    preferred: [{label: ssd, op: exists, weight: 70}]
    tolerations: [{key: dedicated}, {key: slow, value: ""}]
    relations:
      - {app: shop, level: host}
      - {app: db, apart: false, weight: 10}
    spreads: [{level: zone, max_skew: 1}, {weight: 5}]
    priority: -3
    gang: stack
    max_unavailable: 1
    move_cost: 7
  - name: db
current:
  web/0: pve1
  web/1: gone
  db/0: pve2
rules:
  objectives: {pack: 10, balance: 20, fit: 30, spread: 40, affinity: 50, stay: 60}
  quotas: {sales: {cpu: 8, memory: 32G}}
  preempt: true
  expected: [{requests: {cpu: 1}, devices: [{kind: gpu, count: 2}], weight: 3}]
  search_budget: 500
)";

Problem parsed(std::string_view text) {
  auto problem = parse_snapshot(text, "f.yaml");
  if (!problem) FAIL(error_of(problem.error()).message);
  return *std::move(problem);
}

std::vector<std::string> flaws_of(std::string_view text) {
  std::vector<std::string> out;
  const auto problem = parse_snapshot(text, "f.yaml");
  if (!problem) {
    for (const Flaw& flaw : problem.error()) out.push_back(describe(flaw));
  }
  return out;
}

TEST_CASE("snapshot: every field is read") {
  const Problem problem = parsed(whole);
  const Node& node = problem.cluster.nodes.at(0);
  CHECK(node.name == "pve1");
  CHECK(node.host == "rack1");
  CHECK(node.arch == "amd64");
  CHECK(node.labels == Labels{{"zone", "a"}, {"version", "1.10"}});
  CHECK(node.capacity ==
        Amounts{{"cpu", 16000}, {"memory", 65536}, {"disk/local", 1048576}, {"guests", 100}});
  CHECK(node.reserved == Amounts{{"cpu", 500}, {"memory", 2048}});
  CHECK(node.overcommit_milli == Amounts{{"cpu", 2000}, {"memory", 1250}});
  CHECK(node.devices == std::vector<DeviceGroup>{{"gpu", "A100", 2}});
  CHECK(node.ports_taken == std::vector<int>{22, 8006});
  CHECK(node.volumes == std::vector<std::string>{"pgdata"});
  CHECK(node.taints == std::vector<Taint>{{"dedicated", "db", true}, {"slow", "", false}});
  CHECK(node.drained);
  CHECK(problem.cluster.nodes.at(1).capacity == Amounts{{"cpu", 500}, {"memory", 512}});

  const Workload& web = problem.workloads.at(0);
  CHECK(web.name == "web");
  CHECK(web.app == "shop");
  CHECK(web.project == "sales");
  CHECK(web.replicas == 3);
  CHECK(web.requests == Amounts{{"cpu", 250}, {"memory", 512}, {"licences", 2}});
  CHECK(web.devices == std::vector<DeviceRequest>{{"gpu", 1, 500, {"A100", "H100"}}});
  CHECK(web.ports == std::vector<int>{443});
  CHECK(web.volumes == std::vector<std::string>{"pgdata"});
  CHECK(web.archs == std::vector<std::string>{"amd64", "arm64"});
  CHECK(web.pin == std::vector<std::string>{"pve1", "pve2"});
  CHECK(web.required == std::vector<Term>{{"zone", Operator::in, {"a", "b"}},
                                          {"version", Operator::greater, {"1"}},
                                          {"old", Operator::absent}});
  CHECK(web.preferred == std::vector<Preference>{{{"ssd", Operator::exists}, 70}});
  CHECK(web.tolerations == std::vector<Toleration>{{"dedicated"}, {"slow", ""}});
  CHECK(web.relations == std::vector<Relation>{{"shop", "host"}, {"db", "node", false, 10}});
  CHECK(web.spreads == std::vector<Spread>{{"zone", 1}, {"host", std::nullopt, 5}});
  CHECK(web.priority == -3);
  CHECK(web.gang == "stack");
  CHECK(web.max_unavailable == 1);
  CHECK(web.move_cost == 7);
  CHECK(problem.workloads.at(1) == Workload{.name = "db"});

  CHECK(problem.current ==
        Assignment{{{"web", 0}, "pve1"}, {{"web", 1}, "gone"}, {{"db", 0}, "pve2"}});
  CHECK(problem.rules.objectives == Objectives{10, 20, 30, 40, 50, 60});
  CHECK(problem.rules.quotas.at("sales") == Amounts{{"cpu", 8000}, {"memory", 32768}});
  CHECK(problem.rules.preempt);
  CHECK(problem.rules.expected == std::vector<ExpectedShape>{{{{"cpu", 1000}}, {{"gpu", 2}}, 3}});
  CHECK(problem.rules.search_budget == 500);
}

TEST_CASE("snapshot: the canonical form is read back to the same, and is the shortest") {
  const Problem problem = parsed(whole);
  CHECK(parsed(print_json(snapshot_json(problem))) == problem);
  CHECK(parsed(pretty_json(snapshot_json(problem))) == problem);
  const std::string least = R"({"format":1,"nodes":[{"name":"a"}],"workloads":[{"name":"b"}]})";
  CHECK(print_json(snapshot_json(parsed(least))) == least);
  CHECK(print_json(node_json(problem.cluster.nodes[1])) ==
        R"({"capacity":{"cpu":0.5,"memory":"512M"},"name":"pve2"})");
}

TEST_CASE("snapshot: all mistakes at once, each with line and column") {
  CHECK(flaws_of(R"(nodes:
  - name: pve1
    capacity: {cpu: lots, memory: 4GG, guests: -1}
    reserved: {disk/local: 1G}
    memroy: 4G
  - name: pve1
    overcommit: {cpu: 200}
  - capacity: []
workloads:
  - name: web
    replicas: many
    ports: [0, 443, 443]
    required: [{label: zone, op: like}]
    relations:
      - {app: web, level: host}
      - {app: web, apart: false}
  - {name: a/b, requests: {cpu: 0.0001}}
current:
  web: pve1
  wbe/0: pve1
rules: {objectives: {pack: -1}, search: 1}
)") == std::vector<std::string>{
           "f.yaml:3:21: nodes[0].capacity.cpu: must be a number of cores like 2, 0.5 or \"500m\"",
           "f.yaml:3:35: nodes[0].capacity.memory: must be a size: a number and, if any, a unit "
           "of K, M, G or T",
           "f.yaml:3:48: nodes[0].capacity.guests: must be a whole number, at least 0; units are "
           "for "
           "cpu, memory and disk/NAME",
           "f.yaml:4:28: nodes[0].reserved[\"disk/local\"]: is no resource of the node's capacity",
           "f.yaml:5:5: nodes[0].memroy: unknown field; known are arch, capacity, devices, "
           "drained, host, labels, name, overcommit, ports_taken, reserved, taints, volumes",
           "f.yaml:6:11: nodes[1].name: another node is called \"pve1\", too",
           "f.yaml:7:23: nodes[1].overcommit.cpu: is no resource of the node's capacity",
           "f.yaml:7:23: nodes[1].overcommit.cpu: must be from 0.001 to 100",
           "f.yaml:8:5: nodes[2].name: is required",
           "f.yaml:8:15: nodes[2].capacity: must be a map, not a list",
           "f.yaml:11:15: workloads[0].replicas: must be a whole number",
           "f.yaml:12:13: workloads[0].ports[0]: must be from 1 to 65535",
           "f.yaml:12:21: workloads[0].ports[2]: stands in the list twice",
           "f.yaml:13:16: workloads[0].required[0].values: must hold at least one value",
           "f.yaml:13:34: workloads[0].required[0].op: must be one of absent, exists, greater, "
           "in, less, not_in",
           "f.yaml:16:9: workloads[0].relations[1]: contradicts workloads[0].relations[0]: "
           "\"web\" and \"web\" cannot be both together and apart",
           "f.yaml:17:12: workloads[1].name: must not hold a \"/\"",
           "f.yaml:17:33: workloads[1].requests.cpu: must be a number of cores like 2, 0.5 or "
           "\"500m\"",
           "f.yaml:19:8: current.web: the key must be a workload and the number of its replica, "
           "like \"web/0\"",
           "f.yaml:20:10: current[\"wbe/0\"]: there is no workload \"wbe\"; did you mean \"web\"?",
           "f.yaml:21:28: rules.objectives.pack: must be from 0 to 100000",
           "f.yaml:21:33: rules.search: unknown field; known are expected, objectives, preempt, "
           "quotas, search_budget"});
}

TEST_CASE("snapshot: names that lead nowhere") {
  CHECK(flaws_of("nodes: [{name: pve1}]\n"
                 "workloads: [{name: web, pin: [pvee1], relations: [{app: datbase}]},\n"
                 "  {name: database}]") ==
        std::vector<std::string>{
            "f.yaml:2:31: workloads[0].pin[0]: there is no node \"pvee1\"; did you mean \"pve1\"?",
            "f.yaml:2:57: workloads[0].relations[0].app: there is no app \"datbase\"; did you mean "
            "\"database\"?"});
  CHECK(flaws_of("nodes: []\nworkloads: [{name: web, project: shop}]\n"
                 "rules: {quotas: {shpo: {cpu: 1}}}") ==
        std::vector<std::string>{"f.yaml:3:24: rules.quotas.shpo: no workload is of the project "
                                 "\"shpo\"; did you mean \"shop\"?"});
}

TEST_CASE("snapshot: what is no snapshot at all") {
  CHECK(flaws_of("").size() == 1);
  CHECK(flaws_of("[]").size() == 1);
  CHECK(flaws_of("{}") == std::vector<std::string>{"f.yaml:1:1: nodes: is required",
                                                   "f.yaml:1:1: workloads: is required"});
  CHECK(flaws_of("nodes: []\nworkloads: []\nformat: 2") ==
        std::vector<std::string>{"f.yaml:3:9: format: must be from 1 to 1"});
  CHECK(flaws_of("nodes: []\nworkloads: []").empty());
}

TEST_CASE("snapshot: an addition has nodes and workloads, and nothing else") {
  const auto addition = parse_addition("nodes: [{name: a}]", "f");
  REQUIRE(addition);
  CHECK(*addition == Addition{{Node{.name = "a"}}, {}});
  const auto refused = parse_addition("workloads: [{name: b, replicas: -1}]\ncurrent: {}", "f");
  REQUIRE(!refused);
  CHECK(refused.error().size() == 2);
}

TEST_CASE("snapshot: the example of the documentation is one") {
  std::ifstream in(PAAS_SOURCE_DIR "/docs/formats/README.md");
  std::ostringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const std::size_t begin = text.find("```yaml\n") + 8, end = text.find("```", begin);
  REQUIRE(end != std::string::npos);
  const Problem problem = parsed(text.substr(begin, end - begin));
  CHECK(problem.cluster.nodes.size() == 2);
  CHECK(problem.workloads.size() == 2);
  CHECK(problem.current.size() == 1);
}

TEST_CASE("amounts are read as people write them, and printed so that they are read again") {
  CHECK(parse_amount("cpu", "2").value() == 2000);
  CHECK(parse_amount("cpu", "0.125").value() == 125);
  CHECK(parse_amount("cpu", "1.5000").value() == 1500);
  CHECK(parse_amount("cpu", "500m").value() == 500);
  CHECK(parse_amount("memory", "2G").value() == 2048);
  CHECK(parse_amount("disk/a", "0.5T").value() == 524288);
  CHECK(parse_amount("guests", "7").value() == 7);
  for (const char* wrong : {"", "-1", "0.0001", "1.", ".5", "m", "-1m", "1e3", "0x1", "1 ", "5k",
                            "9999999999999999999", "1.-5", "9999999999999999m"}) {
    INFO(wrong);
    CHECK(!parse_amount("cpu", wrong));
  }
  CHECK(!parse_amount("guests", "500m"));
  CHECK(!parse_amount("guests", "1.5"));
  CHECK(!parse_amount("memory", "0.3"));
  CHECK(!parse_amount("memory", "1125899906842624"));
  CHECK(amount_text("cpu", 1500) == "1.5 cores");
  CHECK(amount_text("cpu", 1000) == "1 core");
  CHECK(amount_text("memory", 2048) == "2 GiB");
  CHECK(amount_text("disk/a", 100) == "100 MiB");
  CHECK(amount_text("guests", 3) == "3");
  CHECK(rc::check("an amount is its own text", [] {
    const auto resource = *rc::gen::element<std::string>("cpu", "memory", "disk/x", "guests");
    const Amount amount = *rc::gen::inRange<Amount>(0, most_amount);
    const Json json = amount_json(resource, amount);
    const std::string text = json.string() != nullptr ? *json.string() : json.number()->text;
    const auto again = parse_amount(resource, text);
    if (resource == "cpu" && amount > most_amount - 2000) return;
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == amount);
  }));
}

TEST_CASE("the name of an allocation is read back") {
  CHECK(allocation_of("web/0") == Allocation{"web", 0});
  CHECK(allocation_of("a b/12") == Allocation{"a b", 12});
  for (const char* wrong :
       {"", "web", "/0", "web/", "web/-1", "web/01", "web/x", "web/9999999999"}) {
    CHECK(!allocation_of(wrong));
  }
}

}  // namespace placement_snapshot_test
