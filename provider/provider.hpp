#pragma once
// The provider: its configuration, and the list of what it offers.
//
//   make_provider(world) ─▶ tf::Provider ── configure ─▶ Services ─▶ resources, data sources

#include <functional>
#include <memory>

#include "libpaas/adapters/environment.hpp"
#include "libpaas/adapters/pve/options.hpp"
#include "libpaas/base/log.hpp"
#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::provider {

// Opens a cluster; does no call yet. What is returned owns all it needs.
using Connect = std::function<Result<std::shared_ptr<Pve>>(pve::PveOptions, Log&)>;

// What the program is made of; all references outlive the provider.
struct World {
  Machine machine;
  Environment environment;  // of the process: where settings may come from
  Connect connect;
};

std::unique_ptr<tf::Provider> make_provider(World world);

}  // namespace paas::provider
