// Containers on the move: clones, templates, migration.
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/ha.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

struct Copy {
  std::string node;
  std::string target;  // node of the copy
  std::int64_t vmid = 0;
  std::int64_t new_id = 0;
  std::string storage;
  std::string pool;
  std::string hostname;
  std::string description;
  bool full = false;
  Options source;  // what is copied
};

Result<void> check_volumes(Call& call, const Guest& guest, const Copy& wanted) {
  bool all_shared = true;
  for (const auto& [option, value] : wanted.source) {
    if (!is_mount_option(option)) continue;
    const MountPoint mount = parse_mount_point(option, value);
    if (mount.kind != MountPoint::Kind::volume)
      return refuse("unable to clone mountpoint '" + option + "' (type bind)");
    const std::string home = wanted.storage.empty() ? mount.storage : wanted.storage;
    const Storage& storage = *TRY(find_storage(call.state, home));
    all_shared = all_shared && storage.shared;
    TRY(check_all(call.state, call.login, "/storage/" + home, {"Datastore.AllocateSpace"}));
    if (wanted.full && guest.running && !call.params.has("snapname"))
      return refuse("Full clone of a running container is only possible from a snapshot");
    if (!wanted.full && (storage.type != "lvmthin" || !guest.is_template()))
      return refuse("Linked clone feature for '" + mount.volume() + "' is not available");
  }
  if (wanted.target != wanted.node && !all_shared)
    return refuse("can't clone CT to node '" + wanted.target + "' (CT uses local storage)");
  return {};
}

Result<Copy> read_copy(Call& call, const Guest& guest) {
  Copy wanted;
  wanted.node = call.node();
  wanted.target = call.params.text("target", wanted.node);
  wanted.vmid = call.vmid();
  wanted.new_id = call.params.integer("newid");
  wanted.storage = call.params.text("storage");
  wanted.pool = call.params.text("pool");
  wanted.hostname = call.params.text("hostname");
  wanted.description = call.params.text("description");
  wanted.full = call.params.flag("full", !guest.is_template());
  wanted.source = guest.config;
  const std::string snapshot = call.params.text("snapname");
  if (!wanted.pool.empty() && !call.state.pools.contains(wanted.pool))
    return forbid("pool '" + wanted.pool + "' does not exist");
  if (!call.state.node(wanted.target))
    return refuse("no such cluster node '" + wanted.target + "'");
  TRY(check_quorum(call.state));
  TRY(check_unlocked(guest));
  TRY(check_id_free(call.state, wanted.new_id));
  if (!wanted.storage.empty() && !wanted.full)
    return refuse("parameter 'storage' not allowed for linked clones");
  if (snapshot.empty()) return wanted;
  for (const Snapshot& one : guest.snapshots)
    if (one.name == snapshot) {
      wanted.source = one.config;
      return wanted;
    }
  return refuse("snapshot '" + snapshot + "' does not exist");
}

Result<void> copy_work(World& world, const Copy& wanted, TaskLog& log) {
  State& state = world.state;
  if (Guest* source = state.guest(wanted.vmid)) source->config.erase("lock");
  if (!state.guest(wanted.new_id)) return refuse("Lost 'create' config lock, aborting.");
  log.push_back("creating a clone of container " + std::to_string(wanted.vmid) + " with ID " +
                std::to_string(wanted.new_id));
  Guest copy;
  copy.vmid = wanted.new_id;
  copy.node = wanted.target;
  for (const auto& [option, value] : wanted.source) {
    if (option.starts_with("unused") || option == "lock" || option == "template" ||
        option == "parent")
      continue;
    if (option.starts_with("net")) {
      Fields net = fields_of("lxc-net", value);
      net.erase("hwaddr");
      copy.config[option] = normal_network(state, print_property_string("lxc-net", net));
      continue;
    }
    copy.config[option] = value;
    if (!is_mount_option(option)) continue;
    MountPoint mount = parse_mount_point(option, value);
    const Volume* old = find_volume(state, wanted.node, mount.volume());
    Allocation space;
    space.node = wanted.target;
    space.storage = wanted.storage.empty() ? mount.storage : wanted.storage;
    space.vmid = wanted.new_id;
    space.bytes = old ? old->size : 0;
    if (!wanted.full) space.parent = mount.volume();
    log.push_back((wanted.full ? "create full clone of mountpoint " : "create linked clone of ") +
                  option + " (" + mount.volume() + ")");
    const auto volid = allocate(state, space, world.now());
    if (!volid) {
      for (const std::string& made : config_volumes(copy.config))
        if (const Volume* volume = find_volume(state, copy.node, made);
            volume && volume->vmid == copy.vmid)
          free_volume(state, copy.node, made);
      forget_guest(state, wanted.new_id, /*purge=*/true);
      return refuse("clone failed: " + volid.error().message);
    }
    mount.fields["volume"] = *volid;
    copy.config[option] =
        print_property_string(option == "rootfs" ? "lxc-rootfs" : "lxc-mp", mount.fields);
  }
  if (!wanted.hostname.empty()) copy.config["hostname"] = wanted.hostname;
  if (!wanted.description.empty()) copy.config["description"] = wanted.description + '\n';
  state.guests[wanted.new_id] = std::move(copy);
  if (!wanted.pool.empty()) state.pools[wanted.pool].guests.insert(wanted.new_id);
  return {};
}

