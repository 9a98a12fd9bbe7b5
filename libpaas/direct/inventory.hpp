#pragma once
// Inventory: what a cluster consists of, read once and shared by all who ask.
//
// A refresh of a thousand containers asks for /cluster/resources once: the first who needs it
// fetches, the others wait for that answer. A write through this process makes it stale.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/ports/pve.hpp"
#include "libpaas/proxmox/inventory.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

class Inventory {
 public:
  explicit Inventory(Pve& pve) : pve_(pve) {}

  // GET /cluster/resources, at most once until changed() is called.
  Result<std::shared_ptr<const proxmox::Resources>> resources(std::stop_token stop);

  // The guest with this id as last listed; looks once more when the list may be older than us.
  Result<std::optional<proxmox::Guest>> guest(int vmid, std::stop_token stop);

  // Something was created, moved or removed: the next question is asked anew.
  void changed();

  // Container templates and OCI archives on all available storages, or those of one node.
  // A shared storage is listed once. Sorted by node and volume.
  Result<std::vector<proxmox::Template>> templates(const std::string& node, std::stop_token stop);

 private:
  Pve& pve_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool fetching_ = false;
  std::uint64_t generation_ = 0;
  std::shared_ptr<const proxmox::Resources> resources_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
