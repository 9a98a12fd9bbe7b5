#include "libpaas/proxmox/advice.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/text.hpp"

namespace paas::proxmox {
namespace {

struct Advice {
  std::string_view begin;  // both parts stand in the text, in this order
  std::string_view end;
  std::string_view advice;
};

// The first row that fits decides.
constexpr std::array<Advice, 10> known_advice{{
    {"hostname lookup '", "failed",
     "correct the name of the node: the cluster has none of that name, or cannot find its address"},
    {"storage '", "does not exist", "name a storage that is configured on the cluster"},
    {"volume '", "does not exist",
     "name a volume that is on the storage, or have it downloaded to this node first"},
    {"pool '", "does not exist", "create the pool first, correct its name, or leave it out"},
    {"bridge '", "does not exist",
     "name a bridge that the node has, or create it on the node first"},
    {"can't upload to storage type", "",
     "choose a storage of files that has vztmpl among its content types, such as local"},
    {"no quorum", "", "apply again when most nodes of the cluster are up and see each other"},
    {"No space left", "", "free space on the storage, or choose another one"},
    {"only possible from a snapshot", "",
     "set clone.snapshot to a snapshot of the container, or stop the container first"},
    {"Linked clone feature for '", "is not available",
     "set clone.full to true: the storage of the source cannot link"},
}};

}  // namespace

std::string advice_for(std::string_view server_text) {
  const auto fits = [&](const Advice& row) {
    const auto at = server_text.find(row.begin);
    return at != std::string_view::npos &&
           server_text.find(row.end, at + row.begin.size()) != std::string_view::npos;
  };
  const auto found = std::find_if(known_advice.begin(), known_advice.end(), fits);
  return found == known_advice.end() ? "" : std::string(found->advice);
}

Result<void> require_node(const std::string& name, const std::vector<std::string>& nodes) {
  if (std::find(nodes.begin(), nodes.end(), name) != nodes.end()) return {};
  return tl::unexpected<Error>(
      Error{Errc::not_found,
            "node: the cluster has no node \"" + shortened(name, 80) + "\"",
            {},
            "name one of its nodes: " + join(nodes, ", ")});
}

Result<void> require_node(const std::string& name, const Resources& list) {
  std::vector<std::string> names;
  for (const Node& node : list.nodes) names.push_back(node.name);
  return require_node(name, names);
}

}  // namespace paas::proxmox
