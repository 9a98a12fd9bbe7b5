// /cluster: resources, ids, status, options, tasks; and /version.
#include <algorithm>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/property_string.hpp"
#include "tests/fake-pve/task_list.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::size_t shown_tasks = 25;

Json storage_row(const Storage& storage, const Node& node) {
  std::vector<std::string> content(storage.content.begin(), storage.content.end());
  return Json::Object{{"id", "storage/" + node.name + '/' + storage.id},
                      {"type", "storage"},
                      {"storage", storage.id},
                      {"node", node.name},
                      {"status", node.online ? "available" : "unknown"},
                      {"shared", storage.shared ? 1 : 0},
                      {"content", join(content, ",")},
                      {"plugintype", storage.type},
                      {"maxdisk", storage.total},
                      {"disk", used_bytes(storage, node.name)}};
}

void add_node_rows(const Call& call, Json::Array& rows) {
  for (const Node& node : call.state.nodes) {
    Json::Object row{{"id", "node/" + node.name}, {"type", "node"}, {"node", node.name}};
    const bool known = call.state.settings.broadcasting;
    row["status"] = !known ? "unknown" : node.online ? "online" : "offline";
    if (known && node.online) {
      row["level"] = "";
      row["cgroup-mode"] = 2;
    }
    if (known && node.online && may(call.state, call.login, "/nodes/" + node.name, "Sys.Audit")) {
      row["maxcpu"] = node.cpus;
      row["maxmem"] = node.memory;
      row["maxdisk"] = std::int64_t{256} << 30;
      row["mem"] = node.memory / 8;
      row["disk"] = std::int64_t{28} << 30;
      row["cpu"] = 0;
      row["uptime"] = call.world.now() - node.boot_time;
    }
    rows.push_back(std::move(row));
  }
}

void add_storage_rows(const Call& call, Json::Array& rows) {
  for (const auto& [id, storage] : call.state.storages) {
    if (!check_any(call.state, call.login, "/storage/" + id,
                   {"Datastore.Audit", "Datastore.AllocateSpace"}))
      continue;
    for (const Node& node : call.state.nodes) rows.push_back(storage_row(storage, node));
  }
}

void add_network_rows(const Call& call, Json::Array& rows) {
  if (!may(call.state, call.login, "/sdn/zones/localnetwork", "SDN.Audit")) return;
  for (const Node& node : call.state.nodes)
    rows.push_back(Json::Object{{"id", "network/" + node.name + "/zone/localnetwork"},
                                {"type", "network"},
                                {"network-type", "zone"},
                                {"network", "localnetwork"},
                                {"node", node.name},
                                {"status", "ok"}});
}

Result<Reply> version(Call&) {
  return Json(Json::Object{{"release", "9.2"}, {"version", "9.2.11"}, {"repoid", "14a22df3"}});
}

// The pool is named to those who may audit it.
Json guest_row(const Call& call, const Guest& guest) {
  Json row = resource_row(call.state, guest);
  if (!may(call.state, call.login, "/pool/" + call.state.pool_of(guest.vmid), "Pool.Audit"))
    row.object()->erase("pool");
  return row;
}

Result<Reply> resources(Call& call) {
  call.world.broadcast();
  const std::string type = call.params.text("type");
  Json::Array rows;
  if (type.empty() || type == "vm")
    for (const auto& [vmid, guest] : call.state.guests)
      if (may(call.state, call.login, "/vms/" + std::to_string(vmid), "VM.Audit"))
        rows.push_back(guest_row(call, guest));
  if (type.empty() || type == "node") add_node_rows(call, rows);
  if (type.empty() || type == "storage") add_storage_rows(call, rows);
  if (type.empty() || type == "sdn") add_network_rows(call, rows);
  return Json(std::move(rows));
}