Result<Reply> clone_container(Call& call) {
  Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  const Copy wanted = TRY(read_copy(call, guest));
  TRY(check_volumes(call, guest, wanted));
  Guest placeholder;
  placeholder.vmid = wanted.new_id;
  placeholder.node = wanted.target;
  placeholder.config["lock"] = "create";
  guest.config["lock"] = "disk";
  call.state.guests[wanted.new_id] = std::move(placeholder);
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "vzclone";
  plan.id = std::to_string(wanted.vmid);
  plan.work = [wanted](World& world, TaskLog& log) { return copy_work(world, wanted, log); };
  if (call.fault && !call.fault->task.fail_with.empty()) {
    plan.work = [wanted, text = call.fault->task.fail_with](World& world, TaskLog&) {
      if (Guest* source = world.state.guest(wanted.vmid)) source->config.erase("lock");
      forget_guest(world.state, wanted.new_id, /*purge=*/true);
      return Result<void>(refuse("clone failed: " + text));
    };
    call.fault->task.fail_with.clear();
  }
  return Json(call.start_task(std::move(plan)));
}

// The call answers null at once; the work is a task of its own that nobody is told of.
Result<Reply> make_template(Call& call) {
  TRY(check_quorum(call.state));
  const Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  TRY(check_unlocked(guest));
  if (!guest.snapshots.empty())
    return refuse("unable to create template, because CT contains snapshots");
  if (guest.is_template()) return refuse("you can't convert a template to a template");
  if (guest.running) return refuse("you can't convert a CT to template if the CT is running");
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "vztemplate";
  plan.id = call.params.text("vmid");
  plan.holds = guest.vmid;
  plan.work = [node = call.node(), vmid = call.vmid()](World& world, TaskLog&) -> Result<void> {
    Guest& ct = *TRY(find_guest(world.state, GuestKind::lxc, node, vmid));
    for (auto& [option, value] : ct.config) {
      if (!is_mount_option(option)) continue;
      MountPoint mount = parse_mount_point(option, value);
      mount.fields["volume"] = make_base(world.state, node, mount.volume());
      value = print_property_string(option == "rootfs" ? "lxc-rootfs" : "lxc-mp", mount.fields);
    }
    ct.config["template"] = "1";
    return {};
  };
  call.start_task(std::move(plan));
  return Json();
}

Result<void> migrate_work(World& world, std::int64_t vmid, const std::string& target,
                          const std::string& storage) {
  Guest* guest = world.state.guest(vmid);
  if (!guest) return refuse("guest " + std::to_string(vmid) + " is gone");
  guest->config.erase("lock");
  const Node* node = world.state.node(target);
  if (!node || !node->online) return refuse("target node '" + target + "' is not reachable");
  for (auto& [option, value] : guest->config) {
    if (!is_mount_option(option)) continue;
    MountPoint mount = parse_mount_point(option, value);
    if (mount.kind != MountPoint::Kind::volume) continue;
    const Volume* old = find_volume(world.state, guest->node, mount.volume());
    const bool shared = world.state.storages.at(mount.storage).shared;
    if (!old || (shared && storage.empty())) continue;
    Allocation wanted;
    wanted.node = target;
    wanted.storage = storage.empty() ? mount.storage : storage;
    wanted.vmid = vmid;
    wanted.bytes = old->size;
    const std::string before = mount.volume();
    mount.fields["volume"] = TRY(allocate(world.state, wanted, world.now()));
    free_volume(world.state, guest->node, before);
    value = print_property_string(option == "rootfs" ? "lxc-rootfs" : "lxc-mp", mount.fields);
  }
  guest->node = target;
  return {};
}

Result<Reply> migrate_container(Call& call) {
  const std::string target = call.params.text("target");
  if (target == call.node()) return refuse_parameter("target", "target is local node.");
  TRY(check_quorum(call.state));
  if (!call.state.node(target)) return refuse("no such cluster node '" + target + "'");
  Guest& guest = *TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()));
  const bool restart = call.params.flag("restart");
  if (guest.running && !restart && !call.params.flag("online"))
    return refuse("can't migrate running container without --online or --restart");
  TRY(check_unlocked(guest));
  const bool live = guest.running && !restart;
  TaskPlan plan;
  plan.node = call.node();
  plan.type = is_ha_managed(call.state, guest) ? "hamigrate" : "vzmigrate";
  plan.id = call.params.text("vmid");
  plan.holds = guest.vmid;
  plan.work = [vmid = guest.vmid, target, live, running = guest.running,
               storage = call.params.text("target-storage")](World& world,
                                                             TaskLog&) -> Result<void> {
    if (live) return refuse("lxc live migration is currently not implemented");
    const std::string map = storage == "1" ? "" : storage.substr(storage.find(':') + 1);
    TRY(migrate_work(world, vmid, target, map));
    Guest& moved = *world.state.guest(vmid);
    stop_guest(moved);
    if (running) return start_container(world, vmid, target);
    return {};
  };
  return Json(call.start_task(std::move(plan)));
}

}  // namespace

Routes lxc_copy_routes() {
  return {{"POST", "/nodes/{node}/lxc/{vmid}/clone", clone_container},
          {"POST", "/nodes/{node}/lxc/{vmid}/template", make_template, /*waits_for_guest=*/true},
          {"POST", "/nodes/{node}/lxc/{vmid}/migrate", migrate_container}};
}

}  // namespace paas::fake_pve
