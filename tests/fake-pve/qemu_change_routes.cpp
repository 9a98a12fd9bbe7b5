// Virtual machines: changing, starting and stopping, copying.
#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/ha.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/qemu.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using MachineWork = std::function<Result<void>(World&, Guest&)>;

std::string machine_task(Call& call, const std::string& type, MachineWork work) {
  TaskPlan plan;
  plan.node = call.node();
  plan.type = type;
  plan.id = call.params.text("vmid");
  plan.holds = call.vmid();
  plan.work = [node = call.node(), vmid = call.vmid(), work = std::move(work)](
                  World& world, TaskLog&) -> Result<void> {
    Guest* machine = TRY(find_guest(world.state, GuestKind::qemu, node, vmid));
    TRY(check_unlocked(*machine));
    return work(world, *machine);
  };
  return call.start_task(std::move(plan));
}

Result<Guest*> found_machine(Call& call) {
  return find_guest(call.state, GuestKind::qemu, call.node(), call.vmid());
}

// Options that take effect while the machine runs; the others wait for a restart.
bool settles_live(const std::string& option) {
  static const std::set<std::string> names = {"name",     "description", "tags",       "onboot",
                                              "startup",  "protection",  "hookscript", "lock",
                                              "cpulimit", "cpuunits"};
  const auto parts = numbered(option);
  return names.contains(option) || (parts && (parts->name == "net" || parts->name == "ipconfig"));
}

void remove_machine_option(State& state, Guest& machine, const std::string& option) {
  const std::string text = machine.option(option);
  machine.config.erase(option);
  machine.pending.erase(option);
  if (option.starts_with("unused")) {
    free_volume(state, machine.node, text);
    return;
  }
  const std::string volid = drive_volume(option, text);
  if (volid.empty()) return;
  for (int slot = 0;; ++slot)
    if (machine.config.try_emplace("unused" + std::to_string(slot), volid).second) return;
}

struct MachineChange {
  Options set;
  std::vector<std::string> remove;
  std::vector<std::string> revert;
};

Result<MachineChange> read_machine_change(Call& call, const Guest& machine) {
  MachineChange change;
  for (const auto& [name, value] : call.params.all())
    if (name != "node" && name != "vmid" && name != "digest" && name != "delete" &&
        name != "revert" && name != "force" && name != "skiplock" && name != "background_delay" &&
        name != "import-working-storage")
      change.set[name] = value.text;
  change.remove = split_list(call.params.text("delete"));
  change.revert = split_list(call.params.text("revert"));
  if (change.set.empty() && change.remove.empty() && change.revert.empty())
    return refuse("no options specified");
  TRY(check_quorum(call.state));
  if (!call.params.flag("skiplock")) TRY(check_unlocked(machine));
  TRY(check_digest(machine, call.params.text("digest")));
  for (const std::string& name : change.remove)
    if (change.set.contains(name))
      return refuse_parameter(
          "delete", "you can't use '-" + name + "' and -delete " + name + "' at the same time");
  return change;
}

Result<void> change_machine(State& state, Guest& machine, const MachineChange& change,
                            std::int64_t now) {
  for (const std::string& name : change.revert) {
    machine.pending.erase(name);
    machine.pending_delete.erase(name);
  }
  Options now_set;
  for (const auto& [name, value] : change.set) {
    machine.pending_delete.erase(name);
    if (!machine.running || settles_live(name)) {
      now_set[name] = value;
    } else {
      machine.pending[name] = value;
    }
  }
  for (const std::string& name : change.remove) {
    if (!machine.is_set(name) && !machine.pending.contains(name)) continue;
    if (!machine.running || settles_live(name) || name.starts_with("unused")) {
      remove_machine_option(state, machine, name);
    } else {
      machine.pending_delete.insert(name);
    }
  }
  return set_machine_options(state, machine, now_set, now);
}

Result<Reply> put_config(Call& call) {
  Guest& machine = *TRY(found_machine(call));
  const MachineChange change = TRY(read_machine_change(call, machine));
  TRY(change_machine(call.state, machine, change, call.world.now()));
  return Json();
}

Result<Reply> post_config(Call& call) {
  const Guest& machine = *TRY(found_machine(call));
  const MachineChange change = TRY(read_machine_change(call, machine));
  return Json(machine_task(call, "qmconfig", [change](World& world, Guest& target) {
    return change_machine(world.state, target, change, world.now());
  }));
}

