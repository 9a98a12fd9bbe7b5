#pragma once
// Whereabouts: whether a node and a storage that a plan names are there, as the list of the cluster
// tells. Errors only; what may not be seen refuses nothing.

#include <string>

#include "libpaas/proxmox/inventory.hpp"
#include "provider/tf/diagnostics.hpp"

namespace paas::provider {

// Adds an error where the node is not in the cluster or offline, with those that are; `what` is to
// be on it: "The container". Returns whether it makes sense to look for storages there.
bool check_node(const tf::Path& path, const std::string& what, const std::string& node,
                const proxmox::Resources& list, tf::Diagnostics& out);

// Adds an error where the node has no such storage, with those it has. REQUIRES: check_node().
void check_storage(const tf::Path& path, const std::string& storage, const std::string& node,
                   const proxmox::Resources& list, tf::Diagnostics& out);

// Adds an error where the node has the storage and it is told to hold no container templates
// (content type vztmpl), with those of the node that are. REQUIRES: check_node().
void check_holds_templates(const tf::Path& path, const std::string& storage,
                           const std::string& node, const proxmox::Resources& list,
                           tf::Diagnostics& out);

}  // namespace paas::provider
