// `paas-agent place` as its users meet it: a snapshot in, an answer and an exit
// code out.

#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "agent/program.hpp"
#include "libpaas/base/json.hpp"

namespace agent_place_test {

using namespace paas;
using namespace paas::agent;

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

Ran place(std::vector<std::string> arguments, const std::string& snapshot) {
  arguments.insert(arguments.begin(), "place");
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(snapshot);
  const int code = run({std::move(arguments), {}, out, err, in});
  return {code, out.str(), err.str()};
}

const char* const fitting = R"(
nodes:
  - {name: pve1, host: rack1, capacity: {cpu: 4, memory: 8G}}
  - {name: pve2, host: rack2, capacity: {cpu: 4, memory: 8G}}
workloads:
  - {name: web, replicas: 2, requests: {cpu: 1, memory: 1G}, relations: [{app: web}]}
)";

Json json_of(const Ran& ran) {
  auto json = parse_json(ran.out);
  if (!json) FAIL(ran.out + ran.err);
  return *std::move(json);
}

TEST_CASE("place plan: fits, does not fit, bad input") {
  const Ran fits = place({"plan", "-", "--json"}, fitting);
  CHECK(fits.code == done);
  CHECK(json_of(fits)["assignment"].object()->size() == 2);
  CHECK(place({"plan", "-"}, fitting).out.find("web/1") != std::string::npos);

  const Ran refused = place({"plan", "-", "--json"},
                            "nodes: [{name: a, capacity: {memory: 1G}}]\n"
                            "workloads: [{name: web, requests: {memory: 2G}}]");
  CHECK(refused.code == failed);
  CHECK(json_of(refused)["fits"] == Json(false));

  const Ran bad = place({"plan", "-"}, "nodes: [{nme: a}]\nworkloads: 7");
  CHECK(bad.code == misused);
  CHECK(bad.out.empty());
  CHECK(bad.err ==
        "stdin:1:9: nodes[0].name: is required\n"
        "stdin:1:10: nodes[0].nme: unknown field; did you mean \"name\"?\n"
        "stdin:2:12: workloads: must be a list, not a text\n");
}

TEST_CASE("place: command lines that are wrong") {
  for (const auto& arguments : {std::vector<std::string>{"plan"},
                                {"plan", "-", "-"},
                                {"plan", "-", "--fast"},
                                {"plan", "/nowhere/at/all.yaml"},
                                {"explain", "-"},
                                {"explain", "-", "--workload", "nobody"},
                                {"what-if", "-", "--scale", "web"},
                                {"what-if", "-", "--scale", "web=-1"},
                                {"what-if", "-", "--resize", "web"},
                                {"what-if", "-", "--resize", "web:"},
                                {"what-if", "-", "--resize", "web:cpu"},
                                {"what-if", "-", "--resize", "web:cpu=many"},
                                {"what-if", "-", "--resize", "nobody:cpu=1"},
                                {"what-if", "-", "--lose-node", "nobody"},
                                {"what-if", "-", "--room", "nobody"},
                                {"what-if", "-", "--add", "/nowhere/at/all.yaml"},
                                {"rebalance", "-", "--max-moves", "few"}}) {
    const Ran ran = place(arguments, fitting);
    INFO(arguments.back());
    CHECK(ran.code == misused);
    CHECK(ran.out.empty());
    CHECK(!ran.err.empty());
  }
}

TEST_CASE("place explain: one more, or one of those there are") {
  const Ran more = place({"explain", "-", "--workload", "web", "--json"}, fitting);
  CHECK(*json_of(more)["allocation"].string() == "web/2");
  const Ran one = place({"explain", "-", "--workload", "web/0", "--json"}, fitting);
  CHECK(one.code == done);
  CHECK(json_of(one)["verdicts"].array()->size() == 2);
}

TEST_CASE("place what-if: a change, what survives, what room is left") {
  const Ran lost = place({"what-if", "-", "--lose-host", "rack1", "--json"}, fitting);
  CHECK(lost.code == failed);
  CHECK(json_of(lost)["survival"].is_null());
  const Ran scaled = place({"what-if", "-", "--scale", "web=1", "--room=web", "--json"}, fitting);
  CHECK(scaled.code == done);
  CHECK(json_of(scaled)["plan"]["assignment"].object()->size() == 1);
  CHECK(json_of(scaled)["room"]["room"] == Json(1));
  const Ran survive = place({"what-if", "-", "--survive", "--json"}, fitting);
  CHECK(survive.code == failed);
  CHECK(json_of(survive)["survival"]["losses"].array()->size() == 2);
}

TEST_CASE("place rebalance: nothing to gain, nothing to do") {
  const Ran ran = place({"rebalance", "-", "--max-moves", "0", "--json"}, fitting);
  CHECK(ran.code == done);
  CHECK(json_of(ran)["moves"].array()->empty());
}

}  // namespace agent_place_test
