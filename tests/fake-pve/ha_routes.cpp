// /cluster/ha, and how managed guests follow their wanted state.
#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/ha.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/qemu.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

// "100" or "ct:100" as "ct:100"; none if the guest is unknown.
Result<std::string> full_id(const State& state, const std::string& id) {
  if (id.find(':') != std::string::npos) return id;
  const auto guest = state.guests.find(to_integer(id).value_or(0));
  if (guest == state.guests.end()) return refuse("unable to find resource '" + id + "'");
  return ha_id(guest->second);
}

Result<std::string> known_id(Call& call) {
  const std::string sid = TRY(full_id(call.state, call.params.text("sid")));
  if (!call.state.ha_resources.contains(sid)) return refuse("no such resource '" + sid + "'");
  return sid;
}

std::string resources_digest(const State& state) {
  std::string text;
  for (const auto& [sid, options] : state.ha_resources) {
    text += sid + '\n';
    for (const auto& [name, value] : options) text += name + ' ' + value + '\n';
  }
  return sha1_hex(text);
}

Json::Object resource_json(const State& state, const std::string& sid, const Options& options) {
  Json::Object row{{"sid", sid},
                   {"type", sid.substr(0, 2)},
                   {"digest", resources_digest(state)},
                   {"state", "started"}};
  for (const auto& [name, value] : options) {
    const auto number = to_integer(value);
    row[name] = number ? Json(*number) : Json(value);
  }
  return row;
}

std::string settled_state(const std::string& wanted) {
  if (wanted == "enabled") return "started";
  return wanted.empty() ? "started" : wanted;
}

Result<Reply> list_resources(Call& call) {
  Json::Array rows;
  for (const auto& [sid, options] : call.state.ha_resources)
    if (call.params.text("type", sid.substr(0, 2)) == sid.substr(0, 2))
      rows.push_back(resource_json(call.state, sid, options));
  return Json(std::move(rows));
}

Result<Reply> read_resource(Call& call) {
  const std::string sid = TRY(known_id(call));
  return Json(resource_json(call.state, sid, call.state.ha_resources[sid]));
}

Result<Reply> add_resource(Call& call) {
  TRY(check_quorum(call.state));
  const std::string sid = TRY(full_id(call.state, call.params.text("sid")));
  const auto vmid = to_integer(sid.substr(3)).value_or(0);
  const Guest* guest = call.state.guest(vmid);
  if (!guest || ha_id(*guest) != sid) return refuse("unable to add resource '" + sid + "'");
  if (call.state.ha_resources.contains(sid))
    return refuse("resource ID '" + sid + "' already defined");
  Options options;
  for (const auto& [name, value] : call.params.all())
    if (name != "sid" && name != "type") options[name] = value.text;
  options["state"] = settled_state(call.params.text("state"));
  call.state.ha_resources[sid] = std::move(options);
  ha_pursue(call.world, sid);
  return Json();
}

Result<Reply> change_resource(Call& call) {
  TRY(check_quorum(call.state));
  const std::string sid = TRY(known_id(call));
  const std::string digest = call.params.text("digest");
  if (!digest.empty() && digest != resources_digest(call.state))
    return refuse("detected modified configuration - file changed by other user? Try again.");
  Options& options = call.state.ha_resources[sid];
  for (const std::string& name : split_list(call.params.text("delete"))) options.erase(name);
  for (const auto& [name, value] : call.params.all())
    if (name != "sid" && name != "digest" && name != "delete") options[name] = value.text;
  options["state"] = settled_state(options["state"]);
  ha_pursue(call.world, sid);
  return Json();
}

Result<Reply> remove_resource(Call& call) {
  TRY(check_quorum(call.state));
  const std::string sid = TRY(known_id(call));
  call.state.ha_resources.erase(sid);
  return Json();
}

