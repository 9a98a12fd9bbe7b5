#include "provider/services.hpp"

#include "provider/deadline.hpp"

namespace paas::provider {

Services::Services(Machine machine, policy::Policy policy, Error why_not)
    : machine_(machine), policy_(std::move(policy)), why_not_(std::move(why_not)) {}

Services::Services(Machine machine, policy::Policy policy, std::shared_ptr<Pve> pve,
                   std::string user)
    : machine_(machine),
      policy_(std::move(policy)),
      pve_(std::move(pve)),
      inventory_(std::make_unique<direct::Inventory>(*pve_)),
      containers_(std::make_unique<direct::Containers>(*pve_, *inventory_, machine.clock,
                                                       machine.random, machine.log)),
      templates_(std::make_unique<direct::Templates>(*pve_, machine.log)),
      user_(std::move(user)) {}

Result<Cluster> Services::cluster() {
  if (!pve_) return tl::unexpected<Error>(why_not_);
  return Cluster{*pve_, *inventory_, *containers_, *templates_, machine_.clock};
}

std::shared_ptr<const proxmox::Resources> Services::cluster_list() {
  if (!pve_) return nullptr;
  if (auto known = inventory_->last_seen()) return known;
  std::call_once(listed_, [&] {
    const Deadline patience({}, std::chrono::seconds(5), "");
    static_cast<void>(inventory_->resources(patience.token()));
  });
  return inventory_->last_seen();
}

std::shared_ptr<Services> CurrentServices::get() const {
  const std::lock_guard lock(mutex_);
  return services_;
}

void CurrentServices::replace(std::shared_ptr<Services> services) {
  const std::lock_guard lock(mutex_);
  services_ = std::move(services);
}

}  // namespace paas::provider
