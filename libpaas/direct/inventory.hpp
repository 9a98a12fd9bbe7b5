#pragma once
// Inventory: what a cluster consists of, read once and shared by all who ask.
//
// A refresh of a thousand containers asks for /cluster/resources once: the first who needs it
// fetches, the others wait for that answer. A write through this process makes it stale.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/direct/container.hpp"
#include "libpaas/direct/single_flight.hpp"
#include "libpaas/direct/vmid_pool.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/proxmox/inventory.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// One for each cluster, shared by all who work on it. Thread-safe.
class Inventory {
 public:
  explicit Inventory(Pve& pve) : pve_(pve) {}

  // GET /cluster/resources, at most once until changed() is called. Which guests there are, where,
  // their pools and tags are as of that moment; their names and states may be ten seconds older.
  Result<std::shared_ptr<const proxmox::Resources>> resources(std::stop_token stop);

  // What resources() said last, even if something has changed since; null if it was never asked.
  std::shared_ptr<const proxmox::Resources> last_seen() const { return resources_.last(); }

  // The guest with this id as listed.
  Result<std::optional<proxmox::Guest>> guest(int vmid, std::stop_token stop);

  // The state of each container of a node as of now, by id: GET /nodes/{node}/lxc, at most once
  // until changed() is called.
  Result<std::shared_ptr<const std::map<int, std::string>>> statuses(const std::string& node,
                                                                     std::stop_token stop);

  // What high availability is asked to do for each container, by id: GET /cluster/ha/resources, at
  // most once until changed() is called. Needs Sys.Audit; `denied` without.
  Result<std::shared_ptr<const std::map<int, HaState>>> ha(std::stop_token stop);

  // Something was created, moved or removed: the next question is asked anew.
  void changed();
  // The same, told of one guest.
  void changed(int vmid);
  // Whether changed(vmid) was ever called, so that last_seen() may be wrong about this guest.
  bool has_changed(int vmid) const;

  // The ids taken here for new containers.
  VmidPool& vmids() { return vmids_; }

  // Container templates and OCI archives on all available storages, or those of one node.
  // A shared storage is listed once. Sorted by node and volume.
  Result<std::vector<proxmox::Template>> templates(const std::string& node, std::stop_token stop);

 private:
  using Statuses = SingleFlight<std::map<int, std::string>>;

  Pve& pve_;
  SingleFlight<proxmox::Resources> resources_;
  SingleFlight<std::map<int, HaState>> ha_;
  VmidPool vmids_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Statuses>> statuses_;  // by node
  std::set<int> changed_;
};

// The guest with this id, or none.
std::optional<proxmox::Guest> guest_in(const proxmox::Resources& resources, int vmid);

}  // namespace paas::direct
#pragma GCC visibility pop
