#include "provider/data/pve_nodes/capacity.hpp"

#include <algorithm>

#include "libpaas/placement/amount.hpp"
#include "provider/placement/tables.hpp"

namespace paas::pve_nodes {
namespace {

using placement::Amount;
using placement::Amounts;
using tf::Map;
using tf::Value;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

Amount in_mib(std::uint64_t bytes) {
  return static_cast<Amount>(
      std::min<std::uint64_t>(bytes / mib, static_cast<std::uint64_t>(placement::most_amount)));
}

bool holds_guests(const proxmox::Storage& storage) {
  const auto holds = [&](const char* content) {
    return std::find(storage.content.begin(), storage.content.end(), content) !=
           storage.content.end();
  };
  return storage.available && !storage.shared && (holds("rootdir") || holds("images"));
}

bool has_tag(const proxmox::Guest& guest, const std::string& tag) {
  return std::find(guest.tags.begin(), guest.tags.end(), tag) != guest.tags.end();
}

// What others than the placed guests may use on a node.
class Others {
 public:
  Others(const proxmox::Resources& resources, const proxmox::Node& node, const std::string& tag) {
    for (const proxmox::Guest& guest : resources.guests) {
      if (guest.node != node.name) continue;
      if (has_tag(guest, tag)) {
        placed_disk_bytes_ += guest.disk_bytes;
        continue;
      }
      if (guest.is_template) continue;
      const bool unlimited =
          guest.kind == proxmox::GuestKind::container && guest.cores >= node.cores;
      if (!unlimited) cpu_ += Amount{1000} * guest.cores;
      memory_bytes_ += guest.memory_bytes;
    }
  }

  Amount cpu() const { return cpu_; }
  Amount memory() const { return in_mib(memory_bytes_ + mib - 1); }
  // Rounded up to a twentieth of the storage, so that it seldom changes.
  Amount disk(const proxmox::Storage& storage) const {
    const std::uint64_t used =
        storage.used_bytes - std::min(storage.used_bytes, placed_disk_bytes_);
    const Amount step = std::max<Amount>(in_mib(storage.total_bytes) / 20, 1);
    return (in_mib(used) + step - 1) / step * step;
  }

 private:
  Amount cpu_ = 0;
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t placed_disk_bytes_ = 0;
};

// Reserved room is taken off before a capacity is promised several times; what others were promised
// is not.
Amount before_overcommit(Amount amount, const std::string& resource, const Amounts& overcommit) {
  const auto milli = overcommit.find(resource);
  if (milli == overcommit.end() || milli->second <= 0) return amount;
  return (amount * 1000 + milli->second - 1) / milli->second;
}

placement::Node node_of(const proxmox::Resources& resources, const proxmox::Node& node,
                        const CapacityRules& rules) {
  placement::Node out;
  out.name = node.name;
  out.capacity = {{"cpu", Amount{1000} * node.cores}, {"memory", in_mib(node.memory_bytes)}};
  const Others others(resources, node, rules.placed_tag.value_or(""));
  Amounts used{{"cpu", others.cpu()}, {"memory", others.memory()}};
  for (const proxmox::Storage& storage : resources.storages) {
    if (storage.node != node.name || !holds_guests(storage)) continue;
    const std::string resource = "disk/" + storage.name;
    out.capacity.emplace(resource, in_mib(storage.total_bytes));
    used.emplace(resource, others.disk(storage));
  }
  for (const auto& [resource, amount] : out.capacity) {
    Amount reserved = 0;
    if (rules.placed_tag)
      reserved += before_overcommit(used[resource], resource, rules.overcommit_milli);
    if (const auto headroom = rules.headroom.find(resource); headroom != rules.headroom.end())
      reserved += headroom->second;
    if (reserved > 0) out.reserved.emplace(resource, std::min(reserved, amount));
    if (const auto milli = rules.overcommit_milli.find(resource);
        milli != rules.overcommit_milli.end())
      out.overcommit_milli.emplace(*milli);
  }
  return out;
}

Value amounts_value(const Amounts& amounts) {
  if (amounts.empty()) return tf::Null{};
  Map out;
  for (const auto& [resource, amount] : amounts) {
    const Json text = placement::amount_json(resource, amount);
    out.emplace(resource, text.number() ? text.number()->text
                                        : (text.string() ? *text.string() : std::string()));
  }
  return out;
}

Value overcommit_value(const Amounts& overcommit_milli) {
  if (overcommit_milli.empty()) return tf::Null{};
  Map out;
  for (const auto& [resource, milli] : overcommit_milli) {
    const auto number = tf::Number::parse(placement::milli_json(milli).number()->text);
    out.emplace(resource, number.value_or(tf::Number()));
  }
  return out;
}

}  // namespace

std::vector<placement::Node> capacity_of(const proxmox::Resources& resources,
                                         const CapacityRules& rules) {
  std::vector<placement::Node> out;
  for (const proxmox::Node& node : resources.nodes)
    if (node.online) out.push_back(node_of(resources, node, rules));
  return out;
}

Result<NodeStatus> parse_node_status(const Json& data) {
  const std::string* machine = data["current-kernel"]["machine"].string();
  const auto cores = data["cpuinfo"]["cpus"].integer();
  const auto memory = data["memory"]["total"].integer();
  if (!machine || !cores || !memory || *cores < 1 || *cores > 1'000'000 || *memory < 0)
    return fail(Errc::internal, "unable to understand the status of a node");
  const std::string arch =
      *machine == "x86_64" ? "amd64" : (*machine == "aarch64" ? "arm64" : *machine);
  return NodeStatus{arch, static_cast<int>(*cores), static_cast<std::uint64_t>(*memory)};
}

Value value_of(const std::vector<placement::Node>& nodes) {
  Map out;
  for (const placement::Node& node : nodes) {
    Map one;
    for (const tf::Attribute& a : placement_values::node_schema()->attributes)
      one.emplace(a.name, Value(tf::Null{}));
    if (!node.arch.empty()) one.insert_or_assign("arch", node.arch);
    one.insert_or_assign("capacity", amounts_value(node.capacity));
    one.insert_or_assign("reserved", amounts_value(node.reserved));
    one.insert_or_assign("overcommit", overcommit_value(node.overcommit_milli));
    out.emplace(node.name, std::move(one));
  }
  return out;
}

}  // namespace paas::pve_nodes
