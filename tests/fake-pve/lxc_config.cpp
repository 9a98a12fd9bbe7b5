#include "tests/fake-pve/lxc_config.hpp"

#include <algorithm>
#include <set>

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/nodes.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::int64_t bridge_mtu = 1500;

bool is_numbered(const std::string& option, std::string_view family) {
  const auto parts = numbered(option);
  return parts && parts->name == family;
}

bool changes_at_once(const std::string& option) {
  static const std::set<std::string> names = {
      "description", "onboot", "startup",  "protection", "hostname", "hookscript", "cores",
      "tags",        "lock",   "cpulimit", "cpuunits",   "memory",   "swap"};
  return names.contains(option) || is_numbered(option, "net");
}

bool removable_at_once(const std::string& option) {
  return (changes_at_once(option) && option != "memory") || is_numbered(option, "unused");
}

std::string one_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.empty() ? text : text + '\n';
}

Result<void> check_network(const std::string& option, const std::string& text) {
  const Fields net = fields_of("lxc-net", text);
  const auto mtu = net.find("mtu");
  if (mtu != net.end() && to_integer(mtu->second).value_or(0) > bridge_mtu)
    return refuse(option + ": MTU size '" + mtu->second + "' is bigger than bridge MTU '" +
                  std::to_string(bridge_mtu) + "'");
  if (net.contains("host-managed") && net.at("host-managed") == "1" && net.contains("ip6") &&
      net.at("ip6") == "auto")
    return refuse(option + ": SLAAC is not supported for host-managed network configuration.");
  return {};
}

// Checks one option that is to be set and returns the text to store.
Result<std::string> settled_value(State& state, const Guest& guest, const std::string& option,
                                  const std::string& value) {
  const std::string ct = "CT " + std::to_string(guest.vmid);
  if (is_mount_option(option)) {
    if (guest.option("protection") == "1")
      return refuse("can't update " + ct + " drive '" + option + "' - protection mode enabled");
    const MountPoint mount = parse_mount_point(option, value);
    if (mount.kind != MountPoint::Kind::volume) return value;
    const Storage& storage = *TRY(find_storage(state, mount.storage));
    if (!storage.content.contains("rootdir"))
      return refuse("storage '" + storage.id +
                    "' does not allow content type 'rootdir' (Container)");
  }
  if (option == "unprivileged") return refuse("unable to modify read-only option: 'unprivileged'");
  if (option == "tags") return normal_tags(state, value);
  if (option == "description") return one_line_end(value);
  if (option == "nameserver" || option == "searchdomain") return join(split_list(value), " ");
  if (is_numbered(option, "net")) TRY(check_network(option, value));
  return value;
}

Result<void> queue_removals(Guest& guest, const std::vector<std::string>& options) {
  const std::string ct = "CT " + std::to_string(guest.vmid);
  for (const std::string& option : options) {
    if (!guest.config.contains(option) && !guest.pending.contains(option)) continue;
    if (option == "memory" || option == "rootfs" || option == "ostype")
      return refuse("unable to delete required option '" + option + "'");
    if (option == "unprivileged")
      return refuse("unable to delete read-only option: 'unprivileged'");
    const bool drive = is_numbered(option, "unused") || is_numbered(option, "mp");
    if (drive && guest.option("protection") == "1")
      return refuse("can't remove " + ct + " drive '" + option + "' - protection mode enabled");
    guest.pending_delete.insert(option);
    guest.pending.erase(option);
  }
  return {};
}

void drop_idle_changes(Guest& guest) {
  std::erase_if(guest.pending, [&](const auto& change) {
    return guest.config.contains(change.first) && guest.option(change.first) == change.second;
  });
  std::erase_if(guest.pending_delete,
                [&](const std::string& option) { return !guest.config.contains(option); });
}

void remove_option(State& state, Guest& guest, const std::string& option) {
  const std::string value = guest.option(option);
  guest.config.erase(option);
  guest.pending_delete.erase(option);
  if (is_numbered(option, "mp")) {
    const MountPoint mount = parse_mount_point(option, value);
    if (mount.kind == MountPoint::Kind::volume) keep_unused(guest, mount.volume());
  } else if (is_numbered(option, "unused")) {
    free_volume(state, guest.node, value);
  }
}

// Puts one pending option into effect.
Result<void> settle_option(State& state, Guest& guest, const std::string& option,
                           std::int64_t now) {
  std::string value = guest.pending[option];
  const std::string before = guest.option(option);
  if (is_numbered(option, "net")) {
    const Fields net = fields_of("lxc-net", value);
    if (guest.running && net.contains("bridge") && !bridge_exists(state, net.at("bridge")))
      return refuse("bridge '" + net.at("bridge") + "' does not exist");
    value = normal_network(state, value);
  }
  if (is_numbered(option, "mp")) {
    MountPoint mount = parse_mount_point(option, value);
    if (mount.kind == MountPoint::Kind::volume) {
      value = TRY(make_volume(state, guest, option, mount, now));
    } else {
      value = print_property_string("lxc-mp", mount.fields);
    }
  }
  guest.pending.erase(option);
  guest.config[option] = value;
  if (is_numbered(option, "mp") && !before.empty()) {
    const MountPoint old = parse_mount_point(option, before);
    if (old.kind == MountPoint::Kind::volume) keep_unused(guest, old.volume());
  }
  return {};
}

