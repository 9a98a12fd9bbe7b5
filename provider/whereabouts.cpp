#include "provider/whereabouts.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "libpaas/base/text.hpp"

namespace paas::provider {
namespace {

std::string listed(const std::set<std::string>& names) {
  return join(std::vector<std::string>(names.begin(), names.end()), ", ");
}

}  // namespace

bool check_node(const tf::Path& path, const std::string& what, const std::string& node,
                const proxmox::Resources& list, tf::Diagnostics& out) {
  std::set<std::string> online;
  for (const proxmox::Node& one : list.nodes)
    if (one.online) online.insert(one.name);
  if (online.empty() || online.contains(node)) return !online.empty();
  const bool there = std::any_of(list.nodes.begin(), list.nodes.end(),
                                 [&](const proxmox::Node& one) { return one.name == node; });
  out.push_back(tf::error_at(path, there ? "the node is offline" : "no such node",
                             what + " is to be on \"" + node + "\", which is " +
                                 (there ? "offline" : "not in the cluster") +
                                 ".\n\nSet node = \"…\" to one of: " + listed(online) + "."));
  return false;
}

void check_storage(const tf::Path& path, const std::string& storage, const std::string& node,
                   const proxmox::Resources& list, tf::Diagnostics& out) {
  std::set<std::string> there;
  for (const proxmox::Storage& one : list.storages)
    if (one.node == node) there.insert(one.name);
  if (there.empty() || there.contains(storage)) return;
  out.push_back(tf::error_at(path, "no such storage on the node",
                             to_text(path) + " is \"" + storage + "\", which is not on " + node +
                                 ", or may not be seen (Datastore.Audit).\n\nSet storage to one "
                                 "of: " +
                                 listed(there) + "; or set node = \"…\" to a node that has it."));
}

void check_holds_templates(const tf::Path& path, const std::string& storage,
                           const std::string& node, const proxmox::Resources& list,
                           tf::Diagnostics& out) {
  const auto holds = [](const proxmox::Storage& one) {
    return std::find(one.content.begin(), one.content.end(), "vztmpl") != one.content.end();
  };
  std::set<std::string> fit;
  bool refused = false;
  for (const proxmox::Storage& one : list.storages) {
    if (one.node != node) continue;
    if (holds(one)) fit.insert(one.name);
    if (one.name == storage) refused = !one.content.empty() && !holds(one);
  }
  if (!refused) return;
  const std::string remedy = fit.empty() ? "Let one of its storages have the content type vztmpl."
                                         : "Set storage to one of: " + listed(fit) + ".";
  out.push_back(tf::error_at(path, "a storage without templates",
                             to_text(path) + " is \"" + storage + "\", which on " + node +
                                 " does not hold container templates (its content types have no "
                                 "vztmpl).\n\n" +
                                 remedy));
}

}  // namespace paas::provider
