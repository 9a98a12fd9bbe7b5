// Containers: listing, reading, changing and removing them.
#include <algorithm>

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/lxc_create.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/nodes.hpp"
#include "tests/fake-pve/table.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

Result<Guest*> the_container(Call& call) {
  return find_guest(call.state, GuestKind::lxc, call.node(), call.vmid());
}

Result<Reply> list_containers(Call& call) {
  Json::Array rows;
  for (const auto& [vmid, guest] : call.state.guests)
    if (guest.kind == GuestKind::lxc && guest.node == call.node() &&
        may(call.state, call.login, "/vms/" + std::to_string(vmid), "VM.Audit"))
      rows.push_back(status_json(call.state, guest, call.world.now(), /*listed=*/true));
  return Json(std::move(rows));
}

Result<Reply> container_status(Call& call) {
  const Guest& guest = *TRY(the_container(call));
  return status_json(call.state, guest, call.world.now(), /*listed=*/false);
}

Result<Reply> container_config(Call& call) {
  const Guest& guest = *TRY(the_container(call));
  if (!call.params.has("snapshot")) return config_json(guest, call.params.flag("current"));
  const std::string name = call.params.text("snapshot");
  for (const Snapshot& snapshot : guest.snapshots)
    if (snapshot.name == name) {
      Guest then = guest;
      then.config = snapshot.config;
      return config_json(then, /*current=*/true);
    }
  return refuse("snapshot '" + name + "' does not exist");
}

Result<Reply> container_pending(Call& call) {
  return pending_json(*TRY(the_container(call)));
}

ConfigChange read_change(const Call& call) {
  ConfigChange change;
  for (const auto& [name, value] : call.params.all())
    if (name != "node" && name != "vmid" && name != "digest" && name != "delete" &&
        name != "revert")
      change.set[name] = value.text;
  change.remove = split_list(call.params.text("delete"));
  change.revert = split_list(call.params.text("revert"));
  return change;
}

bool is_option(const std::string& name) {
  static const std::set<std::string> others = {"node", "vmid", "digest", "delete", "revert"};
  static const RuleSet* rules = [] {
    for (const Endpoint& endpoint : table().endpoints)
      if (endpoint.method == "PUT" && endpoint.path == "/nodes/{node}/lxc/{vmid}/config")
        return &endpoint.rules;
    return static_cast<const RuleSet*>(nullptr);
  }();
  return rules->find(name) && !others.contains(name);
}

Result<void> check_lists(const ConfigChange& change) {
  for (const std::string& name : change.revert) {
    if (!is_option(name)) return refuse_parameter("revert", "unknown option '" + name + "'");
    if (change.set.contains(name))
      return refuse_parameter(
          "revert", "you can't use '-" + name + "' and '-revert " + name + "' at the same time");
  }
  for (const std::string& name : change.remove) {
    if (!is_option(name)) return refuse_parameter("delete", "unknown option '" + name + "'");
    if (change.set.contains(name))
      return refuse_parameter(
          "delete", "you can't use '-" + name + "' and -delete " + name + "' at the same time");
    if (std::find(change.revert.begin(), change.revert.end(), name) != change.revert.end())
      return refuse_parameter("delete", "you can't use '-delete " + name + "' and '-revert " +
                                            name + "' at the same time");
  }
  return {};
}

// Volumes that only the failed change made go away again.
void undo_volumes(State& state, const Guest& before, const Guest& after) {
  const auto kept = config_volumes(before.config);
  for (const std::string& volid : config_volumes(after.config))
    if (std::find(kept.begin(), kept.end(), volid) == kept.end())
      free_volume(state, before.node, volid);
}

// The fault "half": the options it names take effect, then the call fails.
Result<Reply> change_by_half(Call& call, Guest& guest, ConfigChange change) {
  std::erase_if(change.set, [&](const auto& entry) {
    return std::find(call.fault->half.begin(), call.fault->half.end(), entry.first) ==
           call.fault->half.end();
  });
  change.remove.clear();
  Guest changed = guest;
  if (change_config(call.state, changed, change, call.world.now())) guest = changed;
  return refuse(call.fault->reason);
}

Result<Reply> change_container(Call& call) {
  const ConfigChange change = read_change(call);
  if (change.set.empty() && change.remove.empty() && change.revert.empty())
    return refuse("no options specified");
  Guest& guest = *TRY(the_container(call));
  TRY(check_quorum(call.state));
  TRY(check_unlocked(guest));
  TRY(check_digest(guest, call.params.text("digest")));
  TRY(check_lists(change));
  TRY(check_change_allowed(call.state, call.login, guest.vmid, "", &guest, change,
                           guest.option("unprivileged") == "1"));
  if (call.fault && !call.fault->half.empty()) return change_by_half(call, guest, change);
  if (call.fault && change.set.contains(call.fault->hotplug_of))
    return refuse_parameter(call.fault->hotplug_of, "unable to hotplug " + call.fault->hotplug_of +
                                                        ": " + call.fault->hotplug_reason + '\n');
  Guest changed = guest;
  if (const auto done = change_config(call.state, changed, change, call.world.now()); !done) {
    undo_volumes(call.state, guest, changed);
    return tl::unexpected<Error>(done.error());
  }
  guest = std::move(changed);
  return Json();
}

