#include <algorithm>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"
#include "provider/checks/checks.hpp"
#include "provider/resources/lxc/rules.hpp"
#include "provider/resources/lxc/spec.hpp"

namespace paas::lxc {
namespace {

using tf::Attr;

// One attribute after a look at the server: as known where that means the same; absent where it was
// absent and the server has its default; else what the server has.
template <class T, class Same>
Attr<T> settled(const Attr<T>& known, const std::optional<T>& there, const std::optional<T>& usual,
                const Same& same) {
  const std::optional<T>& holds = there ? there : usual;
  if (known.known()) {
    if (holds && same(*known, *holds)) return known;
    return there ? Attr<T>(*there) : tf::attr(usual);
  }
  if (!there || (usual && same(*there, *usual))) return {};
  return *there;
}

template <class T>
Attr<T> settled(const Attr<T>& known, const std::optional<T>& there,
                const std::optional<T>& usual = std::nullopt) {
  return settled(known, there, usual, std::equal_to<T>());
}

// What the server chooses where it is left open: of interest only to who did not leave it open.
template <class T>
Attr<T> settled_if_asked(const Attr<T>& known, const std::optional<T>& there,
                         const std::optional<T>& usual = std::nullopt) {
  return known.known() ? settled<T>(known, there, usual) : Attr<T>();
}

std::optional<std::int64_t> wide(const std::optional<int>& number) {
  return number ? std::optional<std::int64_t>(*number) : std::nullopt;
}

std::optional<std::string> filled(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::optional<tf::Number> number(const std::optional<std::string>& text) {
  const auto parsed = text ? tf::Number::parse(*text) : Result<tf::Number>(tf::Number());
  return text && parsed ? std::optional<tf::Number>(*parsed) : std::nullopt;
}

bool same_letters(const std::string& a, const std::string& b) {
  return lower(a) == lower(b);
}

bool same_by(const tf::Same& same, const std::string& a, const std::string& b) {
  return a == b || same(tf::Value(a), tf::Value(b));
}

// A size as written; the server's amount if that is another one.
Attr<std::string> settled_size(const Attr<std::string>& known,
                               const std::optional<std::uint64_t>& mib, Plain plain) {
  if (!mib) return {};
  const std::string there = size_text(*mib, plain);
  return known.known() && same_size(*known, there, plain) ? known : Attr<std::string>(there);
}

// Lists whose order says nothing: mount options.
Attr<std::vector<std::string>> settled_words(const Attr<std::vector<std::string>>& known,
                                             std::vector<std::string> there) {
  std::vector<std::string> before = known.value_or({}), now = there;
  std::sort(before.begin(), before.end());
  std::sort(now.begin(), now.end());
  if (before == now) return known.unknown() ? Attr<std::vector<std::string>>() : known;
  return there;
}

// A part that is a single object: absent while nothing in it is to be said.
template <class Part>
Attr<Part> settled_part(const Attr<Part>& known, Part now) {
  if (!known.known() && now == Part{}) return {};
  return now;
}

RootDisk root_disk_of(const Attr<RootDisk>& before, const proxmox::Mount& mount) {
  const RootDisk known = before.value_or({});
  RootDisk disk;
  disk.storage = settled<std::string>(known.storage, mount.storage());
  disk.size = settled_size(known.size, mount.size_mib, Plain::gib);
  disk.acl = settled<bool>(known.acl, mount.acl, false);
  disk.quota = settled<bool>(known.quota, mount.quota, false);
  disk.replicate = settled<bool>(known.replicate, mount.replicate, true);
  disk.mount_options = settled_words(known.mount_options, mount.mount_options);
  disk.volume = mount.volume;
  return disk;
}

MountPoint mount_point_of(const MountPoint& known, bool is_new, const proxmox::Mount& mount) {
  MountPoint point;
  const bool on_storage = !mount.storage().empty();
  point.path = mount.path;
  // A user who named the volume need not repeat its storage and size.
  if (on_storage && (is_new || !known.storage.null()))
    point.storage = settled<std::string>(known.storage, mount.storage());
  if (on_storage && (is_new || !known.size.null()))
    point.size = settled_size(known.size, mount.size_mib, Plain::gib);
  point.volume = mount.volume;
  point.acl = settled<bool>(known.acl, mount.acl, false);
  point.backup = settled<bool>(known.backup, mount.backup, false);
  point.quota = settled<bool>(known.quota, mount.quota, false);
  point.read_only = settled<bool>(known.read_only, mount.read_only, false);
  point.replicate = settled<bool>(known.replicate, mount.replicate, true);
  point.shared = settled<bool>(known.shared, mount.shared, false);
  point.mount_options = settled_words(known.mount_options, mount.mount_options);
  return point;
}

NetworkDevice network_device_of(const NetworkDevice& known, const proxmox::Network& network) {
  static const tf::Same same_ipv6 = checks::same_ipv6();
  const auto ipv6 = [](const std::string& a, const std::string& b) {
    return same_by(same_ipv6, a, b);
  };
  NetworkDevice device;
  device.name = settled<std::string>(known.name, filled(network.name));
  device.bridge = settled<std::string>(known.bridge, filled(network.bridge));
  device.mac = settled<std::string>(known.mac, filled(network.mac), std::nullopt, same_letters);
  device.vlan = settled<std::int64_t>(known.vlan, wide(network.vlan));
  const std::vector<std::int64_t> trunks(network.trunks.begin(), network.trunks.end());
  device.trunks =
      settled<std::vector<std::int64_t>>(known.trunks, trunks, std::vector<std::int64_t>());
  device.ipv4 = settled<std::string>(known.ipv4, filled(network.ipv4));
  device.ipv4_gateway = settled<std::string>(known.ipv4_gateway, filled(network.gateway4));
  device.ipv6 = settled<std::string>(known.ipv6, filled(network.ipv6), std::nullopt, ipv6);
  device.ipv6_gateway =
      settled<std::string>(known.ipv6_gateway, filled(network.gateway6), std::nullopt, ipv6);
  device.firewall = settled<bool>(known.firewall, network.firewall, false);
  device.mtu = settled<std::int64_t>(known.mtu, wide(network.mtu));
  device.rate = settled<tf::Number>(known.rate, number(network.rate));
  device.link_down = settled<bool>(known.link_down, network.link_down, false);
  device.host_managed = settled_if_asked(known.host_managed, network.host_managed);
  return device;
}

PassedDevice passed_device_of(const PassedDevice& known, const proxmox::Device& device) {
  PassedDevice passed;
  passed.path = device.path;
  passed.mode = settled<std::string>(known.mode, device.mode);
  passed.uid = settled<std::int64_t>(known.uid, wide(device.uid), 0);
  passed.gid = settled<std::int64_t>(known.gid, wide(device.gid), 0);
  passed.deny_write = settled<bool>(known.deny_write, device.deny_write, false);
  return passed;
}

FeatureFlags features_of(const FeatureFlags& known, const proxmox::Features& features) {
  FeatureFlags flags;
  flags.nesting = settled<bool>(known.nesting, features.nesting, false);
  flags.keyctl = settled<bool>(known.keyctl, features.keyctl, false);
  flags.fuse = settled<bool>(known.fuse, features.fuse, false);
  flags.mknod = settled<bool>(known.mknod, features.mknod, false);
  flags.force_rw_sys = settled<bool>(known.force_rw_sys, features.force_rw_sys, false);
  flags.mount = settled_words(known.mount, features.mount);
  return flags;
}

HighAvailability ha_of(const HighAvailability& known, const direct::HaState& ha) {
  HighAvailability now;
  now.state = ha.state;
  now.group = settled<std::string>(known.group, filled(ha.group));
  now.comment = settled<std::string>(known.comment, filled(ha.comment));
  now.max_restart = settled<std::int64_t>(known.max_restart, wide(ha.max_restart), 1);
  now.max_relocate = settled<std::int64_t>(known.max_relocate, wide(ha.max_relocate), 1);
  now.failback = settled<bool>(known.failback, ha.failback, true);
  return now;
}

// A map by slots: the elements the server has, each compared with the known one of its slot.
template <class Element, class Wire, class Convert>
Attr<std::map<std::string, Element>> settled_slots(
    const Attr<std::map<std::string, Element>>& known, const std::map<std::string, Wire>& there,
    const Convert& convert) {
  if (there.empty() && !(known.known() && known->empty())) return {};
  std::map<std::string, Element> now;
  for (const auto& [slot, wire] : there) {
    const Element* before = nullptr;
    if (known.known())
      if (const auto found = known->find(slot); found != known->end()) before = &found->second;
    now.emplace(slot, convert(before, wire));
  }
  return now;
}

// Variables of an OCI image stand beside those that were asked for: only the latter are ours.
Attr<std::map<std::string, std::string>> settled_environment(
    const Attr<std::map<std::string, std::string>>& known,
    const std::map<std::string, std::string>& there) {
  if (!known.known()) return {};
  std::map<std::string, std::string> ours;
  for (const auto& [name, value] : *known)
    if (const auto found = there.find(name); found != there.end()) ours.insert(*found);
  return ours;
}

template <class T>
Attr<T> kept(const Attr<T>& known) {
  return known.unknown() ? Attr<T>() : known;
}

void add_devices(const Lxc& known, const proxmox::ContainerConfig& config, Lxc& now) {
  if (config.root) now.root_disk = root_disk_of(known.root_disk, *config.root);
  now.mount_points = settled_slots(
      known.mount_points, config.mounts, [](const MountPoint* before, const proxmox::Mount& mount) {
        return mount_point_of(before ? *before : MountPoint{}, !before, mount);
      });
  now.networks =
      settled_slots(known.networks, config.networks,
                    [](const NetworkDevice* before, const proxmox::Network& network) {
                      return network_device_of(before ? *before : NetworkDevice{}, network);
                    });
  now.devices = settled_slots(known.devices, config.devices,
                              [](const PassedDevice* before, const proxmox::Device& device) {
                                return passed_device_of(before ? *before : PassedDevice{}, device);
                              });
}

void add_parts(const Lxc& known, const proxmox::ContainerConfig& config, Lxc& now) {
  const Dns dns = known.dns.value_or({});
  now.dns =
      settled_part(known.dns, Dns{settled<std::vector<std::string>>(dns.servers, config.dns_servers,
                                                                    std::vector<std::string>()),
                                  settled<std::string>(dns.domain, config.dns_domain)});
  now.features = settled_part(
      known.features,
      features_of(known.features.value_or({}), config.features.value_or(proxmox::Features{})));
  const StartOrder order = known.startup.value_or({});
  const proxmox::Startup startup = config.startup.value_or(proxmox::Startup{});
  now.startup =
      settled_part(known.startup,
                   StartOrder{settled<std::int64_t>(order.order, wide(startup.order)),
                              settled<std::int64_t>(order.up_delay, wide(startup.up_delay_s)),
                              settled<std::int64_t>(order.down_delay, wide(startup.down_delay_s))});
  const Console console = known.console.value_or({});
  now.console =
      settled_part(known.console,
                   Console{settled<bool>(console.enabled, config.console, true),
                           settled_if_asked<std::string>(console.mode, config.console_mode, "tty"),
                           settled<std::int64_t>(console.tty_count, wide(config.tty_count), 2)});
}

// What only Terraform knows.
void keep_ours(const Lxc& known, Lxc& now) {
  now.template_volume = kept(known.template_volume);
  now.clone = kept(known.clone);
  now.password_wo_version = kept(known.password_wo_version);
  now.ssh_keys_wo_version = kept(known.ssh_keys_wo_version);
  now.reboot_to_apply = known.reboot_to_apply.value_or(false);
  now.ignore_unpack_errors = kept(known.ignore_unpack_errors);
  now.wait_for_ip = kept(known.wait_for_ip);
  now.ipv4_addresses = kept(known.ipv4_addresses);
  now.ipv6_addresses = kept(known.ipv6_addresses);
  now.timeouts = kept(known.timeouts);
}

// A clone has whatever its source has, where nothing is said.
void leave_inherited(const Lxc& known, Lxc& now) {
  const auto leave = [&](auto... members) {
    const auto one = [&](auto member) {
      if (!(known.*member).known()) now.*member = {};
    };
    (one(members), ...);
  };
  leave(&Lxc::cores, &Lxc::cpu_limit, &Lxc::cpu_units, &Lxc::mount_points, &Lxc::networks,
        &Lxc::devices, &Lxc::dns, &Lxc::features, &Lxc::startup, &Lxc::start_on_boot,
        &Lxc::protection, &Lxc::console, &Lxc::timezone, &Lxc::hook_script);
  const auto leave_within = [](const auto& known_part, auto& part, auto... members) {
    if (!known_part.known() || !part.known()) return;
    const auto one = [&](auto member) {
      if (!((*known_part).*member).known()) (*part).*member = {};
    };
    (one(members), ...);
  };
  leave_within(known.console, now.console, &Console::enabled, &Console::mode, &Console::tty_count);
  leave_within(known.dns, now.dns, &Dns::servers, &Dns::domain);
}

}  // namespace

Lxc model_of(const Lxc& known, const direct::ContainerState& state) {
  static const tf::Same same_lines = checks::same_lines();
  const proxmox::ContainerConfig& config = state.config;
  Lxc now;
  now.id = std::to_string(state.vmid);
  now.vmid = std::int64_t{state.vmid};
  now.node = known.node.value_or(state.node);
  now.current_node = state.node;
  now.hostname = config.hostname.value_or("CT" + std::to_string(state.vmid));
  now.description = settled<std::string>(
      known.description, config.description, std::nullopt,
      [](const std::string& a, const std::string& b) { return same_by(same_lines, a, b); });
  now.os_type = settled_if_asked(known.os_type, config.os_type);
  now.arch = settled_if_asked(known.arch, config.arch);
  now.unprivileged = config.unprivileged.value_or(false);
  now.cores = settled<std::int64_t>(known.cores, wide(config.cores));
  now.cpu_limit = settled<tf::Number>(known.cpu_limit, number(config.cpu_limit), tf::Number(0));
  now.cpu_units = settled<std::int64_t>(known.cpu_units, wide(config.cpu_units));
  now.memory = settled_size(known.memory, config.memory_mib.value_or(512), Plain::mib);
  now.swap = settled_size(known.swap, config.swap_mib.value_or(512), Plain::mib);
  add_devices(known, config, now);
  add_parts(known, config, now);
  now.tags = known.tags.known() && proxmox::normalised_tags(*known.tags) == config.tags ? known.tags
             : config.tags.empty() ? Attr<std::vector<std::string>>()
                                   : Attr<std::vector<std::string>>(config.tags);
  now.pool = settled<std::string>(known.pool, filled(state.pool));
  now.start_on_boot = settled<bool>(known.start_on_boot, config.start_on_boot, false);
  now.started = state.running;
  now.protection = settled<bool>(known.protection, config.protection, false);
  now.timezone = settled<std::string>(known.timezone, config.timezone);
  now.hook_script = settled<std::string>(known.hook_script, config.hook_script);
  now.entrypoint = settled_if_asked<std::string>(known.entrypoint, config.entrypoint, "/sbin/init");
  now.environment = settled_environment(known.environment, config.environment);
  if (state.ha) now.ha = ha_of(known.ha.value_or({}), *state.ha);
  now.is_template = settled<bool>(known.is_template, config.is_template, false);
  keep_ours(known, now);
  if (known.clone.known()) leave_inherited(known, now);
  return now;
}

}  // namespace paas::lxc