Result<Reply> next_id(Call& call) {
  if (call.params.has("vmid")) {
    const std::string vmid = call.params.text("vmid");
    if (call.state.guests.contains(call.vmid()))
      return refuse_parameter("vmid", "VM " + vmid + " already exists");
    return Json(vmid);
  }
  std::int64_t lower_bound = 100;
  std::int64_t upper_bound = 1000000;
  if (const auto range = call.state.cluster_options.find("next-id");
      range != call.state.cluster_options.end()) {
    const Fields fields = fields_of("cluster-next-id", range->second);
    if (fields.contains("lower")) lower_bound = to_integer(fields.at("lower")).value_or(100);
    if (fields.contains("upper")) upper_bound = to_integer(fields.at("upper")).value_or(1000000);
  }
  for (std::int64_t id = lower_bound; id < upper_bound; ++id)
    if (!call.state.guests.contains(id)) return Json(std::to_string(id));
  return refuse("unable to get any free VMID in range [" + std::to_string(lower_bound) + ", " +
                std::to_string(upper_bound - 1) + "]");
}

Result<Reply> cluster_status(Call& call) {
  Json::Array rows;
  const auto& nodes = call.state.nodes;
  const bool clustered = !call.state.settings.standalone;
  if (clustered)
    rows.push_back(Json::Object{{"type", "cluster"},
                                {"id", "cluster"},
                                {"name", "fake"},
                                {"version", 1},
                                {"nodes", static_cast<std::int64_t>(nodes.size())},
                                {"quorate", call.state.quorate ? 1 : 0}});
  for (std::size_t i = 0; i < nodes.size(); ++i)
    rows.push_back(Json::Object{{"type", "node"},
                                {"id", "node/" + nodes[i].name},
                                {"name", nodes[i].name},
                                {"nodeid", clustered ? static_cast<std::int64_t>(i) + 1 : 0},
                                {"ip", nodes[i].address},
                                {"online", nodes[i].online ? 1 : 0},
                                {"local", i == 0 ? 1 : 0},
                                {"level", ""}});
  return Json(std::move(rows));
}

Result<Reply> cluster_options(Call& call) {
  Json::Object out{{"mac_prefix", "BC:24:11"},
                   {"keyboard", "en-us"},
                   {"description", ""},
                   {"allowed-tags", Json::Array{}}};
  for (const auto& [name, value] : call.state.cluster_options) {
    Json::Object fields;
    const bool nested = name == "next-id" || name == "tag-style";
    if (nested)
      for (const auto& [key, text] : fields_of("cluster-" + name, value)) fields[key] = text;
    out[name] = nested ? Json(std::move(fields)) : Json(value);
  }
  return Json(std::move(out));
}

Result<Reply> change_cluster_options(Call& call) {
  TRY(check_quorum(call.state));
  for (const std::string& name : split_list(call.params.text("delete")))
    call.state.cluster_options.erase(name);
  for (const auto& [name, value] : call.params.all())
    if (name != "delete") call.state.cluster_options[name] = value.text;
  return Json();
}

// A number for whoever first sees that a task has ended, text for all after: it comes from a file
// then, which every start of a task writes too.
Json saved_mark(TaskRecord& task, std::int64_t next_pid) {
  const bool first = task.pid_at_end == next_pid;
  task.pid_at_end = 0;
  return first ? Json(1) : Json("1");
}

Result<Reply> recent_tasks(Call& call) {
  Json::Array rows;
  auto& tasks = call.state.tasks;
  for (auto task = tasks.rbegin(); task != tasks.rend() && rows.size() < shown_tasks; ++task) {
    if (!may_see_task(call.state, call.login, *task)) continue;
    Json::Object row = task_row(*task);
    row.erase("pid");
    row.erase("pstart");
    if (task->exit_status) row["saved"] = saved_mark(*task, call.state.next_pid);
    rows.push_back(std::move(row));
  }
  return Json(std::move(rows));
}

}  // namespace

Routes cluster_routes() {
  return {{"GET", "/version", version},
          {"GET", "/cluster/resources", resources},
          {"GET", "/cluster/nextid", next_id},
          {"GET", "/cluster/status", cluster_status},
          {"GET", "/cluster/options", cluster_options},
          {"PUT", "/cluster/options", change_cluster_options},
          {"GET", "/cluster/tasks", recent_tasks}};
}

}  // namespace paas::fake_pve
