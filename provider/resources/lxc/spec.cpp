#include "provider/resources/lxc/spec.hpp"

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::lxc {
namespace {

using tf::Attr;

std::optional<int> small(const Attr<std::int64_t>& number) {
  return number.known() ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

std::optional<std::string> decimal(const Attr<tf::Number>& number) {
  return number.known() ? std::optional<std::string>(number->text()) : std::nullopt;
}

std::optional<std::uint64_t> mib(const Attr<std::string>& size, Plain plain) {
  const auto amount = size.known() ? parse_size_mib(*size, plain) : Result<std::uint64_t>(0);
  return size.known() && amount ? std::optional<std::uint64_t>(*amount) : std::nullopt;
}

std::string without_line_ends(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// The volume, unless another storage is asked for than it is on.
std::string volume_of(const Attr<std::string>& volume, const Attr<std::string>& storage) {
  const bool stays = volume.known() && (!storage.known() || volume->starts_with(*storage + ":"));
  return stays ? *volume : storage.value_or("");
}

proxmox::Mount mount_of(const RootDisk& disk) {
  proxmox::Mount mount;
  mount.volume = volume_of(disk.volume, disk.storage);
  mount.size_mib = mib(disk.size, Plain::gib);
  mount.acl = disk.acl.optional();
  mount.quota = disk.quota.optional();
  mount.replicate = disk.replicate.optional();
  mount.mount_options = disk.mount_options.value_or({});
  return mount;
}

proxmox::Mount mount_of(const MountPoint& point) {
  proxmox::Mount mount;
  mount.volume = volume_of(point.volume, point.storage);
  mount.path = point.path.value_or("");
  mount.size_mib = mib(point.size, Plain::gib);
  mount.acl = point.acl.optional();
  mount.backup = point.backup.optional();
  mount.quota = point.quota.optional();
  mount.read_only = point.read_only.optional();
  mount.replicate = point.replicate.optional();
  mount.shared = point.shared.optional();
  mount.mount_options = point.mount_options.value_or({});
  return mount;
}

proxmox::Network network_of(const NetworkDevice& device) {
  proxmox::Network network;
  network.name = device.name.value_or("");
  network.bridge = device.bridge.value_or("");
  network.mac = upper(device.mac.value_or(""));
  network.vlan = small(device.vlan);
  for (const std::int64_t vlan : device.trunks.value_or({}))
    network.trunks.push_back(static_cast<int>(vlan));
  network.ipv4 = device.ipv4.value_or("");
  network.gateway4 = device.ipv4_gateway.value_or("");
  network.ipv6 = device.ipv6.value_or("");
  network.gateway6 = device.ipv6_gateway.value_or("");
  network.firewall = device.firewall.optional();
  network.mtu = small(device.mtu);
  network.rate = decimal(device.rate);
  network.link_down = device.link_down.optional();
  network.host_managed = device.host_managed.optional();
  return network;
}

proxmox::Device device_of(const PassedDevice& device) {
  proxmox::Device passed;
  passed.path = device.path.value_or("");
  passed.mode = device.mode.optional();
  passed.uid = small(device.uid);
  passed.gid = small(device.gid);
  passed.deny_write = device.deny_write.optional();
  return passed;
}

proxmox::Features features_of(const FeatureFlags& flags) {
  proxmox::Features features;
  features.nesting = flags.nesting.optional();
  features.keyctl = flags.keyctl.optional();
  features.fuse = flags.fuse.optional();
  features.mknod = flags.mknod.optional();
  features.force_rw_sys = flags.force_rw_sys.optional();
  features.mount = flags.mount.value_or({});
  return features;
}

direct::HaState ha_of(const HighAvailability& ha) {
  direct::HaState state;
  state.state = ha.state.value_or("started");
  state.group = ha.group.value_or("");
  state.comment = ha.comment.value_or("");
  state.max_restart = small(ha.max_restart);
  state.max_relocate = small(ha.max_relocate);
  state.failback = ha.failback.optional();
  return state;
}

direct::CloneSource clone_of(const CloneFrom& from) {
  direct::CloneSource source;
  source.vmid = small(from.vmid).value_or(0);
  source.node = from.node.value_or("");
  source.full = from.full.optional();
  source.storage = from.storage.value_or("");
  source.snapshot = from.snapshot.value_or("");
  return source;
}

void add_parts(const Lxc& model, proxmox::ContainerConfig& config) {
  if (model.root_disk.known()) config.root = mount_of(*model.root_disk);
  for (const auto& [slot, point] : model.mount_points.value_or({}))
    config.mounts.emplace(slot, mount_of(point));
  for (const auto& [slot, device] : model.networks.value_or({}))
    config.networks.emplace(slot, network_of(device));
  for (const auto& [slot, device] : model.devices.value_or({}))
    config.devices.emplace(slot, device_of(device));
  if (model.dns.known()) {
    config.dns_servers = model.dns->servers.optional();
    config.dns_domain = model.dns->domain.optional();
  }
  if (model.features.known()) config.features = features_of(*model.features);
  if (model.startup.known())
    config.startup = proxmox::Startup{small(model.startup->order), small(model.startup->up_delay),
                                      small(model.startup->down_delay)};
  if (model.console.known()) {
    config.console = model.console->enabled.optional();
    config.console_mode = model.console->mode.optional();
    config.tty_count = small(model.console->tty_count);
  }
}

}  // namespace

proxmox::ContainerConfig config_of(const Lxc& model) {
  proxmox::ContainerConfig config;
  config.hostname = model.hostname.optional();
  if (model.description.known()) config.description = without_line_ends(*model.description);
  config.arch = model.arch.optional();
  config.os_type = model.os_type.optional();
  config.cores = small(model.cores);
  config.cpu_limit = decimal(model.cpu_limit);
  config.cpu_units = small(model.cpu_units);
  config.memory_mib = mib(model.memory, Plain::mib);
  config.swap_mib = mib(model.swap, Plain::mib);
  add_parts(model, config);
  config.tags = proxmox::normalised_tags(model.tags.value_or({}));
  config.start_on_boot = model.start_on_boot.optional();
  config.protection = model.protection.optional();
  config.unprivileged = model.unprivileged.optional();
  config.timezone = model.timezone.optional();
  config.hook_script = model.hook_script.optional();
  config.entrypoint = model.entrypoint.optional();
  config.environment = model.environment.value_or({});
  config.is_template = model.is_template.optional();
  return config;
}

direct::ContainerSpec spec_of(const Lxc& prior, const Lxc& planned, const Lxc& config,
                              direct::VmidRange vmids) {
  direct::ContainerSpec spec;
  spec.node = planned.node.value_or("");
  if (prior.node.known() && planned.node.known() && *prior.node != *planned.node)
    spec.move_to = *planned.node;
  spec.vmid = small(planned.vmid);
  spec.vmid_range = vmids;
  spec.template_volume = planned.template_volume.value_or("");
  if (planned.clone.known()) spec.clone = clone_of(*planned.clone);
  spec.config = config_of(planned);
  spec.exact_mounts = planned.mount_points.known();
  spec.exact_networks = planned.networks.known();
  spec.exact_devices = planned.devices.known();
  spec.pool = planned.pool.value_or("");
  spec.started = planned.started.value_or(true);
  if (planned.ha.known()) spec.ha = ha_of(*planned.ha);
  spec.first_boot.password = config.password_wo.value_or("");
  spec.first_boot.ssh_keys = config.ssh_keys_wo.value_or({});
  spec.ignore_unpack_errors = planned.ignore_unpack_errors.value_or(false);
  for (const auto& [name, value] : prior.environment.value_or({}))
    if (!spec.config.environment.contains(name)) spec.dropped_environment.push_back(name);
  spec.reboot_to_apply = planned.reboot_to_apply.value_or(false);
  if (planned.wait_for_ip.known()) {
    const WaitForIp& wait = *planned.wait_for_ip;
    spec.awaits_addresses = wait.ipv4.value_or(false) || wait.ipv6.value_or(false);
  }
  return spec;
}

}  // namespace paas::lxc