bool settles_while_running(const Guest& guest, const std::string& option) {
  const bool adds = is_numbered(option, "mp") || is_numbered(option, "dev");
  return changes_at_once(option) || (adds && !guest.config.contains(option));
}

// Everything in `options` that can take effect does.
Result<void> settle(State& state, Guest& guest, const std::set<std::string>& options,
                    std::int64_t now) {
  ParamErrors errors;
  for (const std::string& option : std::set<std::string>(guest.pending_delete))
    if (options.contains(option) && (!guest.running || removable_at_once(option)))
      remove_option(state, guest, option);
  for (const auto& [option, value] : Options(guest.pending)) {
    if (!options.contains(option)) continue;
    if (guest.running && !settles_while_running(guest, option)) continue;
    if (const auto settled = settle_option(state, guest, option, now); !settled)
      errors[option] = (guest.running ? "unable to hotplug " + option + ": "
                                      : "unable to apply pending change " + option + " : ") +
                       settled.error().message + '\n';
  }
  std::erase_if(guest.config, [](const auto& entry) { return entry.second.empty(); });
  if (!errors.empty()) return refuse_parameters(errors);
  return {};
}

bool only_nesting_differs(const std::string& before, const std::string& after) {
  const Fields old = fields_of("lxc-features", before);
  const Fields fresh = fields_of("lxc-features", after);
  const auto value = [](const Fields& fields, const std::string& key) {
    const auto found = fields.find(key);
    return found == fields.end() ? std::string() : found->second;
  };
  std::set<std::string> keys;
  for (const auto& [key, text] : old) keys.insert(key);
  for (const auto& [key, text] : fresh) keys.insert(key);
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return key == "nesting" || value(old, key) == value(fresh, key);
  });
}

class ChangeCheck {
 public:
  ChangeCheck(const State& state, const Login& login, std::int64_t vmid, const std::string& pool,
              const Guest* old, bool unprivileged)
      : state_(state),
        login_(login),
        vmid_(vmid),
        pool_(pool),
        old_(old),
        unprivileged_(unprivileged) {}

  Result<void> option(const std::string& name, const std::string& value, bool removed) const {
    if (name == "cores" || name == "cpuunits" || name == "cpulimit") return need("VM.Config.CPU");
    if (name == "memory" || name == "swap") return need("VM.Config.Memory");
    if (name == "nameserver" || name == "searchdomain" || name == "hostname")
      return need("VM.Config.Network");
    if (is_mount_option(name)) return mount(name, value, removed);
    if (is_numbered(name, "net")) return network(name, value);
    if (is_numbered(name, "dev"))
      return forbid("configuring device passthrough is only allowed for root@pam");
    if (name == "features") return features(value);
    if (name == "hookscript") return forbid("changing the hookscript is only allowed for root@pam");
    return need("VM.Config.Options");
  }

 private:
  Result<void> need(const std::string& privilege) const {
    return check_guest(state_, login_, vmid_, pool_, privilege);
  }
  std::string old_value(const std::string& name) const { return old_ ? old_->option(name) : ""; }

  Result<void> mount(const std::string& name, const std::string& value, bool removed) const {
    TRY(need("VM.Config.Disk"));
    if (removed) return {};
    const MountPoint mount = parse_mount_point(name, value);
    if (mount.kind != MountPoint::Kind::volume)
      return forbid(std::string("mount point type ") +
                    (mount.kind == MountPoint::Kind::bind ? "bind" : "device") +
                    " is only allowed for root@pam");
    if (!mount.new_bytes && old_ &&
        mount.volume().find("-" + std::to_string(vmid_) + "-") != std::string::npos)
      return {};
    return check_all(state_, login_, "/storage/" + mount.storage, {"Datastore.AllocateSpace"});
  }

  Result<void> network(const std::string& name, const std::string& value) const {
    TRY(need("VM.Config.Network"));
    for (const std::string& text : {old_value(name), value}) {
      const Fields net = fields_of("lxc-net", text);
      if (net.contains("bridge"))
        TRY(check_all(state_, login_, "/sdn/zones/localnetwork/" + net.at("bridge"), {"SDN.Use"}));
    }
    return {};
  }

  Result<void> features(const std::string& value) const {
    if (!unprivileged_)
      return forbid("changing feature flags for privileged container is only allowed for root@pam");
    if (!only_nesting_differs(old_value("features"), value))
      return forbid("changing feature flags (except nesting) is only allowed for root@pam");
    return need("VM.Allocate");
  }

