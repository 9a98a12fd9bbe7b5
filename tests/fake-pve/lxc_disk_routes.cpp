// Container disks (resize, move) and snapshots.
#include <algorithm>

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

struct Resize {
  std::string node;
  std::int64_t vmid = 0;
  std::string option;
  std::string volid;
  std::int64_t bytes = 0;
};

Result<Resize> read_resize(Call& call) {
  TRY(check_quorum(call.state));
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TRY(check_unlocked(guest));
  TRY(check_change_allowed(call.state, call.login, guest.vmid, "", &guest,
                           {{{"disk", call.params.text("disk")}}, {}, {}},
                           guest.option("unprivileged") == "1"));
  TRY(check_digest(guest, call.params.text("digest")));
  Resize wanted{call.node(), guest.vmid, call.params.text("disk"), "", 0};
  const MountPoint mount = parse_mount_point(wanted.option, guest.option(wanted.option));
  wanted.volid = mount.volume();
  const Volume* volume = find_volume(call.state, wanted.node, wanted.volid);
  if (!volume) return refuse("unable to parse volume ID '" + wanted.volid + "'");
  TRY(check_all(call.state, call.login, "/storage/" + mount.storage, {"Datastore.AllocateSpace"}));
  const std::string size = call.params.text("size");
  const bool adds = size.starts_with('+');
  const std::int64_t asked = parse_size(adds ? size.substr(1) : size).value_or(0);
  wanted.bytes = adds ? volume->size + asked : asked;
  if (wanted.bytes < volume->size) return refuse("unable to shrink disk size");
  if (wanted.bytes == volume->size) return refuse("disk is already at specified size");
  return wanted;
}

Result<Reply> resize_disk(Call& call) {
  const Resize wanted = TRY(read_resize(call));
  TaskPlan plan;
  plan.node = wanted.node;
  plan.type = "resize";
  plan.id = std::to_string(wanted.vmid);
  plan.holds = wanted.vmid;
  plan.work = [wanted](World& world, TaskLog& log) -> Result<void> {
    Guest& guest = *TRY(find_guest(world.state, GuestKind::lxc, wanted.node, wanted.vmid));
    TRY(check_unlocked(guest));
    TRY(grow(world.state, wanted.node, wanted.volid, wanted.bytes));
    log.emplace_back("Image resized.");
    MountPoint mount = parse_mount_point(wanted.option, guest.option(wanted.option));
    mount.fields["size"] = format_size(wanted.bytes);
    guest.config[wanted.option] =
        print_property_string(wanted.option == "rootfs" ? "lxc-rootfs" : "lxc-mp", mount.fields);
    return {};
  };
  return Json(call.start_task(std::move(plan)));
}

Result<void> move_to_storage(World& world, const std::string& node, std::int64_t vmid,
                             const std::string& option, const std::string& storage, bool remove) {
  Guest& guest = *TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
  guest.config.erase("lock");
  MountPoint mount = parse_mount_point(option, guest.option(option));
  const Volume* old = find_volume(world.state, node, mount.volume());
  if (!old) return refuse("volume '" + mount.volume() + "' does not exist");
  Allocation wanted;
  wanted.node = node;
  wanted.storage = storage;
  wanted.vmid = vmid;
  wanted.bytes = old->size;
  const std::string before = mount.volume();
  mount.fields["volume"] = TRY(allocate(world.state, wanted, world.now()));
  guest.config[option] =
      print_property_string(option == "rootfs" ? "lxc-rootfs" : "lxc-mp", mount.fields);
  if (remove) {
    free_volume(world.state, node, before);
  } else {
    keep_unused(guest, before);
  }
  return {};
}