Result<Reply> start(Call& call) {
  const Guest& machine = *TRY(found_machine(call));
  if (machine.running) return refuse("VM " + std::to_string(machine.vmid) + " already running");
  TRY(check_quorum(call.state));
  if (is_ha_managed(call.state, machine)) return Json(ha_request_task(call, machine, "started"));
  return Json(machine_task(call, "qmstart", [](World& world, Guest& target) {
    return start_machine(world, target.vmid, target.node);
  }));
}

Result<Reply> stop_as(Call& call, const std::string& type) {
  const Guest& machine = *TRY(found_machine(call));
  if (is_ha_managed(call.state, machine)) return Json(ha_request_task(call, machine, "stopped"));
  return Json(machine_task(call, type, [](World&, Guest& target) -> Result<void> {
    stop_guest(target);
    return {};
  }));
}
Result<Reply> stop(Call& call) {
  return stop_as(call, "qmstop");
}
Result<Reply> shutdown(Call& call) {
  return stop_as(call, "qmshutdown");
}

Result<Reply> reboot(Call& call) {
  const Guest& machine = *TRY(found_machine(call));
  if (!machine.running) return refuse("VM " + std::to_string(machine.vmid) + " not running");
  return Json(machine_task(call, "qmreboot", [](World& world, Guest& target) {
    stop_guest(target);
    return start_machine(world, target.vmid, target.node);
  }));
}

Result<Reply> resize(Call& call) {
  TRY(check_quorum(call.state));
  const Guest& machine = *TRY(found_machine(call));
  TRY(check_unlocked(machine));
  TRY(check_digest(machine, call.params.text("digest")));
  const std::string option = call.params.text("disk");
  const std::string volid = drive_volume(option, machine.option(option));
  const Volume* volume = find_volume(call.state, call.node(), volid);
  if (!volume) return refuse("disk '" + option + "' does not exist");
  const std::string size = call.params.text("size");
  const bool adds = size.starts_with('+');
  const std::int64_t asked = parse_size(adds ? size.substr(1) : size).value_or(0);
  const std::int64_t bytes = adds ? volume->size + asked : asked;
  if (bytes < volume->size) return refuse("shrinking disks is not supported");
  return Json(machine_task(
      call, "resize", [option, volid, bytes](World& world, Guest& target) -> Result<void> {
        TRY(grow(world.state, target.node, volid, bytes));
        Fields drive = fields_of(drive_format(option), target.option(option));
        drive["size"] = format_size(bytes);
        target.config[option] = print_property_string(drive_format(option), drive);
        return {};
      }));
}

Result<Reply> make_machine_template(Call& call) {
  TRY(check_quorum(call.state));
  const Guest& machine = *TRY(found_machine(call));
  if (machine.is_template()) return refuse("you can't convert a template to a template");
  if (machine.running) return refuse("you can't convert a VM to template if VM is running");
  return Json(machine_task(call, "qmtemplate", [](World& world, Guest& target) -> Result<void> {
    for (auto& [option, value] : target.config) {
      const std::string volid = drive_volume(option, value);
      if (volid.empty() || value.find("media=cdrom") != std::string::npos) continue;
      Fields drive = fields_of(drive_format(option), value);
      drive["file"] = make_base(world.state, target.node, volid);
      value = print_property_string(drive_format(option), drive);
    }
    target.config["template"] = "1";
    return {};
  }));
}

struct MachineCopy {
  std::string node;
  std::int64_t vmid = 0;
  std::int64_t new_id = 0;
  std::string storage;
  std::string pool;
  std::string name;
  bool full = false;
};

Result<std::string> copy_drive(State& state, const MachineCopy& wanted, const std::string& option,
                               const std::string& text, std::int64_t now) {
  Fields drive = fields_of(drive_format(option), text);
  const std::string volid = drive_volume(option, text);
  const Volume* old = find_volume(state, wanted.node, volid);
  if (!old) return text;
  const bool cloud_init = volid.find("cloudinit") != std::string::npos;
  Allocation space;
  space.node = wanted.node;
  space.storage = wanted.storage.empty() ? storage_of(volid) : wanted.storage;
  space.vmid = wanted.new_id;
  space.content = "images";
  space.format = old->format;
  space.bytes = old->size;
  if (cloud_init) space.name = "cloudinit";
  if (!wanted.full && !cloud_init) space.parent = volid;
  drive["size"] = format_size(old->size);
  drive["file"] = TRY(allocate(state, space, now));
  return print_property_string(drive_format(option), drive);
}

