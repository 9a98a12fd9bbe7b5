#pragma once
// One call of the API on its way to a handler, and what the handler gives back.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "tests/fake-pve/access.hpp"
#include "tests/fake-pve/params.hpp"
#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/world.hpp"

namespace paas::fake_pve {

// Verified, allowed, and with the world's lock held.
struct Call {
  World& world;
  State& state;  // of the world
  Login login;
  Params params;
  std::optional<Fault> fault;      // that struck this call and lets it go on
  std::filesystem::path uploaded;  // the file of an upload, else empty

  std::string node() const { return params.text("node"); }
  std::int64_t vmid() const { return params.integer("vmid"); }
  // Starts a task on behalf of the caller; the call's task fault applies to it.
  std::string start_task(TaskPlan plan) {
    return world.start_task(login, std::move(plan), fault ? fault->task : TaskFault{});
  }
};

struct Reply {
  Json data;
  std::optional<std::int64_t> total;  // of a list that has pages
  int status = 200;
  std::string reason = "OK";

  Reply(Json value) : data(std::move(value)) {}
};

using Handler = Result<Reply> (*)(Call&);

struct Route {
  std::string_view method;
  std::string_view path;  // as in the table
  Handler handler;
  bool waits_for_guest = false;  // works under the guest's lock, so waits for its tasks
};

using Routes = std::vector<Route>;

// One list per area; every endpoint of the table is in exactly one.
Routes access_routes();
Routes cluster_routes();
Routes ha_routes();
Routes pool_routes();
Routes sdn_routes();
Routes node_routes();
Routes task_routes();
Routes storage_routes();
Routes transfer_routes();
Routes lxc_routes();
Routes lxc_power_routes();
Routes lxc_disk_routes();
Routes lxc_copy_routes();
Routes firewall_routes();
Routes qemu_routes();
Routes qemu_change_routes();

}  // namespace paas::fake_pve
