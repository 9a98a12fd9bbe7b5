// What cannot be asked for, and what to do instead.
#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/direct/container.hpp"

namespace paas::direct {
namespace {

using proxmox::ContainerConfig;
using proxmox::Features;
using proxmox::Mount;

constexpr const char* root_remedy =
    "sign in with username and password as root@pam, or leave the setting out";

std::string size_text(const std::optional<std::uint64_t>& mib) {
  return proxmox::print_size(mib.value_or(0));
}

void refuse_volume_change(std::vector<Refusal>& out, const std::string& name, const Mount& have,
                          const Mount& want) {
  const bool same_volume = want.volume.empty() || want.volume == have.volume ||
                           (want.needs_volume() && want.volume == have.storage());
  if (!same_volume && want.needs_volume() && !have.storage().empty()) {
    out.push_back(
        {name + ".storage",
         "the volume is on storage " + have.storage() + " and would have to move to " +
             want.storage(),
         "move it yourself with `pct move-volume`, then change the configuration; or keep "
         "the storage"});
  } else if (!same_volume) {
    out.push_back({name + ".volume", "another volume would take the place of " + have.volume,
                   "add the other volume as a mount point of its own, copy the data, then remove "
                   "this one"});
  }
  const std::uint64_t from = have.size_mib.value_or(0);
  const std::uint64_t to = want.size_mib.value_or(from);
  if (to < from)
    out.push_back({name + ".size",
                   "a volume of " + size_text(from) + " cannot shrink to " + size_text(to),
                   "keep its size; to get a smaller one, create another container and copy the "
                   "data"});
  if (from == 0 && to > 0 && same_volume && have.size_mib)
    out.push_back({name + ".size", "a volume without a size of its own cannot be given one",
                   "leave the size at 0"});
}

void refuse_new_mount(std::vector<Refusal>& out, const std::string& name, const Mount& want) {
  if (want.volume.empty())
    out.push_back({name + ".volume", "names neither a storage nor a volume", "name one"});
  if (want.needs_volume() && !want.size_mib)
    out.push_back({name + ".size", "a new volume needs a size", "say how large it shall be"});
}

void refuse_fixed(std::vector<Refusal>& out, const char* name, const std::string& what,
                  const std::optional<std::string>& have, const std::optional<std::string>& want) {
  if (!want || !have || *want == *have) return;
  out.push_back({name, what + " of a container cannot change from " + *have + " to " + *want,
                 "keep it, or create another container"});
}

std::optional<std::string> privileges(const std::optional<bool>& unprivileged) {
  if (!unprivileged) return {};
  return *unprivileged ? "unprivileged" : "privileged";
}

void refuse_birth(std::vector<Refusal>& out, const ContainerSpec& spec) {
  if (spec.node.empty()) out.push_back({"node", "names no node", "name one"});
  if (spec.clone && !spec.template_volume.empty())
    out.push_back({"template_volume", "a clone has no template", "choose one of the two"});
  if (!spec.clone && spec.template_volume.empty())
    out.push_back({"template_volume", "neither a template nor a container to clone is named",
                   "name one of the two"});
  const auto outside = [&](int vmid) {
    return vmid < spec.vmid_range.first || vmid > spec.vmid_range.last;
  };
  if (spec.vmid_range.first < 100 || spec.vmid_range.last < spec.vmid_range.first ||
      spec.vmid_range.last > 999'999'999)
    out.push_back({"vmid_range", "is no range within 100 to 999999999", "correct it"});
  else if (spec.vmid && outside(*spec.vmid))
    out.push_back({"vmid", std::to_string(*spec.vmid) + " is outside the range allowed",
                   "choose one from " + std::to_string(spec.vmid_range.first) + " to " +
                       std::to_string(spec.vmid_range.last)});
}

void refuse_contradictions(std::vector<Refusal>& out, const ContainerSpec& spec) {
  const bool becomes_template = spec.config.is_template.value_or(false);
  if (becomes_template && spec.started)
    out.push_back({"started", "a template cannot run", "set started to false"});
  if (!spec.ha) return;
  const std::string& state = spec.ha->state;
  const bool ha_runs = state == "started" || state == "enabled";
  const bool ha_stops = state == "stopped" || state == "disabled";
  if (!ha_runs && !ha_stops && state != "ignored")
    out.push_back({"ha.state", "\"" + shortened(state, 40) + "\" is no state of high availability",
                   "use started, stopped, disabled or ignored"});
  if ((ha_runs && !spec.started) || (ha_stops && spec.started))
    out.push_back({"ha.state",
                   "high availability shall hold the container " + state + ", started says " +
                       (spec.started ? "true" : "false"),
                   "make the two agree, or set the state to ignored"});
  if (becomes_template && ha_runs)
    out.push_back({"ha", "a template cannot be highly available", "leave ha out"});
}

bool same_but_nesting(Features a, Features b) {
  a.nesting.reset();
  b.nesting.reset();
  return proxmox::same_features(a, b);
}

bool is_bind_mount(const Mount& mount) {
  return mount.volume.starts_with("/");
}

}  // namespace

std::vector<Refusal> refusals(const ContainerSpec& spec) {
  std::vector<Refusal> out;
  for (auto& one : proxmox::unwritable(spec.config))
    out.push_back({std::move(one.attribute), "the value " + one.message, "write it without that"});
  refuse_contradictions(out, spec);
  return out;
}

std::vector<Refusal> birth_refusals(const ContainerSpec& spec) {
  std::vector<Refusal> out = refusals(spec);
  refuse_birth(out, spec);
  if (spec.clone) return out;
  if (spec.config.root) refuse_new_mount(out, "root", *spec.config.root);
  for (const auto& [key, mount] : spec.config.mounts) refuse_new_mount(out, "mounts." + key, mount);
  return out;
}

std::vector<Refusal> refusals(const ContainerConfig& have, const ContainerConfig& want) {
  std::vector<Refusal> out;
  if (have.root && want.root) refuse_volume_change(out, "root", *have.root, *want.root);
  for (const auto& [key, mount] : want.mounts) {
    const auto found = have.mounts.find(key);
    if (found == have.mounts.end())
      refuse_new_mount(out, "mounts." + key, mount);
    else
      refuse_volume_change(out, "mounts." + key, found->second, mount);
  }
  refuse_fixed(out, "unprivileged", "the privileges", privileges(have.unprivileged.value_or(false)),
               privileges(want.unprivileged));
  refuse_fixed(out, "os_type", "the kind of operating system", have.os_type, want.os_type);
  refuse_fixed(out, "arch", "the architecture", have.arch, want.arch);
  if (have.is_template.value_or(false) && !want.is_template.value_or(true))
    out.push_back(
        {"is_template", "a template cannot become a container again", "clone it instead"});
  return out;
}

std::vector<Refusal> root_only_settings(const ContainerConfig& have, const ContainerConfig& want) {
  std::vector<Refusal> out;
  const auto refuse_token = [&](std::string attribute, const std::string& what) {
    out.push_back({std::move(attribute),
                   what + " may only be changed by root@pam itself, not with "
                          "an API token, not even one of root@pam",
                   root_remedy});
  };
  const Features none;
  const Features had = have.features.value_or(none);
  const Features wanted = want.features.value_or(none);
  const bool unprivileged = want.unprivileged.value_or(have.unprivileged.value_or(true));
  if (!same_but_nesting(had, wanted))
    refuse_token("features", "features other than nesting");
  else if (!unprivileged && !proxmox::same_features(had, wanted))
    refuse_token("features", "features of a privileged container");
  for (const auto& [key, mount] : want.mounts) {
    if (!is_bind_mount(mount)) continue;
    const auto found = have.mounts.find(key);
    if (found == have.mounts.end() || found->second.volume != mount.volume ||
        !proxmox::same_mount_options(found->second, mount))
      refuse_token("mounts." + key, "mount points of a host directory");
  }
  if (have.devices != want.devices) refuse_token("devices", "devices of the host");
  if (have.hook_script.value_or("") != want.hook_script.value_or(""))
    refuse_token("hook_script", "hook scripts");
  return out;
}

Result<void> refuse(const std::vector<Refusal>& refusals) {
  if (refusals.empty()) return {};
  std::vector<std::string> messages;
  std::vector<std::string> remedies;
  for (const Refusal& one : refusals) {
    messages.push_back(one.attribute + ": " + one.message);
    remedies.push_back(one.attribute + ": " + one.remedy);
  }
  return tl::unexpected<Error>(
      Error{Errc::invalid, join(messages, "; "), {}, join(remedies, "; ")});
}

}  // namespace paas::direct
