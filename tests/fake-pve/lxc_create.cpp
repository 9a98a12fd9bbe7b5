// POST /nodes/{node}/lxc
#include <algorithm>

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/lxc_create.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/oci.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

// What a create request asks for, the parameters that are no options taken out.
struct Creation {
  std::int64_t vmid = 0;
  std::string node;
  std::string os_template;
  std::string storage;
  std::string pool;
  bool unprivileged = true;
  bool start = false;
  bool ha_managed = false;
  Options mounts;   // rootfs, mpN
  Options options;  // the rest
};

Creation read_creation(Call& call) {
  Params params = call.params;
  Creation wanted;
  wanted.vmid = call.vmid();
  wanted.node = call.node();
  wanted.os_template = params.take("ostemplate");
  wanted.storage = params.take("storage", "local");
  wanted.pool = params.take("pool");
  wanted.unprivileged = params.take("unprivileged", "1") == "1";
  wanted.start = params.take("start") == "1";
  wanted.ha_managed = params.take("ha-managed") == "1";
  for (const char* other : {"node", "vmid", "password", "ssh-public-keys", "restore", "unique",
                            "force", "bwlimit", "ignore-unpack-errors"})
    params.take(other);
  for (const auto& [name, value] : params.all()) {
    if (is_mount_option(name)) {
      const bool bare = to_number(value.text).has_value();
      wanted.mounts[name] = bare ? wanted.storage + ':' + value.text : value.text;
    } else if (!name.starts_with("unused")) {
      wanted.options[name] = value.text;
    }
  }
  return wanted;
}

Result<void> check_keys(const std::string& keys) {
  for (const std::string& line : split_words(keys, "\r\n")) {
    const std::string key = trim(line);
    if (key.empty() || key.front() == '#') continue;
    if (split_words(key, " ").size() < 2) return refuse("SSH public key validation error");
  }
  return {};
}

Result<void> check_storage(const State& state, const Login& login, const std::string& id) {
  const Storage& storage = *TRY(find_storage(state, id));
  if (!storage.content.contains("rootdir"))
    return refuse_parameter("storage",
                            "storage '" + id + "' does not support container directories");
  return check_all(state, login, "/storage/" + id, {"Datastore.AllocateSpace"});
}

Result<void> check_template(const State& state, const Login& login, const std::string& volid) {
  const std::string storage = storage_of(volid);
  if (storage.empty()) return refuse("unable to parse volume ID '" + volid + "'");
  TRY(find_storage(state, storage));
  return check_any(state, login, "/storage/" + storage,
                   {"Datastore.AllocateSpace", "Datastore.Audit"});
}

Result<void> check_creation(Call& call, const Creation& wanted) {
  State& state = call.state;
  TRY(check_quorum(state));
  if (!wanted.unprivileged) TRY(check_all(state, call.login, "/", {"Sys.Modify"}));
  if (wanted.ha_managed) TRY(check_all(state, call.login, "/", {"Sys.Console"}));
  TRY(check_id_free(state, wanted.vmid));
  TRY(check_keys(call.params.text("ssh-public-keys")));
  if (!wanted.pool.empty() && !state.pools.contains(wanted.pool))
    return forbid("pool '" + wanted.pool + "' does not exist");
  if (!check_guest(state, call.login, wanted.vmid, wanted.pool, "VM.Allocate")) return forbid("");
  ConfigChange change{wanted.options, {}, {}};
  change.set.insert(wanted.mounts.begin(), wanted.mounts.end());
  TRY(check_change_allowed(state, call.login, wanted.vmid, wanted.pool, nullptr, change,
                           wanted.unprivileged));
  TRY(check_template(state, call.login, wanted.os_template));
  if (!wanted.mounts.empty() && !wanted.mounts.contains("rootfs"))
    return refuse("mount points configured, but 'rootfs' not set - aborting");
  if (wanted.mounts.empty()) return check_storage(state, call.login, wanted.storage);
  for (const auto& [option, value] : wanted.mounts) {
    const MountPoint mount = parse_mount_point(option, value);
    if (mount.kind == MountPoint::Kind::volume) {
      TRY(check_storage(state, call.login, mount.storage));
    } else if (!call.login.is_root()) {
      return refuse("Only root can pass arbitrary filesystem paths.");
    }
  }
  return {};
}

std::string os_type(const std::string& archive) {
  for (const char* name : {"debian", "devuan", "ubuntu", "centos", "fedora", "opensuse",
                           "archlinux", "alpine", "gentoo", "nixos"})
    if (archive.find(name) != std::string::npos) return name;
  return "unmanaged";
}

void log_formatting(TaskLog& log, const Storage& storage, const std::string& volid,
                    const Volume& volume) {
  if (volume.format == "subvol") return;
  log.push_back("Formatting '" + file_path(storage, volid) + "', fmt=" + volume.format +
                " size=" + std::to_string(volume.size) + " preallocation=off");
  log.push_back("Creating filesystem with " + std::to_string(volume.size / 4096) +
                " 4k blocks and " + std::to_string(volume.size / 16384) + " inodes");
}