Result<void> give_volume(World& world, const std::string& node, std::int64_t from,
                         const std::string& option, std::int64_t to,
                         const std::string& target_option) {
  Guest& source = *TRY(find_guest(world.state, GuestKind::lxc, node, from));
  Guest& target = *TRY(find_guest(world.state, GuestKind::lxc, node, to));
  if (target.is_set(target_option))
    return refuse("Target volume key '" + target_option + "' is already in use for container '" +
                  std::to_string(to) + "'");
  MountPoint mount = parse_mount_point(option, source.option(option));
  Volume* old = find_volume(world.state, node, mount.volume());
  if (!old) return refuse("volume '" + mount.volume() + "' does not exist");
  Allocation wanted;
  wanted.node = node;
  wanted.storage = mount.storage;
  wanted.vmid = to;
  wanted.bytes = old->size;
  const std::string before = mount.volume();
  mount.fields["volume"] = TRY(allocate(world.state, wanted, world.now()));
  free_volume(world.state, node, before);
  source.config.erase(option);
  target.config[target_option] = print_property_string("lxc-mp", mount.fields);
  return {};
}

Result<Reply> move_volume(Call& call) {
  TRY(check_quorum(call.state));
  const std::string storage = call.params.text("storage");
  const std::string option = call.params.text("volume");
  const std::int64_t target = call.params.integer("target-vmid");
  if (!storage.empty() && target != 0)
    return refuse("either set storage or target-vmid, but not both");
  if (storage.empty() && target == 0) {
    const std::string text = "either storage or target-vmid needs to be specified";
    return refuse_parameters({{"storage", text}, {"target-vmid", text}});
  }
  Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TRY(check_unlocked(guest));
  if (guest.running) return refuse("cannot move volumes of a running container");
  if (!guest.is_set(option))
    return refuse("volume '" + option + "' for container '" + std::to_string(guest.vmid) +
                  "' does not exist");
  TRY(check_digest(guest, call.params.text("digest")));
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "move_volume";
  plan.id = call.params.text("vmid");
  plan.holds = guest.vmid;
  if (target != 0) {
    TRY(check_all(call.state, call.login, "/vms/" + std::to_string(target), {"VM.Config.Disk"}));
    const std::string target_option = call.params.text("target-volume", option);
    if (option == "rootfs" || target_option == "rootfs")
      return refuse("Cannot move to/from 'rootfs'");
    plan.work = [node = call.node(), vmid = guest.vmid, option, target, target_option](World& world,
                                                                                       TaskLog&) {
      return give_volume(world, node, vmid, option, target, target_option);
    };
    return Json(call.start_task(std::move(plan)));
  }
  TRY(check_all(call.state, call.login, "/storage/" + storage, {"Datastore.AllocateSpace"}));
  TRY(find_storage(call.state, storage));
  guest.config["lock"] = "disk";
  plan.work = [node = call.node(), vmid = guest.vmid, option, storage,
               remove = call.params.flag("delete")](World& world, TaskLog&) {
    return move_to_storage(world, node, vmid, option, storage, remove);
  };
  return Json(call.start_task(std::move(plan)));
}

// Snapshots need volumes that can have them: only the thin pool's can.
bool can_snapshot(const State& state, const Guest& guest) {
  for (const auto& [option, value] : guest.config) {
    if (!is_mount_option(option)) continue;
    const MountPoint mount = parse_mount_point(option, value);
    if (mount.kind != MountPoint::Kind::volume) continue;
    const auto storage = state.storages.find(mount.storage);
    if (storage == state.storages.end() || storage->second.type != "lvmthin") return false;
  }
  return true;
}

Result<Reply> has_feature(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  const std::string feature = call.params.text("feature");
  bool has = can_snapshot(call.state, guest);
  if (feature == "copy") has = !guest.running || call.params.has("snapname");
  if (feature == "clone") has = has && guest.is_template();
  return Json(Json::Object{{"hasFeature", has ? 1 : 0}});
}

Result<Reply> list_snapshots(Call& call) {
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  Json::Array rows;
  for (const Snapshot& snapshot : guest.snapshots) {
    Json::Object row{{"name", snapshot.name},
                     {"description", snapshot.description},
                     {"snaptime", snapshot.time}};
    if (!snapshot.parent.empty()) row["parent"] = snapshot.parent;
    rows.push_back(std::move(row));
  }
  Json::Object current{{"name", "current"},
                       {"description", "You are here!"},
                       {"digest", config_digest(guest)},
                       {"running", guest.running ? 1 : 0}};
  if (guest.is_set("parent")) current["parent"] = guest.option("parent");
  rows.push_back(std::move(current));
  return Json(std::move(rows));
}

