#include "libpaas/direct/step_runner.hpp"

#include "libpaas/base/overload.hpp"

namespace paas::direct {
namespace {

using namespace std::chrono_literals;
using proxmox::ContainerRef;

constexpr int shutdown_timeout_s = 60;
constexpr auto status_poll = 1s;
// After a task has ended well the state follows at once; high availability acts in rounds of ten
// seconds, and may have to move the guest first.
constexpr auto state_follows = 15s;
constexpr auto ha_follows = 3min;

bool already(const Error& error, std::string_view text) {
  return error.code == Errc::conflict && error.message.find(text) != std::string::npos;
}

}  // namespace

Result<LiveStatus> live_status(Pve& pve, const ContainerRef& container, std::stop_token stop) {
  const Json data = TRY(pve.call(proxmox::container_status(container), stop));
  const std::string* status = data["status"].string();
  if (!status) return fail(Errc::internal, "unable to understand the state of a container");
  return LiveStatus{*status == "running", data["ha"]["managed"].integer().value_or(0) != 0};
}

Result<bool> await_own_tasks(Pve& pve, const ContainerRef& container, std::stop_token stop) {
  const Json list = TRY(pve.call(proxmox::list_active_tasks(container.node, container.vmid), stop));
  bool waited = false;
  for (const proxmox::Upid& task : TRY(proxmox::parse_task_list(list))) {
    if (task.user != pve.user()) continue;
    const auto status =
        TRY(proxmox::parse_task_status(TRY(pve.call(proxmox::task_status(task), stop))));
    if (!status.running) continue;
    waited = true;
    const auto ended = pve.wait(task, stop);
    if (!ended && ended.error().code == Errc::cancelled)
      return tl::unexpected<Error>(ended.error());
  }
  return waited;
}

Result<void> StepRunner::run(const Step& step, std::stop_token stop) {
  const auto ref = [](const auto& s) { return ContainerRef{s.node, s.vmid}; };
  const auto call = [&](const proxmox::Call& c) -> Result<void> {
    TRY(pve_.call(c, stop));
    return {};
  };
  const auto not_here = [](const auto&) -> Result<void> {
    return fail(Errc::internal, "a birth is no step of a container that exists");
  };
  Result<void> done = std::visit(
      Overload{
          [&](const CreateContainer& s) { return not_here(s); },
          [&](const CloneContainer& s) { return not_here(s); },
          [&](const Configure& s) {
            proxmox::Params params = s.params;
            if (!s.digest.empty()) params.emplace_back("digest", s.digest);
            return call(proxmox::configure_container(ref(s), params));
          },
          [&](const GrowVolume& s) {
            return run_task(pve_, proxmox::grow_volume(ref(s), s.disk, s.to_mib), stop);
          },
          [&](const SetPool& s) { return set_pool(s, stop); },
          [&](const SetHa& s) { return set_ha(s, stop); },
          [&](const Start& s) { return start(ref(s), stop); },
          [&](const Stop& s) { return stop_it(ref(s), stop); },
          [&](const MigrateContainer& s) { return migrate(s, stop); },
          [&](const Reboot& s) {
            return run_task(pve_, proxmox::reboot_container(ref(s), shutdown_timeout_s), stop);
          },
          [&](const MakeTemplate& s) { return call(proxmox::make_template(ref(s))); },
          [&](const DestroyContainer& s) {
            return run_task(pve_, proxmox::destroy_container(ref(s)), stop);
          },
      },
      step);
  if (!done) return fail_while("unable to " + to_text(step), std::move(done));
  return done;
}

Result<void> StepRunner::set_pool(const SetPool& step, std::stop_token stop) {
  TRY(pve_.call(step.to.empty() ? proxmox::leave_pool(step.from, step.vmid)
                                : proxmox::join_pool(step.to, step.vmid),
                stop));
  return {};
}

Result<void> StepRunner::set_ha(const SetHa& step, std::stop_token stop) {
  if (!step.to) {
    auto gone = pve_.call(proxmox::remove_ha_resource(step.vmid), stop);
    if (!gone && gone.error().code != Errc::not_found)
      return tl::unexpected<Error>(std::move(gone).error());
    return {};
  }
  const auto params = ha_params(step.from, *step.to);
  TRY(pve_.call(step.from ? proxmox::change_ha_resource(step.vmid, params)
                          : proxmox::add_ha_resource(step.vmid, params),
                stop));
  return {};
}

Result<void> StepRunner::start(const ContainerRef& container, std::stop_token stop) {
  auto started = run_task(pve_, proxmox::start_container(container), stop);
  if (!started && !already(started.error(), "already running")) return started;
  return await_status(container, "running", stop);
}

Result<void> StepRunner::stop_it(const ContainerRef& container, std::stop_token stop) {
  auto stopped = run_task(pve_, proxmox::shutdown_container(container, shutdown_timeout_s), stop);
  if (!stopped && stopped.error().code == Errc::internal && !stop.stop_requested())
    stopped = run_task(pve_, proxmox::stop_container(container), stop);
  if (!stopped && !already(stopped.error(), "not running")) return stopped;
  return await_status(container, "stopped", stop);
}

// High availability only takes the request: the guest moves when its manager comes to it.
Result<void> StepRunner::migrate(const MigrateContainer& step, std::stop_token stop) {
  const ContainerRef before{step.from, step.vmid}, after{step.to, step.vmid};
  const bool managed = TRY(live_status(pve_, before, stop)).managed_by_ha;
  TRY(run_task(pve_, proxmox::migrate_container(before, step.to, step.running), stop));
  const auto begin = clock_.steady();
  while (true) {
    const auto there = live_status(pve_, after, stop);
    if (there) break;
    if (!proxmox::is_absent_guest(there.error())) return tl::unexpected<Error>(there.error());
    if (clock_.steady() - begin > (managed ? ha_follows : state_follows))
      return tl::unexpected<Error>(
          Error{Errc::internal,
                "the container does not arrive on node " + step.to,
                {},
                "look at the log of the task, and at the rules of high availability"});
    if (!clock_.sleep(status_poll, stop)) return fail(Errc::cancelled, "asked to stop");
  }
  return step.running ? await_status(after, "running", stop) : Result<void>();
}

Result<void> StepRunner::await_status(const ContainerRef& container, std::string_view wanted,
                                      std::stop_token stop) {
  const auto begin = clock_.steady();
  while (true) {
    const LiveStatus now = TRY(live_status(pve_, container, stop));
    if (now.running == (wanted == "running")) return {};
    if (clock_.steady() - begin > (now.managed_by_ha ? ha_follows : state_follows))
      return tl::unexpected<Error>(Error{
          Errc::internal,
          "the container does not stay " + std::string(wanted),
          {},
          wanted == "running" ? "look at its console: its first program may end at once"
                              : "something starts it again: high availability, or another person"});
    if (!clock_.sleep(status_poll, stop)) return fail(Errc::cancelled, "asked to stop");
  }
}

}  // namespace paas::direct
