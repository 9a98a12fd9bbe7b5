#pragma once
// Containers: brings containers to what is wanted of them and reads back what is there.
//
// After any error the truth is on the cluster: observe() it. Nothing is repeated that could act
// twice; an answer that was lost is looked up. A guest that moves to another node meanwhile is
// followed.

#include <optional>
#include <stop_token>
#include <string_view>

#include "libpaas/base/log.hpp"
#include "libpaas/direct/births.hpp"
#include "libpaas/direct/container.hpp"
#include "libpaas/direct/inventory.hpp"
#include "libpaas/direct/step_runner.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/ports/random.hpp"
#include "libpaas/proxmox/addresses.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// What a caller may want to know of a creation as it goes on.
struct CreationHooks {
  LeftoverCallback leftover{};
  OtherRequestCallback other_request{};
  // All is as wanted but for the mark of the creation (leftovers.hpp), which goes when this has
  // returned: whoever is killed before leaves a container that the next creation recognises.
  std::function<void(const ContainerState&)> settled{};
};

// Keeps nothing itself: what containers of a cluster share is in the Inventory. Thread-safe.
class Containers {
 public:
  // Everything outlives this.
  Containers(Pve& pve, Inventory& inventory, Clock& clock, Random& random, Log& log);

  // Creates and brings to the wanted state. `born` is called with the id as soon as something
  // exists on the cluster, so that nothing can be orphaned whatever happens after; and with 0 if
  // that has gone again because the creation failed. The last call counts.
  // A vmid that was not given is chosen from the range, free of races with others: a candidate that
  // is taken meanwhile is replaced by the next. Errors name the step; `invalid` with every reason
  // for a specification that cannot be created (birth_refusals).
  Result<ContainerState> create(const ContainerSpec& spec, std::stop_token stop,
                                const BornCallback& born, const CreationHooks& hooks = {});

  // Brings the container to `want`. Errors name the step that failed and what was left undone;
  // `invalid` with every reason if `want` is refused, and nothing has been done then; `not_found`
  // if there is no such container.
  Result<ContainerState> change(int vmid, const ContainerSpec& want, std::stop_token stop);

  // Removes the container and its volumes. Gone already is success. A protected container is an
  // error (`conflict`), before anything has been done to it.
  Result<void> remove(int vmid, std::stop_token stop);

  // nullopt: it does not exist, and both existence tests agree (absent from /cluster/resources, and
  // /cluster/nextid?vmid= says the id is free). A guest that is there but may not be read, or whose
  // id belongs to a machine, is an error, never "gone".
  //
  // The list of a whole run is shared, so that this costs one call for the container's settings.
  // Its states may be ten seconds old: one that differs from `running`, what the caller believes,
  // is looked up again; without a belief, always.
  Result<std::optional<ContainerState>> observe(int vmid, std::stop_token stop,
                                                std::optional<bool> running = {});

  // The addresses the container has inside, once it has one of each kind that is asked for; after
  // two minutes, or when asked to stop, those it has then: that it has none is no error. Of a
  // stopped one, none at once.
  struct AwaitedAddresses {
    bool ipv4 = false;
    bool ipv6 = false;
  };
  Result<proxmox::Addresses> addresses(const ContainerState& state, AwaitedAddresses awaited,
                                       std::stop_token stop);

  // The id of the container named by "node/vmid", "vmid" or a name that only one has. The node must
  // be one of the cluster, but is only where the container was once: one that has moved is found.
  // Errors: `not_found`; `conflict`
  // naming all ids that share the name.
  Result<int> find(std::string_view id, std::stop_token stop);

 private:
  enum class Lists { as_known, fresh };

  Result<std::optional<proxmox::Guest>> locate(int vmid, Lists lists, std::stop_token stop);
  Result<std::optional<ContainerState>> survey(int vmid, Lists lists, std::stop_token stop);
  Result<void> read_settings(ContainerState& state, std::stop_token stop);
  Result<void> read_again(ContainerState& state, std::stop_token stop);
  Result<std::optional<HaState>> ha_of(const proxmox::Guest& guest, std::stop_token stop);

  Result<ContainerState> converge(ContainerState have, const ContainerSpec& want,
                                  std::stop_token stop);
  Result<void> run_all(const std::vector<Step>& steps, ContainerState& have, std::stop_token stop);
  Result<ContainerState> after_error(Error error, const ContainerState& have,
                                     const ContainerSpec& want, std::stop_token stop);
  Result<bool> remove_once(int vmid, Lists lists, std::stop_token stop);

  Pve& pve_;
  Inventory& inventory_;
  Clock& clock_;
  Log& log_;
  Births births_;
  StepRunner steps_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