Snapshot* find_snapshot(Guest& guest, const std::string& name) {
  const auto found = std::find_if(guest.snapshots.begin(), guest.snapshots.end(),
                                  [&](const Snapshot& one) { return one.name == name; });
  return found == guest.snapshots.end() ? nullptr : &*found;
}

TaskPlan snapshot_plan(const Call& call, const std::string& type) {
  TaskPlan plan;
  plan.node = call.node();
  plan.type = type;
  plan.id = call.params.text("vmid");
  plan.holds = call.vmid();
  return plan;
}

Result<Reply> create_snapshot(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("snapname");
  if (name == "current" || name == "vzdump")
    return refuse("unable to use snapshot name '" + name + "' (reserved name)");
  TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TaskPlan plan = snapshot_plan(call, "vzsnapshot");
  plan.work = [node = call.node(), vmid = call.vmid(), name,
               description = call.params.text("description")](World& world,
                                                              TaskLog&) -> Result<void> {
    Guest& guest = *TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
    if (guest.is_template()) return refuse("you can't take a snapshot if it's a template");
    TRY(check_unlocked(guest));
    if (find_snapshot(guest, name)) return refuse("snapshot name '" + name + "' already used");
    if (!can_snapshot(world.state, guest)) return refuse("snapshot feature is not available");
    Snapshot taken;
    taken.name = name;
    taken.description = description;
    taken.parent = guest.option("parent");
    taken.time = world.now();
    taken.config = guest.config;
    guest.snapshots.push_back(std::move(taken));
    guest.config["parent"] = name;
    return {};
  };
  return Json(call.start_task(std::move(plan)));
}

Result<Reply> delete_snapshot(Call& call) {
  TRY(check_quorum(call.state));
  TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TaskPlan plan = snapshot_plan(call, "vzdelsnapshot");
  plan.work = [node = call.node(), vmid = call.vmid(), name = call.params.text("snapname")](
                  World& world, TaskLog&) -> Result<void> {
    Guest& guest = *TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
    TRY(check_unlocked(guest));
    const Snapshot* gone = find_snapshot(guest, name);
    if (!gone) return refuse("snapshot '" + name + "' does not exist");
    const std::string parent = gone->parent;
    if (guest.option("parent") == name) guest.config["parent"] = parent;
    for (Snapshot& other : guest.snapshots)
      if (other.parent == name) other.parent = parent;
    std::erase_if(guest.snapshots, [&](const Snapshot& one) { return one.name == name; });
    std::erase_if(guest.config, [](const auto& entry) { return entry.second.empty(); });
    return {};
  };
  return Json(call.start_task(std::move(plan)));
}

Result<Reply> roll_back(Call& call) {
  TRY(check_quorum(call.state));
  TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TaskPlan plan = snapshot_plan(call, "vzrollback");
  plan.work = [node = call.node(), vmid = call.vmid(), name = call.params.text("snapname"),
               start = call.params.flag("start")](World& world, TaskLog&) -> Result<void> {
    Guest& guest = *TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
    TRY(check_unlocked(guest));
    const Snapshot* back = find_snapshot(guest, name);
    if (!back) return refuse("snapshot '" + name + "' does not exist");
    guest.config = back->config;
    guest.config["parent"] = name;
    guest.pending.clear();
    guest.pending_delete.clear();
    stop_guest(guest);
    if (start) return start_container(world, vmid, node);
    return {};
  };
  return Json(call.start_task(std::move(plan)));
}

}  // namespace

Routes lxc_disk_routes() {
  return {{"PUT", "/nodes/{node}/lxc/{vmid}/resize", resize_disk, /*waits_for_guest=*/true},
          {"POST", "/nodes/{node}/lxc/{vmid}/move_volume", move_volume},
          {"GET", "/nodes/{node}/lxc/{vmid}/feature", has_feature},
          {"GET", "/nodes/{node}/lxc/{vmid}/snapshot", list_snapshots},
          {"POST", "/nodes/{node}/lxc/{vmid}/snapshot", create_snapshot},
          {"DELETE", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", delete_snapshot},
          {"POST", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback", roll_back}};
}

}  // namespace paas::fake_pve