// The image's word goes before the request's: that is how the real server does it.
void take_image(Guest& guest, const OciImage& image, TaskLog& log) {
  log.emplace_back("Detected OCI archive");
  for (const std::string& volume : image.volumes)
    log.push_back("creating base directory for volume at " + volume);
  guest.config["env"] = join(image.environment, std::string_view("\0", 1));
  const std::string line = shell_line(image.command);
  if (!line.empty() && line != "/sbin/init") {
    guest.config["entrypoint"] = line;
    guest.config["cmode"] = "console";
    for (auto& [option, value] : guest.config) {
      if (!option.starts_with("net")) continue;
      Fields net = fields_of("lxc-net", value);
      if (!net.try_emplace("host-managed", "1").second) continue;
      value = print_property_string("lxc-net", net);
      log.push_back("Auto-Enabling host-managed network for network device " + option + '.');
    }
  } else {
    guest.config.erase("entrypoint");
  }
  const auto identity = split_fields(image.user, ':');
  if (!image.user.empty()) {
    guest.raw.emplace_back("lxc.init.uid", identity[0]);
    guest.raw.emplace_back("lxc.init.gid", identity.size() > 1 ? identity[1] : identity[0]);
    guest.raw.emplace_back("lxc.init.groups", "");
  }
  if (!image.working_dir.empty()) guest.raw.emplace_back("lxc.init.cwd", image.working_dir);
  guest.raw.emplace_back("lxc.signal.halt",
                         image.stop_signal.empty() ? "SIGTERM" : image.stop_signal);
  std::erase_if(guest.config, [](const auto& entry) { return entry.second.empty(); });
}

// Volumes, template, detection: everything that happens in the worker.
Result<void> fill_container(World& world, Guest& guest, const Creation& wanted, TaskLog& log) {
  State& state = world.state;
  Options mounts = wanted.mounts;
  if (mounts.empty()) mounts["rootfs"] = wanted.storage + ":4";
  std::vector<std::string> order = {"rootfs"};
  for (int i = 0; i < 256; ++i)
    if (const std::string name = "mp" + std::to_string(i); mounts.contains(name))
      order.push_back(name);
  for (const std::string& option : order) {
    MountPoint mount = parse_mount_point(option, mounts[option]);
    if (mount.kind != MountPoint::Kind::volume) {
      guest.config[option] = print_property_string("lxc-mp", mount.fields);
      continue;
    }
    const std::string text = TRY(make_volume(state, guest, option, mount, world.now()));
    guest.config[option] = text;
    const std::string volid = parse_mount_point(option, text).volume();
    log_formatting(log, state.storages.at(mount.storage), volid,
                   *find_volume(state, guest.node, volid));
  }
  const Volume* archive = find_volume(state, guest.node, wanted.os_template);
  if (!archive) return refuse("volume '" + wanted.os_template + "' does not exist");
  const auto image = archive->file.empty() ? std::optional<OciImage>()
                                           : read_oci_archive(world.file(archive->file));
  guest.config.try_emplace("ostype", image ? "alpine" : os_type(wanted.os_template));
  if (image) {
    take_image(guest, *image, log);
  } else {
    log.push_back("extracting archive '" +
                  file_path(state.storages.at(storage_of(wanted.os_template)), wanted.os_template) +
                  "'");
    log.push_back("Total bytes read: " + std::to_string(archive->size));
  }
  guest.config.try_emplace("arch", "amd64");
  log.emplace_back("Detected container architecture: amd64");
  guest.config.try_emplace("hostname", "CT" + std::to_string(guest.vmid));
  guest.config.try_emplace("memory", "512");
  guest.config.try_emplace("swap", "512");
  return {};
}

Result<void> create_work(World& world, const Creation& wanted, const Guest& settled,
                         const Login& login, TaskLog& log) {
  State& state = world.state;
  if (!state.guest(wanted.vmid)) return refuse("Lost 'create' config lock, aborting.");
  Guest guest = settled;
  if (const auto filled = fill_container(world, guest, wanted, log); !filled) {
    for (const std::string& volid : config_volumes(guest.config))
      free_volume(state, guest.node, volid);
    forget_guest(state, wanted.vmid, /*purge=*/true);
    return refuse("unable to create CT " + std::to_string(wanted.vmid) + " - " +
                  filled.error().message);
  }
  Guest& home = *state.guest(wanted.vmid);
  guest.shown = home.shown;
  home = guest;
  if (!wanted.pool.empty()) state.pools[wanted.pool].guests.insert(wanted.vmid);
  if (wanted.ha_managed)
    state.ha_resources[ha_id(home)] = {{"state", wanted.start ? "started" : "stopped"}};
  if (wanted.start) start_container_task(world, login, wanted.node, wanted.vmid, {});
  return {};
}

}  // namespace

Result<Reply> create_container(Call& call) {
  const Creation wanted = read_creation(call);
  TRY(check_creation(call, wanted));
  Guest guest;
  guest.vmid = wanted.vmid;
  guest.node = wanted.node;
  TRY(change_config(call.state, guest, {wanted.options, {}, {}}, call.world.now()));
  if (wanted.unprivileged) guest.config["unprivileged"] = "1";

  Guest placeholder;
  placeholder.vmid = wanted.vmid;
  placeholder.node = wanted.node;
  placeholder.config["lock"] = "create";
  call.state.guests[wanted.vmid] = std::move(placeholder);
  TaskPlan plan;
  plan.node = wanted.node;
  plan.type = "vzcreate";
  plan.id = std::to_string(wanted.vmid);
  plan.work = [wanted, guest, login = call.login](World& world, TaskLog& log) {
    return create_work(world, wanted, guest, login, log);
  };
  // A task that is made to fail leaves nothing behind, like one that fails by itself.
  if (call.fault && !call.fault->task.fail_with.empty()) {
    plan.work = [vmid = wanted.vmid, text = call.fault->task.fail_with](World& world, TaskLog&) {
      forget_guest(world.state, vmid, /*purge=*/true);
      return Result<void>(refuse("unable to create CT " + std::to_string(vmid) + " - " + text));
    };
    call.fault->task.fail_with.clear();
  }
  return Json(call.start_task(std::move(plan)));
}

}  // namespace paas::fake_pve
