#pragma once
// StorageGates: how many tasks allocate volumes on one storage of one node at once.
//
// Proxmox holds a lock per storage while it allocates, and gives up on it after ten seconds: fifty
// containers made at once on one pool would fail for no other reason.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/ports/clock.hpp"
#include "libpaas/proxmox/call.hpp"

namespace paas::pve {

// "pve1/local-lvm" of every storage that a call allocates on, sorted, each once. Pure.
std::vector<std::string> allocations(const proxmox::Call& call);

class StorageGates {
 public:
  // `places` on each storage; 0: no limit. The clock outlives this.
  StorageGates(int places, Clock& clock) : places_(places), clock_(clock) {}

  // Places taken, and not yet handed to a task or given back.
  using Places = std::vector<std::string>;

  // Waits for a place on each of these. Errors: `cancelled`. Thread-safe, as are all below.
  Result<Places> enter(const std::vector<std::string>& storages, std::stop_token stop);
  void leave(const Places& places);

  // The task keeps the places until done(), or for a quarter of an hour if nobody waits for it.
  void keep(const std::string& upid, Places places);
  void done(const std::string& upid);

 private:
  struct Kept {
    Places places;
    std::chrono::steady_clock::time_point since;
  };
  void give_back(const Places& places);  // REQUIRES: the lock
  void forget_abandoned();               // REQUIRES: the lock

  const int places_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, int> taken_;
  std::map<std::string, Kept> kept_;
};

}  // namespace paas::pve
