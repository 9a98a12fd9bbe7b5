#include "tests/fake-pve/lxc_power.hpp"

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/ha.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/nodes.hpp"

namespace paas::fake_pve {
namespace {

using Work = std::function<Result<void>(World&, Guest&, TaskLog&)>;

// A task that works on one container under its lock. The checks every such worker makes first
// are made when its time has come, as in a real worker.
std::string container_task(Call& call, const std::string& type, bool checks_lock, Work work) {
  TaskPlan plan;
  plan.node = call.node();
  plan.type = type;
  plan.id = call.params.text("vmid");
  plan.holds = call.vmid();
  plan.work = [node = call.node(), vmid = call.vmid(), checks_lock, work = std::move(work)](
                  World& world, TaskLog& log) -> Result<void> {
    Guest* guest = TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
    if (checks_lock) TRY(check_unlocked(*guest));
    return work(world, *guest, log);
  };
  return call.start_task(std::move(plan));
}

std::string not_running(const Guest& guest) {
  return "CT " + std::to_string(guest.vmid) + " not running";
}
std::string already_running(const Guest& guest) {
  return "CT " + std::to_string(guest.vmid) + " already running";
}

Result<void> check_skiplock(const Call& call) {
  if (!call.params.flag("skiplock") || call.login.is_root()) return {};
  return refuse_parameter("skiplock", "Only root may use this option.");
}

Result<Reply> power_start(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TRY(check_skiplock(call));
  if (guest.running) return refuse(already_running(guest));
  TRY(check_quorum(call.state));
  if (is_ha_managed(call.state, guest)) return Json(ha_request_task(call, guest, "started"));
  return Json(start_container_task(call.world, call.login, call.node(), call.vmid(),
                                   call.fault ? call.fault->task : TaskFault{}));
}

Result<Reply> power_stop(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TRY(check_skiplock(call));
  if (!guest.running) return refuse(not_running(guest));
  if (is_ha_managed(call.state, guest)) return Json(ha_request_task(call, guest, "stopped"));
  return Json(container_task(call, "vzstop", /*checks_lock=*/true,
                             [](World&, Guest& ct, TaskLog&) -> Result<void> {
                               stop_guest(ct);
                               return {};
                             }));
}

Result<Reply> power_shutdown(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  if (!guest.running) return refuse(not_running(guest));
  if (is_ha_managed(call.state, guest)) return Json(ha_request_task(call, guest, "stopped"));
  return Json(container_task(call, "vzshutdown", /*checks_lock=*/true,
                             [](World&, Guest& ct, TaskLog&) -> Result<void> {
                               stop_guest(ct);
                               return {};
                             }));
}

Result<Reply> power_reboot(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  if (!guest.running) return refuse("VM " + std::to_string(guest.vmid) + " not running");
  return Json(container_task(call, "vzreboot", /*checks_lock=*/true,
                             [](World& world, Guest& ct, TaskLog&) -> Result<void> {
                               stop_guest(ct);
                               return start_container(world, ct.vmid, ct.node);
                             }));
}

// Checkpoints do not work for containers with open files in practice, but the calls exist.
Result<Reply> power_suspend(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  if (!guest.running) return refuse(not_running(guest));
  return Json(container_task(call, "vzsuspend", /*checks_lock=*/true,
                             [](World&, Guest& ct, TaskLog&) -> Result<void> {
                               stop_guest(ct);
                               return {};
                             }));
}

Result<Reply> power_resume(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  if (guest.running) return refuse(already_running(guest));
  return Json(container_task(
      call, "vzresume", /*checks_lock=*/false,
      [](World& world, Guest& ct, TaskLog&) { return start_container(world, ct.vmid, ct.node); }));
}

}  // namespace

std::string start_container_task(World& world, const Login& login, const std::string& node,
                                 std::int64_t vmid, const TaskFault& fault) {
  TaskPlan plan;
  plan.node = node;
  plan.type = "vzstart";
  plan.id = std::to_string(vmid);
  plan.holds = vmid;
  plan.work = [node, vmid](World& busy_world, TaskLog&) {
    return start_container(busy_world, vmid, node);
  };
  return world.start_task(login, std::move(plan), fault);
}

Result<void> start_container(World& world, std::int64_t vmid, const std::string& node) {
  Guest& guest = *TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
  if (guest.is_template()) return refuse("you can't start a CT if it's a template");
  TRY(check_unlocked(guest));
  if (guest.running) return refuse(already_running(guest));
  Guest changed = guest;
  if (const auto applied = apply_pending(world.state, changed, world.now())) guest = changed;
  for (const auto& [option, value] : guest.config) {
    if (!option.starts_with("net")) continue;
    const Fields net = fields_of("lxc-net", value);
    if (net.contains("bridge") && !bridge_exists(world.state, net.at("bridge")))
      return refuse("bridge '" + net.at("bridge") + "' does not exist");
  }
  guest.running = true;
  guest.started_at = world.now();
  guest.pid = world.state.next_pid++;
  return {};
}

void stop_guest(Guest& guest) {
  guest.running = false;
  guest.pid = 0;
}

Routes lxc_power_routes() {
  return {{"POST", "/nodes/{node}/lxc/{vmid}/status/start", power_start},
          {"POST", "/nodes/{node}/lxc/{vmid}/status/stop", power_stop},
          {"POST", "/nodes/{node}/lxc/{vmid}/status/shutdown", power_shutdown},
          {"POST", "/nodes/{node}/lxc/{vmid}/status/reboot", power_reboot},
          {"POST", "/nodes/{node}/lxc/{vmid}/status/suspend", power_suspend},
          {"POST", "/nodes/{node}/lxc/{vmid}/status/resume", power_resume}};
}

}  // namespace paas::fake_pve
