#pragma once
// What a reader can do about the errors of Proxmox that are known by their text.

#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"
#include "libpaas/proxmox/inventory.hpp"

namespace paas::proxmox {

// One sentence of advice for a text of the server, of a reply or at the end of a task: "storage
// 'tank' does not exist" → what to check. "" for a text that is not known.
std::string advice_for(std::string_view server_text);

// `not_found` unless the cluster has a node of that name; the remedy lists those it has.
Result<void> require_node(const std::string& name, const std::vector<std::string>& nodes);
// The same of the nodes of a list of the cluster.
Result<void> require_node(const std::string& name, const Resources& list);

}  // namespace paas::proxmox
