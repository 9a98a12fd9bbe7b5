#include "provider/data/pve_nodes/capacity.hpp"

#include <catch2/catch.hpp>

#include "provider/placement/tables.hpp"
#include "provider/tf/contract.hpp"

namespace capacity_test {

using namespace paas;
using namespace paas::pve_nodes;
using placement::Amounts;

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

proxmox::Guest guest(int vmid, int cores, std::uint64_t memory_gib, std::vector<std::string> tags) {
  proxmox::Guest out;
  out.vmid = vmid;
  out.node = "pve1";
  out.cores = cores;
  out.memory_bytes = memory_gib * gib;
  out.disk_bytes = 10 * gib;
  out.tags = std::move(tags);
  return out;
}

proxmox::Storage storage(const char* name, bool shared, std::vector<std::string> content) {
  proxmox::Storage out;
  out.name = name;
  out.node = "pve1";
  out.shared = shared;
  out.available = true;
  out.content = std::move(content);
  out.total_bytes = 100 * gib;
  out.used_bytes = 31 * gib;
  return out;
}

proxmox::Resources cluster() {
  proxmox::Resources out;
  proxmox::Node node;
  node.name = "pve1";
  node.online = true;
  node.cores = 8;
  node.memory_bytes = 32 * gib;
  out.nodes = {node};
  node.name = "pve2";
  node.online = false;
  out.nodes.push_back(node);
  out.storages = {storage("local", false, {"rootdir"}), storage("nfs", true, {"rootdir"}),
                  storage("iso", false, {"iso"})};
  out.guests = {guest(100, 2, 4, {}), guest(101, 1, 2, {"placed", "web"}), guest(102, 8, 1, {})};
  return out;
}

TEST_CASE("without a tag nothing is reserved", "[placement][tf]") {
  const auto nodes = capacity_of(cluster(), {});
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].name == "pve1");
  CHECK(nodes[0].capacity == Amounts{{"cpu", 8000}, {"memory", 32768}, {"disk/local", 102400}});
  CHECK(nodes[0].reserved.empty());
}

TEST_CASE("what others may use is reserved", "[placement][tf]") {
  const auto nodes = capacity_of(cluster(), {"placed", {{"memory", 1024}, {"gpu", 1}}, {}});
  REQUIRE(nodes.size() == 1);
  // Container 102 has all cores of the node: that is no demand. Of the disk, 31 - 10 GiB are
  // others', which is more than four twentieths.
  CHECK(nodes[0].reserved ==
        Amounts{{"cpu", 2000}, {"memory", 6 * 1024}, {"disk/local", 25 * 1024}});
}

TEST_CASE("what others use of an overcommitted node counts less", "[placement][tf]") {
  const auto nodes = capacity_of(cluster(), {"placed", {}, {{"cpu", 3000}, {"disk/gone", 2000}}});
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].reserved.at("cpu") == 667);
  CHECK(nodes[0].overcommit_milli == Amounts{{"cpu", 3000}});
}

TEST_CASE("a template needs nothing, and no more is reserved than there is", "[placement][tf]") {
  proxmox::Resources resources = cluster();
  resources.guests[0].is_template = true;
  resources.guests[2].memory_bytes = 100 * gib;
  const auto nodes = capacity_of(resources, {"placed", {}, {}});
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].reserved.contains("cpu") == false);
  CHECK(nodes[0].reserved.at("memory") == 32768);
}

TEST_CASE("what a node says of itself is read, or refused whole", "[placement][tf]") {
  const auto of = [](const char* text) { return parse_node_status(parse_json(text).value()); };
  const auto status = of(R"({"current-kernel": {"machine": "aarch64"}, "cpuinfo": {"cpus": 12},
                             "memory": {"total": 33554432}})");
  REQUIRE(status);
  CHECK(status->arch == "arm64");
  CHECK(status->cores == 12);
  CHECK(status->memory_bytes == 32 * 1024 * 1024);
  CHECK_FALSE(of(R"({"cpuinfo": {"cpus": 12}, "memory": {"total": 1}})"));
  CHECK_FALSE(of(R"({"current-kernel": {"machine": "x86_64"}, "cpuinfo": {"cpus": 0},
                     "memory": {"total": 1}})"));
}

TEST_CASE("the value has the shape of a cluster", "[placement][tf]") {
  const auto value = value_of(capacity_of(cluster(), {"placed", {}, {{"cpu", 1500}}}));
  CHECK(tf::check_shape(tf::Type::map(type_of(*placement_values::node_schema())), value) ==
        tf::Breaches{});
  const tf::Value& node = tf::at(value, "pve1");
  CHECK(tf::at(tf::at(node, "capacity"), "memory") == tf::Value("32G"));
  CHECK(tf::at(tf::at(node, "overcommit"), "cpu") == tf::Value(tf::Number::from_double(1.5)));
}

}  // namespace capacity_test
