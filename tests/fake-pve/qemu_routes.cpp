// Virtual machines: listing, making, reading, removing, and their guest agent.
#include "tests/fake-pve/qemu.hpp"

#include <algorithm>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/nodes.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

Result<Guest*> the_machine(Call& call) {
  return find_guest(call.state, GuestKind::qemu, call.node(), call.vmid());
}

Result<Reply> list_machines(Call& call) {
  Json::Array rows;
  for (const auto& [vmid, guest] : call.state.guests)
    if (guest.kind == GuestKind::qemu && guest.node == call.node() &&
        may(call.state, call.login, "/vms/" + std::to_string(vmid), "VM.Audit"))
      rows.push_back(status_json(call.state, guest, call.world.now(), /*listed=*/true));
  return Json(std::move(rows));
}

Result<Reply> machine_status(Call& call) {
  return status_json(call.state, *TRY(the_machine(call)), call.world.now(), /*listed=*/false);
}

Result<Reply> machine_config(Call& call) {
  return config_json(*TRY(the_machine(call)), call.params.flag("current"));
}

Result<Reply> machine_pending(Call& call) {
  return pending_json(*TRY(the_machine(call)));
}

// Parameters of a create that are no options of the machine.
bool is_machine_option(const std::string& name) {
  static const std::set<std::string> others = {
      "node",   "vmid",        "archive", "bwlimit",    "force",
      "pool",   "start",       "storage", "ha-managed", "import-working-storage",
      "unique", "live-restore"};
  return !others.contains(name);
}

Result<void> check_machine_options(const Call& call, const Options& options) {
  for (const auto& [option, value] : options) {
    const std::string volume = drive_volume(option, value);
    const std::string storage = storage_of(volume);
    if (!storage.empty()) {
      TRY(find_storage(call.state, storage));
      TRY(check_all(call.state, call.login, "/storage/" + storage, {"Datastore.AllocateSpace"}));
    }
    const auto parts = numbered(option);
    if (!parts || parts->name != "net") continue;
    const Fields card = fields_of("qemu-net", value);
    if (card.contains("bridge"))
      TRY(check_all(call.state, call.login, "/sdn/zones/localnetwork/" + card.at("bridge"),
                    {"SDN.Use"}));
  }
  return {};
}

Result<void> create_machine_work(World& world, Guest machine, const Options& options,
                                 const std::string& pool, bool start) {
  if (const auto made = set_machine_options(world.state, machine, options, world.now()); !made) {
    for (const std::string& volid : machine_volumes(machine.config))
      free_volume(world.state, machine.node, volid);
    forget_guest(world.state, machine.vmid, /*purge=*/true);
    return refuse("unable to create VM " + std::to_string(machine.vmid) + " - " +
                  made.error().message);
  }
  give_identity(machine);
  machine.config["meta"] = "creation-qemu=10.1.2,ctime=" + std::to_string(world.now());
  const std::int64_t vmid = machine.vmid;
  const std::string node = machine.node;
  world.state.guests[vmid] = std::move(machine);
  if (!pool.empty()) world.state.pools[pool].guests.insert(vmid);
  if (start) return start_machine(world, vmid, node);
  return {};
}

Result<Reply> create_machine(Call& call) {
  TRY(check_quorum(call.state));
  const std::string pool = call.params.text("pool");
  if (!pool.empty() && !call.state.pools.contains(pool))
    return forbid("pool '" + pool + "' does not exist");
  if (!check_guest(call.state, call.login, call.vmid(), pool, "VM.Allocate")) return forbid("");
  TRY(check_id_free(call.state, call.vmid()));
  if (call.params.has("archive")) return refuse("restoring machines is not served");
  Options options;
  for (const auto& [name, value] : call.params.all())
    if (is_machine_option(name)) options[name] = value.text;
  TRY(check_machine_options(call, options));
  Guest machine;
  machine.vmid = call.vmid();
  machine.kind = GuestKind::qemu;
  machine.node = call.node();
  Guest placeholder = machine;
  placeholder.config["lock"] = "create";
  call.state.guests[machine.vmid] = std::move(placeholder);
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "qmcreate";
  plan.id = call.params.text("vmid");
  plan.work = [machine, options, pool, start = call.params.flag("start")](World& world, TaskLog&) {
    return create_machine_work(world, machine, options, pool, start);
  };
  return Json(call.start_task(std::move(plan)));
}

bool is_cloned_from(const State& state, const std::string& volid) {
  for (const auto& [id, storage] : state.storages)
    for (const auto& [node, volumes] : storage.volumes)
      for (const auto& [name, volume] : volumes)
        if (volume.parent == volid) return true;
  return false;
}

Result<void> destroy_machine_work(World& world, const std::string& node, std::int64_t vmid,
                                  bool purge) {
  State& state = world.state;
  const Guest& machine = *TRY(find_guest(state, GuestKind::qemu, node, vmid));
  const auto volumes = machine_volumes(machine.config);
  for (const std::string& volid : volumes)
    if (is_cloned_from(state, volid))
      return refuse("base volume '" + volid + "' is still in use by linked cloned");
  for (const std::string& volid : volumes) {
    const Volume* volume = find_volume(state, node, volid);
    if (volume && volume->vmid == vmid) free_volume(state, node, volid);
  }
  forget_guest(state, vmid, purge);
  return {};
}