  const State& state_;
  const Login& login_;
  std::int64_t vmid_;
  const std::string& pool_;
  const Guest* old_;
  bool unprivileged_;
};

}  // namespace

bool is_mount_option(const std::string& option) {
  return option == "rootfs" || is_numbered(option, "mp");
}

MountPoint parse_mount_point(const std::string& option, const std::string& text) {
  MountPoint mount;
  mount.fields = fields_of(option == "rootfs" ? "lxc-rootfs" : "lxc-mp", text);
  mount.fields.try_emplace("volume", "");
  const std::string& volume = mount.volume();
  if (volume.starts_with("/")) {
    mount.kind = volume.starts_with("/dev/") ? MountPoint::Kind::device : MountPoint::Kind::bind;
    return mount;
  }
  mount.storage = storage_of(volume);
  const std::string rest = volume.substr(std::min(volume.size(), mount.storage.size() + 1));
  const auto gibibytes = to_number(rest);
  if (gibibytes && rest.find_first_not_of("0123456789.") == std::string::npos)
    mount.new_bytes = static_cast<std::int64_t>(*gibibytes * (1 << 20)) * 1024;
  return mount;
}

Result<void> check_change_allowed(const State& state, const Login& login, std::int64_t vmid,
                                  const std::string& pool, const Guest* old,
                                  const ConfigChange& change, bool unprivileged) {
  if (login.is_root()) return {};
  const ChangeCheck check(state, login, vmid, pool, old, unprivileged);
  for (const std::string& option : change.remove) TRY(check.option(option, "", /*removed=*/true));
  for (const std::string& option : change.revert) TRY(check.option(option, "", /*removed=*/true));
  // The real server asks in no fixed order; disks first, then it is the same every time.
  for (const bool mounts : {true, false})
    for (const auto& [option, value] : change.set)
      if (is_mount_option(option) == mounts) TRY(check.option(option, value, /*removed=*/false));
  return {};
}

Result<void> change_config(State& state, Guest& guest, const ConfigChange& change,
                           std::int64_t now) {
  std::set<std::string> touched;
  for (const std::string& option : change.revert) {
    guest.pending.erase(option);
    guest.pending_delete.erase(option);
  }
  TRY(queue_removals(guest, change.remove));
  touched.insert(change.remove.begin(), change.remove.end());
  for (const auto& [option, value] : change.set) {
    guest.pending[option] = TRY(settled_value(state, guest, option, value));
    guest.pending_delete.erase(option);
    touched.insert(option);
  }
  drop_idle_changes(guest);
  return settle(state, guest, touched, now);
}

Result<void> apply_pending(State& state, Guest& guest, std::int64_t now) {
  std::set<std::string> all = guest.pending_delete;
  for (const auto& [option, value] : guest.pending) all.insert(option);
  return settle(state, guest, all, now);
}

Result<std::string> make_volume(State& state, const Guest& guest, const std::string& option,
                                MountPoint mount, std::int64_t now) {
  const std::string format = option == "rootfs" ? "lxc-rootfs" : "lxc-mp";
  if (mount.new_bytes) {
    Allocation wanted;
    wanted.node = guest.node;
    wanted.storage = mount.storage;
    wanted.vmid = guest.vmid;
    wanted.bytes = *mount.new_bytes;
    mount.fields["volume"] = TRY(allocate(state, wanted, now));
    mount.fields["size"] = format_size(*mount.new_bytes);
  } else if (const Volume* volume = find_volume(state, guest.node, mount.volume())) {
    mount.fields["size"] = format_size(volume->size);
  } else {
    return refuse("volume '" + mount.volume() + "' does not exist");
  }
  return print_property_string(format, mount.fields);
}

std::vector<std::string> config_volumes(const Options& config) {
  std::vector<std::string> volumes;
  for (const auto& [option, value] : config) {
    if (is_numbered(option, "unused")) volumes.push_back(value);
    if (!is_mount_option(option)) continue;
    const MountPoint mount = parse_mount_point(option, value);
    if (mount.kind == MountPoint::Kind::volume) volumes.push_back(mount.volume());
  }
  return volumes;
}

void keep_unused(Guest& guest, const std::string& volid) {
  const auto used = config_volumes(guest.config);
  if (std::find(used.begin(), used.end(), volid) != used.end()) return;
  for (int slot = 0;; ++slot)
    if (guest.config.try_emplace("unused" + std::to_string(slot), volid).second) return;
}

std::string normal_network(State& state, const std::string& text) {
  Fields net = fields_of("lxc-net", text);
  net["type"] = "veth";
  net["hwaddr"] = net.contains("hwaddr") ? upper(net["hwaddr"]) : new_mac(state);
  return print_property_string("lxc-net", net);
}

}  // namespace paas::fake_pve
