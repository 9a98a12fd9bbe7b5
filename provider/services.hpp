#pragma once
// Services: what a configured provider gives its resources and data sources.
//
// Made whole by every configuration and replaced at once; a call in flight keeps the one it began
// with, and the connections behind it, until it ends.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libpaas/direct/containers.hpp"
#include "libpaas/direct/inventory.hpp"
#include "libpaas/direct/templates.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/files.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/ports/random.hpp"
#include "provider/ledger.hpp"
#include "provider/policy/policy.hpp"

namespace paas::provider {

// A cluster we can talk to, as long as the Services it came from live.
struct Cluster {
  Pve& pve;
  direct::Inventory& inventory;
  direct::Containers& containers;
  direct::Templates& templates;
  Clock& clock;
};

// What surrounds the provider and outlives it.
struct Machine {
  Clock& clock;
  Random& random;
  Files& files;
  Log& log;
};

class Services {
 public:
  // Not usable yet: `why_not` is what everybody gets who asks for the cluster.
  Services(Machine machine, policy::Policy policy, Error why_not);
  Services(Machine machine, policy::Policy policy, std::shared_ptr<Pve> pve, std::string user);

  // Errors: `unavailable`, with what the user has to configure.
  Result<Cluster> cluster();

  // The list of the cluster for checks at plan time: however old, asked for at most once, with a
  // patience of seconds; null where the cluster cannot be asked, so that a plan needs none.
  std::shared_ptr<const proxmox::Resources> cluster_list();

  // What the plans since this configuration ask of the nodes.
  Ledger& ledger() { return ledger_; }

  const policy::Policy& policy() const { return policy_; }
  Files& files() const { return machine_.files; }
  // The user the configuration names: "root@pam!ci" for a token, "root@pam" for a password; empty
  // where it names none.
  const std::string& user() const { return user_; }
  // Whether Proxmox will refuse what only root@pam with a password may do.
  bool lacks_root() const { return !user_.empty() && user_ != "root@pam"; }
  // The provider's configuration has values that are only known after apply.
  bool waits() const { return waits_; }
  void wait_for_configuration() { waits_ = true; }

 private:
  Machine machine_;
  policy::Policy policy_;
  std::shared_ptr<Pve> pve_;
  std::unique_ptr<direct::Inventory> inventory_;
  std::unique_ptr<direct::Containers> containers_;
  std::unique_ptr<direct::Templates> templates_;
  std::string user_;
  Error why_not_;
  bool waits_ = false;
  std::once_flag listed_;
  Ledger ledger_;
};

// Where resources find the services of now. Thread-safe.
class CurrentServices {
 public:
  explicit CurrentServices(std::shared_ptr<Services> services) : services_(std::move(services)) {}
  std::shared_ptr<Services> get() const;
  void replace(std::shared_ptr<Services> services);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Services> services_;
};

}  // namespace paas::provider