Result<Reply> destroy_machine(Call& call) {
  const Guest& machine = *TRY(the_machine(call));
  const std::string id = std::to_string(machine.vmid);
  TRY(check_quorum(call.state));
  if (machine.option("protection") == "1")
    return refuse("can't remove VM " + id + " - protection mode enabled");
  TRY(check_unlocked(machine));
  const bool purge = call.params.flag("purge");
  if (!purge && call.state.ha_resources.contains(ha_id(machine)))
    return refuse("unable to remove VM " + id +
                  " - used in HA resources and purge parameter not set.");
  if (machine.running) return refuse("VM " + id + " is running - destroy failed");
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "qmdestroy";
  plan.id = id;
  plan.holds = machine.vmid;
  plan.work = [node = call.node(), vmid = machine.vmid, purge](World& world, TaskLog&) {
    return destroy_machine_work(world, node, vmid, purge);
  };
  return Json(call.start_task(std::move(plan)));
}

Result<void> check_agent(const Guest& machine) {
  if (!machine.running) return refuse("VM " + std::to_string(machine.vmid) + " is not running");
  const Fields agent = fields_of("qemu-agent", machine.option("agent"));
  if (!agent.contains("enabled") || agent.at("enabled") != "1")
    return refuse("No QEMU guest agent configured");
  return {};
}

Result<Reply> agent_ping(Call& call) {
  TRY(check_agent(*TRY(the_machine(call))));
  return Json(Json::Object{{"result", Json::Object{}}});
}

Json agent_address(const std::string& cidr, const char* family) {
  const auto slash = cidr.find('/');
  return Json::Object{{"ip-address", cidr.substr(0, slash)},
                      {"ip-address-type", family},
                      {"prefix", to_integer(cidr.substr(slash + 1)).value_or(0)}};
}

Result<Reply> agent_interfaces(Call& call) {
  const Guest& machine = *TRY(the_machine(call));
  TRY(check_agent(machine));
  Json::Array rows = {
      Json::Object{{"name", "lo"},
                   {"hardware-address", "00:00:00:00:00:00"},
                   {"ip-addresses", Json::Array{agent_address("127.0.0.1/8", "ipv4")}}}};
  for (const auto& [option, value] : machine.config) {
    const auto parts = numbered(option);
    if (!parts || parts->name != "net") continue;
    const Fields card = fields_of("qemu-net", value);
    const std::string mac = lower(card.at("macaddr"));
    const std::string& setup = machine.option("ipconfig" + std::to_string(parts->number));
    const auto at = setup.find("ip=");
    std::string address =
        at == std::string::npos ? "dhcp" : setup.substr(at + 3, setup.find(',', at) - at - 3);
    if (address == "dhcp")
      address = leased_address(card.contains("bridge") ? card.at("bridge") : "", mac);
    rows.push_back(Json::Object{
        {"name", "eth" + std::to_string(parts->number)},
        {"hardware-address", mac},
        {"ip-addresses", Json::Array{agent_address(address, "ipv4"),
                                     agent_address(link_local_address(mac), "ipv6")}}});
  }
  return Json(Json::Object{{"result", std::move(rows)}});
}

// The user part of the cloud-init data, as the machine would read it.
Result<Reply> dump_cloud_init(Call& call) {
  const Guest& machine = *TRY(the_machine(call));
  const std::string type = call.params.text("type");
  const std::string& name = machine.option("name");
  if (type == "meta") return Json("instance-id: " + machine.option("vmgenid") + '\n');
  if (type == "network") return Json("version: 1\nconfig:\n");
  std::string text =
      "#cloud-config\nhostname: " + name + "\nmanage_etc_hosts: true\nfqdn: " + name + '\n';
  if (machine.is_set("ciuser")) text += "user: " + machine.option("ciuser") + '\n';
  if (machine.is_set("cipassword")) text += "password: " + machine.option("cipassword") + '\n';
  const auto keys =
      split_words(percent_decode(machine.option("sshkeys"), /*plus_is_space=*/false), "\n");
  if (!keys.empty()) text += "ssh_authorized_keys:\n";
  for (const std::string& key : keys) text += "  - " + key + '\n';
  return Json(text + "chpasswd:\n  expire: False\nusers:\n  - default\npackage_upgrade: true\n");
}

}  // namespace

Routes qemu_routes() {
  return {{"GET", "/nodes/{node}/qemu", list_machines},
          {"POST", "/nodes/{node}/qemu", create_machine},
          {"DELETE", "/nodes/{node}/qemu/{vmid}", destroy_machine},
          {"GET", "/nodes/{node}/qemu/{vmid}/config", machine_config},
          {"GET", "/nodes/{node}/qemu/{vmid}/pending", machine_pending},
          {"GET", "/nodes/{node}/qemu/{vmid}/status/current", machine_status},
          {"GET", "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", agent_interfaces},
          {"POST", "/nodes/{node}/qemu/{vmid}/agent/ping", agent_ping},
          {"GET", "/nodes/{node}/qemu/{vmid}/cloudinit/dump", dump_cloud_init}};
}

}  // namespace paas::fake_pve
