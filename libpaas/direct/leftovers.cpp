#include "libpaas/direct/leftovers.hpp"

#include "libpaas/base/hash.hpp"
#include "libpaas/direct/step_runner.hpp"

namespace paas::direct {
namespace {

using namespace std::chrono_literals;

constexpr auto watched_for = 30s;  // far longer than a living creation leaves its mark untouched
constexpr auto between_glances = 3s;
constexpr std::size_t name_digits = 16;
const std::string mark_begin = "being created (request ";

// Whether it may be one: the list tells node, host name and state, and the pool what is our own.
bool is_candidate(const proxmox::Guest& guest, const ContainerSpec& spec, VmidPool& ours) {
  return guest.kind == proxmox::GuestKind::container && guest.node == spec.node &&
         !guest.is_template && guest.status == "stopped" && guest.lock.empty() &&
         guest.name == spec.config.hostname.value_or("") && !ours.has_taken(guest.vmid);
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
  return hex(sha256(text)).substr(0, name_digits);
}

std::string birth_mark(const std::string& request, std::uint64_t attempt) {
  return mark_begin + request + "-" + std::to_string(attempt) + ")";
}

bool bears_mark(const std::string& description, const std::string& request) {
  return description.starts_with(mark_begin + request + "-");
}

Result<void> Leftovers::clear(const ContainerSpec& spec, std::stop_token stop) {
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
    auto cleared = is_abandoned(guest, request, stop);
    if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
    if (!cleared || !*cleared) continue;
    const auto removed = remove(guest, request, stop);
    if (removed)
      log_.warn("removed what an interrupted creation had left",
                {{"vmid", std::to_string(guest.vmid)}, {"node", guest.node}});
    else
      log_.warn("unable to remove what an interrupted creation has left",
                {{"vmid", std::to_string(guest.vmid)}, {"error", describe(removed.error())}});
  }
  return {};
}

Result<bool> Leftovers::is_abandoned(const proxmox::Guest& guest, const std::string& request,
                                     std::stop_token stop) {
  const proxmox::ContainerRef container{guest.node, guest.vmid};
  const auto begin = clock_.steady();
  std::string mark;
  while (true) {
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
    if (clock_.steady() - begin >= watched_for) return true;
    if (!clock_.sleep(between_glances, stop)) return false;
  }
}

// The claim carries the digest of what was seen: whoever else wants to change or claim the
// container comes too late, or we do.
Result<void> Leftovers::remove(const proxmox::Guest& guest, const std::string& request,
                               std::stop_token stop) {
  const proxmox::ContainerRef container{guest.node, guest.vmid};
  const auto config = TRY(config_of(pve_, container, stop));
  if (!bears_mark(config.description.value_or(""), request) || config.digest.empty() ||
      TRY(live_status(pve_, container, stop)).running)
    return fail(Errc::conflict, "somebody else works on it");
  proxmox::Params claim{{"description", "being removed: left by an interrupted creation"},
                        {"digest", config.digest}};
  if (config.protection.value_or(false)) claim.insert(claim.begin(), {"protection", "0"});
  TRY(pve_.call(proxmox::configure_container(container, claim), stop));
  inventory_.changed(guest.vmid);
  auto gone = run_task(pve_, proxmox::destroy_container(container), stop);
  inventory_.changed(guest.vmid);
  return gone;
}

}  // namespace paas::direct