Json::Object service_json(const State& state, const std::string& sid, const Options& options) {
  Json::Object row{{"id", "service:" + sid}, {"type", "service"}, {"sid", sid}};
  const auto guest = state.guests.find(to_integer(sid.substr(3)).value_or(0));
  const std::string node = guest == state.guests.end() ? "" : guest->second.node;
  const std::string wanted = options.contains("state") ? options.at("state") : "started";
  row["node"] = node;
  row["state"] = wanted;
  row["request_state"] = wanted;
  row["crm_state"] = wanted;
  row["status"] = sid + " (" + node + ", " + wanted + ")";
  row["failback"] = 1;
  row["max_restart"] = 1;
  row["max_relocate"] = 1;
  return row;
}

Result<Reply> current_status(Call& call) {
  const std::string front = call.state.nodes.front().name;
  Json::Array rows = {Json::Object{{"id", "quorum"},
                                   {"type", "quorum"},
                                   {"node", front},
                                   {"quorate", call.state.quorate ? 1 : 0},
                                   {"status", call.state.quorate ? "OK" : "No quorum on node"}},
                      Json::Object{{"id", "fencing"},
                                   {"type", "fencing"},
                                   {"node", front},
                                   {"armed-state", "standby"},
                                   {"status", "standby (CRM watchdog standby)"}}};
  for (const auto& [sid, options] : call.state.ha_resources)
    rows.push_back(service_json(call.state, sid, options));
  return Json(std::move(rows));
}

void reach_state(World& world, const std::string& sid) {
  const auto resource = world.state.ha_resources.find(sid);
  Guest* guest = world.state.guest(to_integer(sid.substr(3)).value_or(0));
  if (resource == world.state.ha_resources.end() || !guest) return;
  const std::string wanted = resource->second["state"];
  if (wanted == "started" && !guest->running) {
    // A start that fails leaves the guest as it is, as HA does until its next attempt.
    [[maybe_unused]] const auto started = guest->kind == GuestKind::lxc
                                              ? start_container(world, guest->vmid, guest->node)
                                              : start_machine(world, guest->vmid, guest->node);
  }
  if ((wanted == "stopped" || wanted == "disabled") && guest->running) stop_guest(*guest);
  world.mark_changed();
}

}  // namespace

bool is_ha_managed(const State& state, const Guest& guest) {
  const auto resource = state.ha_resources.find(ha_id(guest));
  if (resource == state.ha_resources.end()) return false;
  const auto wanted = resource->second.find("state");
  return wanted == resource->second.end() || wanted->second != "ignored";
}

std::string ha_request_task(Call& call, const Guest& guest, const std::string& wanted) {
  const bool start = wanted == "started";
  TaskPlan plan;
  plan.node = guest.node;
  plan.type = start ? "hastart" : "hastop";
  plan.id = std::to_string(guest.vmid);
  plan.opening = {std::string("Requesting HA ") + (start ? "start" : "stop") + " for " +
                  kind_word(guest.kind) + ' ' + plan.id};
  plan.work = [sid = ha_id(guest), wanted](World& world, TaskLog&) -> Result<void> {
    const auto resource = world.state.ha_resources.find(sid);
    if (resource == world.state.ha_resources.end()) return refuse("no such resource '" + sid + "'");
    resource->second["state"] = wanted;
    ha_pursue(world, sid);
    return {};
  };
  return call.start_task(std::move(plan));
}

void ha_pursue(World& world, const std::string& sid) {
  world.after(world.state.settings.task_ms, [&world, sid] { reach_state(world, sid); });
}

Routes ha_routes() {
  return {{"GET", "/cluster/ha/resources", list_resources},
          {"POST", "/cluster/ha/resources", add_resource},
          {"GET", "/cluster/ha/resources/{sid}", read_resource},
          {"PUT", "/cluster/ha/resources/{sid}", change_resource},
          {"DELETE", "/cluster/ha/resources/{sid}", remove_resource},
          {"GET", "/cluster/ha/status/current", current_status}};
}

}  // namespace paas::fake_pve
