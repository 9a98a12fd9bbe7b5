#pragma once
// Ledger: what the plans of one run ask of each node, beside what runs there already.
//
// Each resource is planned by itself, and none knows of the others: ten containers that each fit on
// a node may be too much for it together. What is booked here is only ever said in warnings. A plan
// call sees those before it, so that the last of them sees all; its sums do not depend on the
// order.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "libpaas/proxmox/inventory.hpp"

namespace paas::provider {

// What one container is to use.
struct Booking {
  std::string name;
  std::string node;
  std::uint64_t memory_mib = 0;                     // 0: it is not to run
  std::map<std::string, std::uint64_t> disk_mib{};  // new space, by storage
  int vmid = 0;  // the guest of the list that this is, or takes the place of; 0: none
};

// More is promised of one thing than there is.
struct Overbooking {
  std::string storage;            // empty: the node's memory
  std::uint64_t planned_mib = 0;  // by all bookings of this run
  std::uint64_t others_mib = 0;   // memory: other guests that run; storage: what is used
  std::uint64_t total_mib = 0;
  bool operator==(const Overbooking&) const = default;
};

// Thread-safe.
class Ledger {
 public:
  using List = std::shared_ptr<const proxmox::Resources>;

  // Books, and says what is too much on that node now, memory first, then storages by name. A later
  // booking of the same name replaces the one before; one that stands for a guest stays (Terraform
  // plans a replacement a second time, and then without the guest that goes). The first list counts
  // for the whole run: what is created after it is in the bookings. Storages that nodes share, and
  // what the list says no size of, are left out.
  std::vector<Overbooking> book(Booking booking, const List& list);

  // The guest has been destroyed, and does not count any more.
  void gone(int vmid);

 private:
  struct Sums {
    std::uint64_t memory_mib = 0;
    std::map<std::string, std::uint64_t> disk_mib{};
  };

  void read(const List& list);
  void stand_for(int vmid);
  std::vector<Overbooking> too_much(const std::string& node) const;

  std::mutex mutex_;
  List list_;
  std::map<std::string, Booking> bookings_;             // by name
  std::map<std::string, Sums> asked_;                   // of the bookings, by node
  std::map<std::string, std::uint64_t> running_bytes_;  // of the guests that nobody stands for
  std::set<int> stood_for_;
};

}  // namespace paas::provider
