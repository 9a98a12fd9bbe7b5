#include "libpaas/direct/container.hpp"

#include <cassert>

#include <algorithm>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/overload.hpp"
#include "libpaas/base/text.hpp"

namespace paas::direct {
namespace {

using proxmox::ContainerConfig;
using proxmox::Mount;
using proxmox::Network;

template <class T>
void inherit(std::optional<T>& wanted, const std::optional<T>& had) {
  if (!wanted) wanted = had;
}

// The volume that is there and stays, where only its storage or nothing at all was said.
void inherit_volume(Mount& wanted, const Mount& had) {
  if (wanted.volume.empty() || (wanted.needs_volume() && wanted.volume == had.storage()))
    wanted.volume = had.volume;
  inherit(wanted.size_mib, had.size_mib);
}

// What the server decides where nothing is said.
void inherit_defaults(ContainerConfig& wanted, const ContainerConfig& had) {
  inherit(wanted.hostname, had.hostname);
  inherit(wanted.arch, had.arch);
  inherit(wanted.os_type, had.os_type);
  inherit(wanted.unprivileged, had.unprivileged);
  inherit(wanted.memory_mib, had.memory_mib);
  inherit(wanted.console_mode, had.console_mode);  // "console" for an OCI image
  inherit(wanted.entrypoint, had.entrypoint);
  inherit(wanted.root, had.root);
  if (wanted.root && had.root) inherit_volume(*wanted.root, *had.root);
  for (auto& [key, mount] : wanted.mounts)
    if (const auto found = had.mounts.find(key); found != had.mounts.end())
      inherit_volume(mount, found->second);
  for (auto& [key, network] : wanted.networks) {
    const auto found = had.networks.find(key);
    if (found == had.networks.end()) continue;
    if (network.mac.empty()) network.mac = found->second.mac;
    // Set by the server for an OCI image: its programs bring no DHCP client.
    inherit(network.host_managed, found->second.host_managed);
  }
}

void inherit_environment(const ContainerSpec& want, const ContainerConfig& had,
                         ContainerConfig& wanted) {
  for (const auto& entry : had.environment) wanted.environment.insert(entry);
  for (const std::string& name : want.dropped_environment)
    if (!want.config.environment.contains(name)) wanted.environment.erase(name);
}

void inherit_from_source(const ContainerSpec& want, const ContainerConfig& had,
                         ContainerConfig& wanted) {
  inherit(wanted.cores, had.cores);
  inherit(wanted.cpu_limit, had.cpu_limit);
  inherit(wanted.cpu_units, had.cpu_units);
  inherit(wanted.swap_mib, had.swap_mib);
  inherit(wanted.dns_servers, had.dns_servers);
  inherit(wanted.dns_domain, had.dns_domain);
  inherit(wanted.features, had.features);
  inherit(wanted.start_on_boot, had.start_on_boot);
  inherit(wanted.startup, had.startup);
  inherit(wanted.protection, had.protection);
  inherit(wanted.timezone, had.timezone);
  inherit(wanted.console, had.console);
  inherit(wanted.tty_count, had.tty_count);
  inherit(wanted.hook_script, had.hook_script);
  if (wanted.mounts.empty() && !want.exact_mounts) wanted.mounts = had.mounts;
  if (wanted.networks.empty() && !want.exact_networks) wanted.networks = had.networks;
  if (wanted.devices.empty() && !want.exact_devices) wanted.devices = had.devices;
}

bool is_template(const ContainerConfig& config) {
  return config.is_template.value_or(false);
}

void add_growth(std::vector<Step>& steps, const ContainerState& have, const std::string& disk,
                const Mount& had, const Mount& wanted) {
  const std::uint64_t from = had.size_mib.value_or(0);
  const std::uint64_t to = wanted.size_mib.value_or(from);
  if (to > from && !had.storage().empty())
    steps.push_back(GrowVolume{have.vmid, have.node, disk, to});
}

void add_config_steps(std::vector<Step>& steps, const ContainerState& have,
                      const ContainerConfig& target) {
  Configure configure{
      have.vmid, have.node, proxmox::change_params(have.config, target), {}, have.config.digest};
  for (const auto& [key, mount] : target.mounts) {
    if (have.config.mounts.contains(key) || !mount.needs_volume()) continue;
    configure.params.emplace_back(key, proxmox::print_allocation(mount));
    configure.added.push_back(key);
  }
  if (!configure.params.empty()) steps.push_back(std::move(configure));
  if (have.config.root && target.root)
    add_growth(steps, have, "rootfs", *have.config.root, *target.root);
  for (const auto& [key, mount] : target.mounts)
    if (const auto found = have.config.mounts.find(key); found != have.config.mounts.end())
      add_growth(steps, have, key, found->second, mount);
}

std::string guest_text(int vmid) {
  return std::to_string(vmid);
}

std::string configure_text(const Configure& step) {
  std::vector<std::string> set;
  std::vector<std::string> parts;
  std::string removed;
  for (const auto& [key, value] : step.params) {
    const bool added = std::find(step.added.begin(), step.added.end(), key) != step.added.end();
    if (key == "delete")
      removed = value;
    else
      set.push_back(added ? key + " (" + value + ")" : key);
  }
  if (!set.empty()) parts.push_back("set " + join(set, ", "));
  if (!removed.empty()) parts.push_back("delete " + removed);
  return join(parts, " and ") + " of " + guest_text(step.vmid);
}

std::string pool_text(const SetPool& step) {
  if (step.to.empty()) return "take " + guest_text(step.vmid) + " out of pool " + step.from;
  return "put " + guest_text(step.vmid) + " into pool " + step.to;
}

std::string ha_text(const SetHa& step) {
  if (!step.to) return "take " + guest_text(step.vmid) + " out of high availability";
  return "set high availability of " + guest_text(step.vmid) + " to " + step.to->state;
}

std::string birth_text(const char* verb, const ContainerSpec& spec) {
  std::string out = verb;
  out += spec.vmid ? guest_text(*spec.vmid) : std::string("a container");
  if (spec.config.hostname) out += " (" + *spec.config.hostname + ")";
  return out + " on " + spec.node;
}

constexpr int default_ha_tries = 1;

}  // namespace

bool same_ha(const HaState& a, const HaState& b) {
  return a.state == b.state && a.group == b.group && a.comment == b.comment &&
         a.max_restart.value_or(default_ha_tries) == b.max_restart.value_or(default_ha_tries) &&
         a.max_relocate.value_or(default_ha_tries) == b.max_relocate.value_or(default_ha_tries) &&
         a.failback.value_or(true) == b.failback.value_or(true);
}

proxmox::Params ha_params(const std::optional<HaState>& have, const HaState& want) {
  proxmox::Params params;
  std::vector<std::string> removed;
  const HaState had = have.value_or(HaState{});
  const auto put = [&](const char* key, const std::string& before, const std::string& after) {
    if (after == before) return;
    if (after.empty())
      removed.emplace_back(key);
    else
      params.emplace_back(key, after);
  };
  const auto number = [](std::optional<int> value) { return value ? std::to_string(*value) : ""; };
  const auto flag = [](std::optional<bool> value) { return value ? (*value ? "1" : "0") : ""; };
  put("state", have ? had.state : "", want.state);
  put("group", had.group, want.group);
  put("comment", had.comment, want.comment);
  put("max_restart", number(had.max_restart), number(want.max_restart));
  put("max_relocate", number(had.max_relocate), number(want.max_relocate));
  put("failback", flag(had.failback), flag(want.failback));
  if (!removed.empty()) params.emplace_back("delete", join(removed, ","));
  return params;
}

std::string to_text(const Step& step) {
  return std::visit(
      Overload{
          [](const CreateContainer& s) {
            return birth_text("create ", s.spec) + " from " + s.spec.template_volume;
          },
          [](const CloneContainer& s) {
            return birth_text("clone ", s.spec) + " from " + guest_text(s.spec.clone->vmid);
          },
          [](const Configure& s) { return configure_text(s); },
          [](const GrowVolume& s) {
            return "grow " + s.disk + " of " + guest_text(s.vmid) + " to " +
                   proxmox::print_size(s.to_mib);
          },
          [](const SetPool& s) { return pool_text(s); },
          [](const SetHa& s) { return ha_text(s); },
          [](const Start& s) { return "start " + guest_text(s.vmid); },
          [](const Stop& s) { return "stop " + guest_text(s.vmid); },
          [](const MigrateContainer& s) {
            return "migrate " + guest_text(s.vmid) + " from " + s.from + " to " + s.to;
          },
          [](const Reboot& s) { return "reboot " + guest_text(s.vmid); },
          [](const MakeTemplate& s) { return "turn " + guest_text(s.vmid) + " into a template"; },
          [](const DestroyContainer& s) { return "destroy " + guest_text(s.vmid); },
      },
      step);
}

Step birth_step(const ContainerSpec& spec) {
  if (spec.clone) return CloneContainer{spec};
  return CreateContainer{spec};
}

proxmox::Params birth_params(const ContainerSpec& spec) {
  proxmox::Params params{{"ostemplate", spec.template_volume}};
  for (auto& param : proxmox::create_params(spec.config))
    if (param.first != "description") params.push_back(std::move(param));
  if (!spec.pool.empty()) params.emplace_back("pool", spec.pool);
  if (!spec.first_boot.password.empty()) params.emplace_back("password", spec.first_boot.password);
  if (!spec.first_boot.ssh_keys.empty())
    params.emplace_back("ssh-public-keys", join(spec.first_boot.ssh_keys, "\n"));
  if (spec.ignore_unpack_errors) params.emplace_back("ignore-unpack-errors", "1");
  return params;
}

ContainerConfig target_config(const ContainerConfig& have, const ContainerSpec& want) {
  ContainerConfig target = want.config;
  if (want.clone) inherit_from_source(want, have, target);
  inherit_defaults(target, have);
  inherit_environment(want, have, target);
  return target;
}

std::vector<Step> change_steps(const ContainerState& have, const ContainerSpec& want) {
  const ContainerConfig target = target_config(have.config, want);
  const bool becomes_template = is_template(target) && !is_template(have.config);
  const bool shall_run = want.started && !is_template(target);
  const bool known_to_ha = have.ha.has_value();
  const bool same_for_ha = have.ha && want.ha && same_ha(*have.ha, *want.ha);
  const SetHa set_ha{have.vmid, have.ha, want.ha};
  const bool moves = !want.move_to.empty() && want.move_to != have.node;
  const std::string& node = moves ? want.move_to : have.node;

  std::vector<Step> steps;
  if (have.pool != want.pool) steps.push_back(SetPool{have.vmid, have.pool, want.pool});
  // High availability that is there already would undo what we do to a guest it looks after.
  if (known_to_ha && !same_for_ha) steps.push_back(set_ha);
  if (have.running && !shall_run) steps.push_back(Stop{have.vmid, have.node});
  add_config_steps(steps, have, target);
  if (becomes_template) steps.push_back(MakeTemplate{have.vmid, have.node});
  if (moves)
    steps.push_back(MigrateContainer{have.vmid, have.node, node, have.running && shall_run});
  if (!have.running && shall_run) steps.push_back(Start{have.vmid, node});
  // A migration of a running container restarts it anyhow.
  if (have.running && shall_run && !moves && want.reboot_to_apply && !have.pending.empty())
    steps.push_back(Reboot{have.vmid, node});
  if (!known_to_ha && want.ha) steps.push_back(set_ha);
  return steps;
}

std::vector<Step> remove_steps(const ContainerState& have) {
  std::vector<Step> steps;
  if (have.ha) steps.push_back(SetHa{have.vmid, have.ha, std::nullopt});
  if (have.running) steps.push_back(Stop{have.vmid, have.node});
  steps.push_back(DestroyContainer{have.vmid, have.node});
  return steps;
}

std::string node_for(std::string_view hostname, const std::vector<std::string>& nodes) {
  return nodes[rendezvous(hostname, nodes)];
}

Result<ContainerName> parse_container_name(std::string_view text) {
  const auto refused = [&]() -> tl::unexpected<Error> {
    return tl::unexpected<Error>(Error{Errc::invalid,
                                       excerpt(text, 80) + " can name no container",
                                       {},
                                       "name it as node/vmid (\"pve1/104\"), by its vmid alone, or "
                                       "by its host name alone"});
  };
  const auto is_name = [](std::string_view part) {
    return !part.empty() && part.size() <= 253 && part.front() != '-' &&
           std::all_of(part.begin(), part.end(), [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    c == '-' || c == '.';
           });
  };
  const auto parts = split(text, '/');
  const bool placed = parts.size() == 2;
  if (parts.size() > 2 || !is_name(parts.back()) || (placed && !is_name(parts.front())))
    return refused();
  ContainerName name;
  if (placed) name.node = parts.front();
  name.vmid = parse_integer<int>(parts.back());
  if (name.vmid && (*name.vmid < 100 || *name.vmid > 999'999'999)) return refused();
  if (name.vmid) return name;
  if (placed) return refused();
  name.hostname = parts.back();
  return name;
}

std::string to_text(const ContainerName& name) {
  const std::string own = name.vmid ? std::to_string(*name.vmid) : name.hostname;
  return name.node.empty() ? own : name.node + "/" + own;
}

std::string mac_for(std::string_view hostname, std::string_view device) {
  std::uint64_t bits = stable_hash({"mac", hostname, device});
  Mac mac;
  for (auto& byte : mac.bytes) {
    byte = static_cast<std::uint8_t>(bits & 0xFFu);
    bits >>= 8;
  }
  mac.bytes[0] = static_cast<std::uint8_t>((mac.bytes[0] | 2u) & ~1u);  // local, not multicast
  return to_text(mac);
}

}  // namespace paas::direct