Result<void> check_removable(const State& state, const Guest& guest, bool purge) {
  const std::string ct = "CT " + std::to_string(guest.vmid);
  if (guest.option("protection") == "1")
    return refuse("can't remove " + ct + " - protection mode enabled");
  TRY(check_unlocked(guest));
  if (!purge && state.ha_resources.contains(ha_id(guest)))
    return refuse("unable to remove " + ct +
                  " - used in HA resources and purge parameter not set.");
  return {};
}

Result<void> destroy_work(World& world, const std::string& node, std::int64_t vmid, bool force,
                          bool purge, TaskLog& log) {
  State& state = world.state;
  Guest& guest = *TRY(find_guest(state, GuestKind::lxc, node, vmid));
  TRY(check_removable(state, guest, purge));
  const std::string ct = "CT " + std::to_string(vmid);
  if (guest.running) {
    if (!force) return refuse("unable to destroy " + ct + " - container is running");
    log.push_back("forced to stop " + ct + " before destroying!");
    stop_guest(guest);
  }
  for (const Options* options : {&guest.config, &guest.pending})
    for (const std::string& volid : config_volumes(*options)) {
      const Volume* volume = find_volume(state, node, volid);
      if (volume && volume->vmid == vmid) free_volume(state, node, volid);
    }
  if (purge) log.push_back("purging " + ct + " from related configurations..");
  forget_guest(state, vmid, purge);
  return {};
}

Result<Reply> destroy_container(Call& call) {
  const Guest& guest = *TRY(the_container(call));
  const bool purge = call.params.flag("purge");
  const bool force = call.params.flag("force");
  TRY(check_quorum(call.state));
  TRY(check_removable(call.state, guest, purge));
  if (!force && guest.running)
    return refuse("unable to destroy CT " + std::to_string(guest.vmid) + " - container is running");
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "vzdestroy";
  plan.id = call.params.text("vmid");
  plan.holds = call.vmid();
  plan.work = [node = call.node(), vmid = call.vmid(), force, purge](World& world, TaskLog& log) {
    return destroy_work(world, node, vmid, force, purge, log);
  };
  return Json(call.start_task(std::move(plan)));
}

Json address_json(const std::string& cidr, const char* family) {
  const auto slash = cidr.find('/');
  return Json::Object{{"ip-address", cidr.substr(0, slash)},
                      {"prefix", cidr.substr(slash + 1)},
                      {"ip-address-type", family}};
}

Json interface_json(const std::string& name, const std::string& mac, const std::string& inet,
                    const std::vector<std::string>& inet6) {
  Json::Object row{{"name", name}, {"hwaddr", mac}, {"hardware-address", mac}};
  Json::Array addresses;
  if (!inet.empty()) {
    row["inet"] = inet;
    addresses.push_back(address_json(inet, "inet"));
  }
  if (!inet6.empty()) row["inet6"] = inet6.front();
  for (const std::string& one : inet6) addresses.push_back(address_json(one, "inet6"));
  row["ip-addresses"] = std::move(addresses);
  return row;
}

Result<Reply> container_interfaces(Call& call) {
  const Guest& guest = *TRY(the_container(call));
  if (!guest.running) return Json();
  Json::Array rows = {interface_json("lo", "00:00:00:00:00:00", "127.0.0.1/8", {"::1/128"})};
  for (const auto& [option, value] : guest.config) {
    if (!option.starts_with("net")) continue;
    Fields net = fields_of("lxc-net", value);
    const std::string mac = lower(net["hwaddr"]);
    std::string inet = net["ip"];
    if (inet == "dhcp") inet = leased_address(net["bridge"], mac);
    if (inet == "manual") inet.clear();
    std::vector<std::string> inet6;
    if (net["ip6"].find('/') != std::string::npos) inet6.push_back(net["ip6"]);
    inet6.push_back(link_local_address(mac));
    rows.push_back(interface_json(net["name"], mac, inet, inet6));
  }
  return Json(std::move(rows));
}

}  // namespace

Routes lxc_routes() {
  return {{"GET", "/nodes/{node}/lxc", list_containers},
          {"POST", "/nodes/{node}/lxc", create_container},
          {"DELETE", "/nodes/{node}/lxc/{vmid}", destroy_container},
          {"GET", "/nodes/{node}/lxc/{vmid}/config", container_config},
          {"PUT", "/nodes/{node}/lxc/{vmid}/config", change_container, /*waits_for_guest=*/true},
          {"GET", "/nodes/{node}/lxc/{vmid}/pending", container_pending},
          {"GET", "/nodes/{node}/lxc/{vmid}/status/current", container_status},
          {"GET", "/nodes/{node}/lxc/{vmid}/interfaces", container_interfaces}};
}

}  // namespace paas::fake_pve
