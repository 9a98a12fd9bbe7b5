#include "libpaas/direct/leftovers.hpp"

#include "libpaas/base/hash.hpp"
#include "libpaas/direct/step_runner.hpp"

namespace paas::direct {
namespace {

using namespace std::chrono_literals;

// Far longer than a living creation goes without a task or a change; while it waits for addresses
// there is neither.
constexpr auto watched_for = 30s;
constexpr auto watched_for_addresses = 150s;
constexpr auto between_glances = 3s;
constexpr std::size_t name_digits = 16;
const std::string mark_begin = "being created (request ";

// Whether it may be one: the list tells node and host name, and the pool what is our own. One that
// is new may have no name in the list yet, and one that is still being created has none.
bool is_candidate(const proxmox::Guest& guest, const ContainerSpec& spec, VmidPool& ours) {
  const bool fits = guest.name.empty() || guest.name == spec.config.hostname.value_or("") ||
                    guest.lock == "create" || guest.vmid == spec.vmid;
  return guest.kind == proxmox::GuestKind::container && guest.node == spec.node && fits &&
         !ours.has_taken(guest.vmid);
}

Result<proxmox::ContainerConfig> config_of(Pve& pve, const proxmox::ContainerRef& container,
                                           std::stop_token stop) {
  const Json data = TRY(pve.call(proxmox::container_settings(container), stop));
  return TRY(proxmox::parse_pending(data)).config;
}

}  // namespace

std::string request_name(const ContainerSpec& spec) {
  ContainerSpec open = spec;
  open.first_boot = {};
  std::string text = spec.node + '\n' + (spec.vmid ? std::to_string(*spec.vmid) : "") + '\n';
  if (spec.clone)
    text += std::to_string(spec.clone->vmid) + '\n' + spec.clone->snapshot + '\n' +
            spec.clone->storage + '\n';
  for (const auto& [name, value] : birth_params(open)) text += name + '=' + value + '\n';
  if (spec.awaits_addresses) text += "addresses\n";
  return hex(sha256(text)).substr(0, name_digits);
}

std::string birth_mark(const std::string& request, std::uint64_t attempt) {
  return mark_begin + request + "-" + std::to_string(attempt) + ")";
}

bool bears_mark(const std::string& description, const std::string& request) {
  return description.starts_with(mark_begin + request + "-");
}

Result<void> Leftovers::clear(const ContainerSpec& spec, std::stop_token stop,
                              const LeftoverCallback& found, const OtherRequestCallback& other) {
  auto list = inventory_.last_seen();
  if (!list) {
    const auto asked = inventory_.resources(stop);
    if (!asked) return {};  // the creation meets the same problem, and says it
    list = *asked;
  }
  std::string request;
  for (const proxmox::Guest& guest : list->guests) {
    if (!is_candidate(guest, spec, inventory_.vmids())) continue;
    if (request.empty()) request = request_name(spec);
    auto cleared = is_abandoned(guest, spec, request, stop);
    if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
    if (!cleared || !*cleared) continue;
    const auto removed = remove(guest, request, stop);
    if (found) found(guest.vmid, removed);
    if (removed)
      log_.warn("removed what an interrupted creation had left",
                {{"vmid", std::to_string(guest.vmid)}, {"node", guest.node}});
    else
      log_.warn("unable to remove what an interrupted creation has left",
                {{"vmid", std::to_string(guest.vmid)}, {"error", describe(removed.error())}});
  }
  if (other) name_others(spec, *list, stop, other);
  return {};
}

// What cannot be read is nobody's whom we could name.
void Leftovers::name_others(const ContainerSpec& spec, const proxmox::Resources& list,
                            std::stop_token stop, const OtherRequestCallback& other) {
  const std::string hostname = spec.config.hostname.value_or("");
  if (hostname.empty()) return;
  const std::string request = request_name(spec);
  for (const proxmox::Guest& guest : list.guests) {
    if (guest.kind != proxmox::GuestKind::container || guest.name != hostname ||
        inventory_.vmids().has_taken(guest.vmid))
      continue;
    const auto config = config_of(pve_, {guest.node, guest.vmid}, stop);
    if (!config || config->hostname != hostname) continue;
    const std::string description = config->description.value_or("");
    if (!description.starts_with(mark_begin) || bears_mark(description, request)) continue;
    log_.warn("a container of this host name bears the mark of another creation",
              {{"vmid", std::to_string(guest.vmid)}, {"node", guest.node}});
    other(guest.vmid, guest.node);
  }
}

Result<bool> Leftovers::is_abandoned(const proxmox::Guest& guest, const ContainerSpec& spec,
                                     const std::string& request, std::stop_token stop) {
  const proxmox::ContainerRef container{guest.node, guest.vmid};
  auto quiet_since = clock_.steady();
  std::string mark, digest;
  while (true) {
    // A task that a killed program has begun goes on; only then the mark can be read.
    bool busy = TRY(await_own_tasks(pve_, container, stop));
    if (guest.lock == "create" && spec.clone)  // a clone is a task of its source
      busy = TRY(await_own_tasks(pve_, {guest.node, spec.clone->vmid}, stop)) || busy;
    const auto config = TRY(config_of(pve_, container, stop));
    const std::string description = config.description.value_or("");
    if (!bears_mark(description, request) || !config.lock.empty() ||
        inventory_.has_changed(guest.vmid))
      return false;
    if (mark.empty()) {
      log_.info("a container of an interrupted creation is watched before it is removed",
                {{"vmid", std::to_string(guest.vmid)}, {"node", guest.node}});
      mark = description;
    }
    if (description != mark) return false;
    if (busy || config.digest != digest) quiet_since = clock_.steady();
    digest = config.digest;
    const auto quiet_for = clock_.steady() - quiet_since;
    if (quiet_for >= watched_for_addresses) return true;
    if (quiet_for >= watched_for &&
        !(spec.awaits_addresses && TRY(live_status(pve_, container, stop)).running))
      return true;
    if (!clock_.sleep(between_glances, stop)) return false;
  }
}

// The claim carries the digest of what was seen: whoever else wants to change or claim the
// container comes too late, or we do. It is a mark again, should we be killed ourselves.
Result<void> Leftovers::remove(const proxmox::Guest& guest, const std::string& request,
                               std::stop_token stop) {
  const proxmox::ContainerRef container{guest.node, guest.vmid};
  const auto config = TRY(config_of(pve_, container, stop));
  if (!bears_mark(config.description.value_or(""), request) || config.digest.empty())
    return fail(Errc::conflict, "somebody else works on it");
  proxmox::Params claim{
      {"description", birth_mark(request, random_.next()) + ", given up and being removed"},
      {"digest", config.digest}};
  if (config.protection.value_or(false)) claim.insert(claim.begin(), {"protection", "0"});
  TRY(pve_.call(proxmox::configure_container(container, claim), stop));
  inventory_.changed(guest.vmid);
  const LiveStatus now = TRY(live_status(pve_, container, stop));
  ContainerState have;
  have.vmid = guest.vmid;
  have.node = guest.node;
  have.running = now.running;
  if (now.managed_by_ha) have.ha = HaState{};
  StepRunner steps(pve_, clock_);
  Result<void> gone;
  for (const Step& step : remove_steps(have))
    if (gone) gone = steps.run(step, stop);
  inventory_.changed(guest.vmid);
  return gone;
}

}  // namespace paas::direct
