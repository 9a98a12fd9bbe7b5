#include "provider/data/pve_nodes/pve_nodes.hpp"

#include <map>

#include "libpaas/placement/amount.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/proxmox/calls.hpp"
#include "provider/checks/checks.hpp"
#include "provider/data/pve_nodes/capacity.hpp"
#include "provider/placement/tables.hpp"
#include "provider/tf/typed_data.hpp"

namespace paas::pve_nodes {
namespace {

using tf::Attr;
using tf::Trait;

struct Node {
  Attr<std::string> name;
  Attr<bool> online;
  Attr<std::int64_t> cores;
  Attr<tf::Number> cpu_load;
  Attr<std::int64_t> memory_bytes;
  Attr<std::int64_t> memory_used_bytes;
  Attr<std::int64_t> disk_bytes;
  Attr<std::int64_t> disk_used_bytes;
  Attr<std::int64_t> uptime_seconds;
};

struct Nodes {
  Attr<bool> online;
  Attr<std::string> placed_tag;
  Attr<std::map<std::string, std::string>> headroom;
  tf::Value overcommit;
  Attr<bool> status;
  Attr<std::vector<Node>> nodes;
  tf::Value placement_nodes;
};

// clang-format off: tables, one attribute a row
const tf::Object<Node>& node_object() {
  static const tf::Object<Node> object{"A node.", 0, {
      {"name", &Node::name, Trait::computed, "Name."},
      {"online", &Node::online, Trait::computed, "Whether it is up and in the cluster."},
      {"cores", &Node::cores, Trait::computed, "Number of logical processors."},
      {"cpu_load", &Node::cpu_load, Trait::computed, "Share of all processors in use, 0 to 1."},
      {"memory_bytes", &Node::memory_bytes, Trait::computed, "Memory."},
      {"memory_used_bytes", &Node::memory_used_bytes, Trait::computed, "Memory in use."},
      {"disk_bytes", &Node::disk_bytes, Trait::computed, "Size of the root file system."},
      {"disk_used_bytes", &Node::disk_used_bytes, Trait::computed,
       "Space in use on the root file system."},
      {"uptime_seconds", &Node::uptime_seconds, Trait::computed, "Time since it was started."},
  }};
  return object;
}

const tf::Object<Nodes>& nodes_object() {
  static const tf::Object<Nodes> object{
      "The nodes of the cluster, sorted by name, and what they have room for, in the shape that "
      "`paas_placement` takes.\n\n"
      "All of it comes from one listing (`/cluster/resources`), unless `status` asks for more. What "
      "Proxmox does not know of a node, `placement_nodes` has not either: whether it is `drained`, "
      "its `taints`, `labels`, `devices`, and the `host` below a virtual node. Merge that in, as the "
      "second example does.", 0, {
      {"online", &Nodes::online, Trait::optional, "Only nodes that are, or are not, online."},
      {"placed_tag", &Nodes::placed_tag, Trait::optional,
       "Tag of the guests that `paas_placement` places. What all other guests may use is then "
       "reserved in `placement_nodes`; without it no guest is counted.", {.check = checks::tag()}},
      {"headroom", &Nodes::headroom, Trait::optional,
       "What no workload gets of any node, by resource: `{ cpu = 1, memory = \"4G\" }`.",
       {.check = placement_values::readable_amounts()}},
      placement_values::value_row(&Nodes::overcommit, placement_values::leaf(
          "overcommit", tf::Type::map(tf::Type::number()), Trait::optional,
          "How many times the capacity of every node may be promised, by resource: `{ cpu = 2 }`.",
          {.check = tf::each(checks::number(0.001, 100))})),
      {"status", &Nodes::status, Trait::optional,
       "Whether to ask each online node itself for its architecture, its processors and its memory, "
       "with one call a node (`/nodes/{node}/status`, which needs `Sys.Audit` on it). The listing has "
       "processors and memory, too, but it lags behind and knows no architecture: `arch` in "
       "`placement_nodes` is null without. Left out, `false`."},
      {"nodes", nested(&Nodes::nodes, node_object()), Trait::computed, "The nodes."},
      placement_values::value_row(&Nodes::placement_nodes, placement_values::branch(
          "placement_nodes", tf::Nesting::map, placement_values::read_only(*placement_values::node_schema()),
          Trait::computed,
          "The nodes that are online, by name, as `cluster` of `paas_placement` takes them: cores, "
          "memory, and the local storages for guests as `disk/NAME`. What others use of a storage is "
          "counted in twentieths of its size. Nothing in it follows the load, so a plan does not "
          "change by itself.")),
  }};
  return object;
}
// clang-format on

std::int64_t amount(std::uint64_t bytes) {
  return static_cast<std::int64_t>(bytes);
}

Node node_of(const proxmox::Node& node) {
  return {node.name,
          node.online,
          std::int64_t{node.cores},
          tf::Number::from_double(node.cpu_load),
          amount(node.memory_bytes),
          amount(node.memory_used_bytes),
          amount(node.disk_bytes),
          amount(node.disk_used_bytes),
          amount(node.uptime_s)};
}

placement::Amounts amounts_of(const Nodes& asked) {
  placement::Amounts out;
  if (!asked.headroom.known()) return out;
  for (const auto& [resource, text] : *asked.headroom)
    if (const auto amount = placement::parse_amount(resource, text)) out.emplace(resource, *amount);
  return out;
}

placement::Amounts overcommit_of(const Nodes& asked) {
  placement::Amounts out;
  if (const auto* map = asked.overcommit.as<tf::Map>())
    for (const auto& [resource, ratio] : *map)
      if (const auto* number = ratio.as<tf::Number>())
        if (const auto milli = placement::parse_milli(number->text()))
          out.emplace(resource, *milli);
  return out;
}

// Corrects what the listing says of the nodes that are online. Gives their architectures.
Result<std::map<std::string, std::string>> ask_each(Pve& pve, std::vector<proxmox::Node>& nodes,
                                                    std::stop_token stop) {
  std::map<std::string, std::string> archs;
  for (proxmox::Node& node : nodes) {
    if (!node.online) continue;
    const NodeStatus status =
        TRY(parse_node_status(TRY(pve.call(proxmox::node_status(node.name), stop))));
    node.cores = status.cores;
    node.memory_bytes = status.memory_bytes;
    archs.emplace(node.name, status.arch);
  }
  return archs;
}

class NodesSource final : public tf::TypedData<Nodes> {
 public:
  explicit NodesSource(std::shared_ptr<const provider::CurrentServices> services)
      : TypedData("paas_pve_nodes", nodes_object()), services_(std::move(services)) {}

 protected:
  Result<Nodes> look_up(Nodes asked, const tf::Call& call) override {
    const auto services = services_->get();
    auto cluster = TRY(services->cluster());
    proxmox::Resources resources = *TRY(cluster.inventory.resources(call.stop));
    std::map<std::string, std::string> archs;
    if (asked.status.known() && *asked.status)
      archs = TRY(ask_each(cluster.pve, resources.nodes, call.stop));
    std::vector<Node> nodes;
    for (const proxmox::Node& node : resources.nodes)
      if (asked.online.null() || *asked.online == node.online) nodes.push_back(node_of(node));
    asked.nodes = std::move(nodes);
    auto roomy = capacity_of(
        resources, {asked.placed_tag.optional(), amounts_of(asked), overcommit_of(asked)});
    if (asked.online.known() && !*asked.online) roomy.clear();
    for (placement::Node& node : roomy) node.arch = archs[node.name];
    asked.placement_nodes = value_of(roomy);
    return asked;
  }
  bool waits() const override { return services_->get()->waits(); }

 private:
  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::DataSource> make_pve_nodes(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<NodesSource>(std::move(services));
}

}  // namespace paas::pve_nodes