Result<void> copy_machine_work(World& world, const MachineCopy& wanted) {
  const Guest* source = world.state.guest(wanted.vmid);
  if (!source) return refuse("clone failed: VM " + std::to_string(wanted.vmid) + " is gone");
  Guest copy;
  copy.vmid = wanted.new_id;
  copy.kind = GuestKind::qemu;
  copy.node = wanted.node;
  for (const auto& [option, value] : source->config) {
    if (option == "template" || option == "lock" || option.starts_with("unused")) continue;
    const auto parts = numbered(option);
    if (parts && parts->name == "net") {
      Fields card = fields_of("qemu-net", value);
      card["macaddr"] = new_mac(world.state);
      copy.config[option] = print_property_string("qemu-net", card);
    } else if (!drive_format(option).empty()) {
      const auto drive = copy_drive(world.state, wanted, option, value, world.now());
      if (!drive) {
        for (const std::string& made : machine_volumes(copy.config))
          free_volume(world.state, copy.node, made);
        forget_guest(world.state, wanted.new_id, /*purge=*/true);
        return refuse("clone failed: " + drive.error().message);
      }
      copy.config[option] = *drive;
    } else {
      copy.config[option] = value;
    }
  }
  if (!wanted.name.empty()) copy.config["name"] = wanted.name;
  give_identity(copy);
  world.state.guests[wanted.new_id] = std::move(copy);
  if (!wanted.pool.empty()) world.state.pools[wanted.pool].guests.insert(wanted.new_id);
  return {};
}

Result<Reply> clone_machine(Call& call) {
  const Guest& machine = *TRY(found_machine(call));
  MachineCopy wanted;
  wanted.node = call.node();
  wanted.vmid = call.vmid();
  wanted.new_id = call.params.integer("newid");
  wanted.storage = call.params.text("storage");
  wanted.pool = call.params.text("pool");
  wanted.name = call.params.text("name");
  wanted.full = call.params.flag("full", !machine.is_template());
  TRY(check_quorum(call.state));
  TRY(check_unlocked(machine));
  TRY(check_id_free(call.state, wanted.new_id));
  if (!wanted.full && !machine.is_template())
    return refuse("Linked clone feature is not supported for this drive");
  for (const std::string& volid : machine_volumes(machine.config))
    TRY(check_all(call.state, call.login,
                  "/storage/" + (wanted.storage.empty() ? storage_of(volid) : wanted.storage),
                  {"Datastore.AllocateSpace"}));
  Guest placeholder;
  placeholder.vmid = wanted.new_id;
  placeholder.kind = GuestKind::qemu;
  placeholder.node = wanted.node;
  placeholder.config["lock"] = "clone";
  call.state.guests[wanted.new_id] = std::move(placeholder);
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "qmclone";
  plan.id = std::to_string(wanted.vmid);
  plan.work = [wanted](World& world, TaskLog&) { return copy_machine_work(world, wanted); };
  return Json(call.start_task(std::move(plan)));
}

}  // namespace

Routes qemu_change_routes() {
  return {{"PUT", "/nodes/{node}/qemu/{vmid}/config", put_config, /*waits_for_guest=*/true},
          {"POST", "/nodes/{node}/qemu/{vmid}/config", post_config},
          {"POST", "/nodes/{node}/qemu/{vmid}/status/start", start},
          {"POST", "/nodes/{node}/qemu/{vmid}/status/stop", stop},
          {"POST", "/nodes/{node}/qemu/{vmid}/status/shutdown", shutdown},
          {"POST", "/nodes/{node}/qemu/{vmid}/status/reboot", reboot},
          {"PUT", "/nodes/{node}/qemu/{vmid}/resize", resize, /*waits_for_guest=*/true},
          {"POST", "/nodes/{node}/qemu/{vmid}/clone", clone_machine},
          {"POST", "/nodes/{node}/qemu/{vmid}/template", make_machine_template}};
}

}  // namespace paas::fake_pve
