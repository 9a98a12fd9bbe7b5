#include "provider/resources/lxc/place.hpp"

#include <algorithm>
#include <set>

#include "libpaas/base/text.hpp"
#include "provider/resources/lxc/rules.hpp"

namespace paas::lxc {
namespace {

using tf::at;
using tf::Path;
using tf::Value;

std::string listed(const std::set<std::string>& names) {
  return join(std::vector<std::string>(names.begin(), names.end()), ", ");
}

// Whether the node is one to look for storages on.
bool check_node(const std::string& node, const proxmox::Resources& list, tf::Diagnostics& out) {
  std::set<std::string> online;
  for (const proxmox::Node& one : list.nodes)
    if (one.online) online.insert(one.name);
  if (online.empty() || online.contains(node)) return !online.empty();
  const bool there = std::any_of(list.nodes.begin(), list.nodes.end(),
                                 [&](const proxmox::Node& one) { return one.name == node; });
  out.push_back(tf::error_at(Path("node"), there ? "the node is offline" : "no such node",
                             "The container is to be on \"" + node + "\", which is " +
                                 (there ? "offline" : "not in the cluster") +
                                 ".\n\nSet node = \"…\" to one of: " + listed(online) + "."));
  return false;
}

}  // namespace

bool takes_a_place(const tf::Planning& planning) {
  if (planning.prior.is_null() || !planning.plan.requires_replace.empty()) return true;
  const Value& node = at(planning.plan.state, "node");
  return node != at(planning.prior, "node") && node != at(planning.prior, "current_node");
}

void check_place(const tf::Planning& planning, const proxmox::Resources& list) {
  const Value& planned = planning.plan.state;
  const std::string* node = text_at(planned, "node");
  if (!node || !check_node(*node, list, planning.diagnostics)) return;
  std::set<std::string> storages;
  for (const proxmox::Storage& storage : list.storages)
    if (storage.node == *node) storages.insert(storage.name);
  if (storages.empty()) return;
  const auto check_storage = [&](const Path& path, const Value& volume) {
    const std::string* storage = text_at(volume, "storage");
    if (!storage || storages.contains(*storage)) return;
    planning.diagnostics.push_back(tf::error_at(
        path.attribute("storage"), "no such storage on the node",
        to_text(path.attribute("storage")) + " is \"" + *storage + "\", which is not on " + *node +
            ", or may not be seen (Datastore.Audit).\n\nSet storage to one of: " +
            listed(storages) + "; or set node = \"…\" to a node that has it."));
  };
  check_storage(Path("root_disk"), at(planned, "root_disk"));
  if (const tf::Map* points = at(planned, "mount_points").as<tf::Map>())
    for (const auto& [slot, point] : *points) check_storage(Path("mount_points").key(slot), point);
}

}  // namespace paas::lxc
