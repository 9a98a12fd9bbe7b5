#pragma once
// Containers: carries out container steps against a cluster and reads back what is there.

#include <functional>
#include <memory>
#include <stop_token>

#include "libpaas/base/log.hpp"
#include "libpaas/direct/container.hpp"
#include "libpaas/direct/inventory.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/ports/random.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

class Containers {
 public:
  // Everything outlives this.
  Containers(Pve& pve, Inventory& inventory, Clock& clock, Random& random, Log& log);

  // Creates and brings to the wanted state. `born` is called with the id as soon as something
  // exists on the cluster, so that nothing can be orphaned whatever happens after.
  // A vmid that was not given is chosen from the range, free of races with others: a candidate that
  // is taken meanwhile is replaced by the next. Errors name the step.
  Result<ContainerState> create(const ContainerSpec& spec, std::stop_token stop,
                                const std::function<void(int vmid, const std::string& node)>& born);

  // Applies the steps from what is there to `want`. After an error: observe().
  Result<ContainerState> change(int vmid, const ContainerSpec& want, std::stop_token stop);

  // Removes the container and its volumes. Gone already is success.
  Result<void> remove(int vmid, std::stop_token stop);

  // nullopt: it does not exist, and both existence tests agree (absent from /cluster/resources, and
  // /cluster/nextid?vmid= says the id is free). A guest that is there but may not be read, or whose
  // id belongs to a machine, is an error, never "gone".
  Result<std::optional<ContainerState>> observe(int vmid, std::stop_token stop);

  // Finds a container by "node/vmid", "vmid" or a name that exists once.
  Result<int> find(std::string_view id, std::stop_token stop);

 private:
  Result<void> run(const Step& step, std::stop_token stop);

  Pve& pve_;
  Inventory& inventory_;
  Clock& clock_;
  Random& random_;
  Log& log_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
