#include "tests/bench/placement/openb.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace paas::bench::openb_test {

const TraceText two_nodes{"nodes.csv",
                          "sn,cpu_milli,memory_mib,gpu,model\r\n"
                          "node-b,64000,262144,2,P100\r\n"
                          "node-a,32000,131072,0,\r\n"};

TEST_CASE("openb: nodes, by name") {
  const auto nodes = openb_nodes(two_nodes);
  REQUIRE(nodes);
  REQUIRE(nodes->size() == 2);
  CHECK((*nodes)[0].name == "node-a");
  CHECK((*nodes)[0].cards == 0);
  CHECK((*nodes)[1].cpu_milli == 64000);
  CHECK((*nodes)[1].memory_mib == 262144);
  CHECK((*nodes)[1].cards == 2);
  CHECK((*nodes)[1].model == "P100");
}

TEST_CASE("openb: pods; columns in any order, more of them, and no models") {
  const auto pods = openb_pods({"pods.csv",
                                "name,num_gpu,cpu_milli,memory_mib,gpu_milli,gpu_spec,qos\n"
                                "a,0,500,256,0,,BE\n"
                                "b,1,500,256,460,V100|T4,LS\n"
                                "\n"
                                "c,2,500,256,0,,LS\n"});
  REQUIRE(pods);
  CHECK(*pods ==
        std::vector<Shape>{{500, 256}, {500, 256, 1, 460, {"T4", "V100"}}, {500, 256, 2, 1000}});
  const auto without =
      openb_pods({"pods.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\nb,500,256,1,460\n"});
  REQUIRE(without);
  CHECK(without->front().models.empty());
}

template <class T>
std::string complaint(const Result<T>& result) {
  return result ? "none" : result.error().message;
}

TEST_CASE("openb: what is malformed is refused with file and line") {
  const std::string head = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n";
  const auto pods = [&](const std::string& rows) {
    return complaint(openb_pods({"pods.csv", head + rows}));
  };
  CHECK(pods("a,1,1,0,0\nb,x,1,0,0\n") ==
        "pods.csv:3: cpu_milli is not a whole number from 0 to 1099511627776: \"x\"");
  CHECK(pods("a,1,-1,0,0\n").find("pods.csv:2: memory_mib") == 0);
  CHECK(pods("a,1,1,17,0\n").find("pods.csv:2: num_gpu") == 0);
  CHECK(pods("a,1,1,1,0\n").find("pods.csv:2: gpu_milli") == 0);
  CHECK(pods("a,1,1,1,1001\n").find("pods.csv:2: gpu_milli") == 0);
  CHECK(pods("a,1,1\n") == "pods.csv:2: 3 cells, not 5");
  CHECK(pods("") == "pods.csv: no pods");
  CHECK(complaint(openb_pods({"pods.csv", "name,cpu_milli\na,1\n"})) ==
        "pods.csv:1: no column memory_mib");
  CHECK(complaint(openb_pods({"pods.csv", ""})).find("pods.csv:0: no column") == 0);
  const std::string node_head = "sn,cpu_milli,memory_mib,gpu,model\n";
  CHECK(complaint(openb_nodes({"nodes.csv", node_head + "a,1,1,0,\na,1,1,0,\n"})) ==
        "nodes.csv: two nodes are called a");
  CHECK(complaint(openb_nodes({"nodes.csv", node_head + ",1,1,0,\n"})) ==
        "nodes.csv:2: a node without a name");
  CHECK(complaint(openb_nodes({"nodes.csv", node_head})) == "nodes.csv: no nodes");
}

TEST_CASE("openb: a file that is not there") {
  const auto text = read_trace("/nonexistent/nodes.csv");
  REQUIRE(!text);
  CHECK(text.error().code == Errc::unavailable);
}

TEST_CASE("openb: a published order") {
  const auto order = openb_order({"order.txt", "2\n0\n\n2\n"}, 3);
  REQUIRE(order);
  CHECK(*order == std::vector<std::size_t>{2, 0, 2});
  CHECK(complaint(openb_order({"order.txt", "0\n3\n"}, 3)) ==
        "order.txt:2: not one of 3 rows: \"3\"");
  CHECK(complaint(openb_order({"order.txt", "-1\n"}, 3)).find("order.txt:1:") == 0);
  CHECK(complaint(openb_order({"order.txt", "\n"}, 3)) == "order.txt: no rows");
}

TEST_CASE("openb: results of others") {
  const std::string head = "workload,policy,arrived_pct,alloc_pct_mean,n\n";
  const TraceText file{"results.csv",
                       head + "w,FGD,90,89.9,10\nw,FGD,100,95.25,10\nv,FGD,100,x,10\n"};
  const auto found = openb_published(file, {"w", "FGD"});
  REQUIRE(found);
  CHECK(*found == std::optional<double>(95.25));
  const auto other = openb_published(file, {"w", "BestFit"});
  REQUIRE(other);
  CHECK(!other->has_value());
  CHECK(complaint(openb_published(file, {"v", "FGD"})) ==
        "results.csv:4: alloc_pct_mean is not a number: \"x\"");
}

TEST_CASE("openb: an order of our own has every row, and 1.3 times the cards that there are") {
  const auto nodes = openb_nodes(two_nodes);
  const std::vector<Shape> pods{{1, 1, 1, 300}, {1, 1}, {1, 1, 1, 200}};
  REQUIRE(nodes);
  const auto order = shuffled_order(pods, *nodes, 42);
  std::int64_t asked = 0;
  for (const std::size_t row : order) asked += pods[row].card_milli();
  CHECK(asked >= 2600);
  CHECK(asked < 2600 + 300);
  std::vector<std::size_t> first(order.begin(), order.begin() + 3);
  std::sort(first.begin(), first.end());
  CHECK(first == std::vector<std::size_t>{0, 1, 2});
  CHECK(order == shuffled_order(pods, *nodes, 42));
  CHECK(shuffled_order({{1, 1}}, *nodes, 1).size() == 1);
}

TEST_CASE("openb: all rows are expected, whatever the order") {
  const auto nodes = openb_nodes(two_nodes);
  REQUIRE(nodes);
  const World world = openb_world(*nodes, {{1, 1}, {2, 2}, {1, 1}}, {1, 1});
  CHECK(world.shapes == std::vector<Shape>{{1, 1}, {2, 2}});
  CHECK(world.expected == std::vector<std::int64_t>{2, 1});
  REQUIRE(world.arrivals.size() == 2);
  CHECK(world.arrivals[0].shape == 1);
  CHECK(world.arrivals[0].replicas == 1);
}

}  // namespace paas::bench::openb_test
