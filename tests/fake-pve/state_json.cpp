// The saved form of the state. Every member is written; on reading an absent member keeps its
// default, so that a file written by an older build still loads.
#include <functional>
#include <type_traits>

#include "tests/fake-pve/state.hpp"

namespace paas::fake_pve {
namespace {

// Writing: each function turns one value into JSON.

Json save(bool value) {
  return value;
}
Json save(std::int64_t value) {
  return value;
}
Json save(const std::string& value) {
  return value;
}
Json save(GuestKind kind) {
  return kind == GuestKind::lxc ? "lxc" : "qemu";
}

// Reading: each function fills one value from JSON and leaves it alone if the JSON is null.

void load(const Json& json, bool& value) {
  if (json.boolean()) value = *json.boolean();
}
void load(const Json& json, std::int64_t& value) {
  if (json.integer()) value = *json.integer();
}
void load(const Json& json, std::string& value) {
  if (json.string()) value = *json.string();
}
void load(const Json& json, GuestKind& kind) {
  if (json.string()) kind = *json.string() == "qemu" ? GuestKind::qemu : GuestKind::lxc;
}

// Calls visit("name", member) for each member of a record: one list serves both directions.

void members(auto& node, auto visit)
  requires requires { node.hanging; }
{
  visit("name", node.name);
  visit("address", node.address);
  visit("online", node.online);
  visit("hanging", node.hanging);
  visit("cpus", node.cpus);
  visit("memory", node.memory);
  visit("boot_time", node.boot_time);
  visit("bridges", node.bridges);
}
void members(auto& snapshot, auto visit)
  requires requires {
    snapshot.parent;
    snapshot.time;
  }
{
  visit("name", snapshot.name);
  visit("description", snapshot.description);
  visit("parent", snapshot.parent);
  visit("time", snapshot.time);
  visit("config", snapshot.config);
}
void members(auto& firewall, auto visit)
  requires requires {
    firewall.options;
    firewall.rules;
  }
{
  visit("options", firewall.options);
  visit("rules", firewall.rules);
}
void members(auto& shown, auto visit)
  requires requires {
    shown.status;
    shown.uptime;
  }
{
  visit("status", shown.status);
  visit("name", shown.name);
  visit("cpus", shown.cpus);
  visit("memory", shown.memory);
  visit("disk", shown.disk);
  visit("uptime", shown.uptime);
  visit("pid", shown.pid);
}
void members(auto& guest, auto visit)
  requires requires { guest.pending_delete; }
{
  visit("vmid", guest.vmid);
  visit("kind", guest.kind);
  visit("node", guest.node);
  visit("config", guest.config);
  visit("pending", guest.pending);
  visit("pending_delete", guest.pending_delete);
  visit("raw", guest.raw);
  visit("snapshots", guest.snapshots);
  visit("running", guest.running);
  visit("started_at", guest.started_at);
  visit("pid", guest.pid);
  visit("firewall", guest.firewall);
  visit("shown", guest.shown);
}
void members(auto& volume, auto visit)
  requires requires {
    volume.created;
    volume.file;
  }
{
  visit("content", volume.content);
  visit("format", volume.format);
  visit("size", volume.size);
  visit("vmid", volume.vmid);
  visit("created", volume.created);
  visit("parent", volume.parent);
  visit("file", volume.file);
}
void members(auto& storage, auto visit)
  requires requires { storage.foreign; }
{
  visit("id", storage.id);
  visit("type", storage.type);
  visit("path", storage.path);
  visit("content", storage.content);
  visit("shared", storage.shared);
  visit("enabled", storage.enabled);
  visit("total", storage.total);
  visit("foreign", storage.foreign);
  visit("volumes", storage.volumes);
}
void members(auto& pool, auto visit)
  requires requires {
    pool.storages;
    pool.comment;
  }
{
  visit("comment", pool.comment);
  visit("guests", pool.guests);
  visit("storages", pool.storages);
}
void members(auto& user, auto visit)
  requires requires { user.otp; }
{
  visit("password", user.password);
  visit("otp", user.otp);
}
void members(auto& token, auto visit)
  requires requires { token.separated; }
{
  visit("secret", token.secret);
  visit("separated", token.separated);
}
void members(auto& entry, auto visit)
  requires requires { entry.propagate; }
{
  visit("path", entry.path);
  visit("who", entry.who);
  visit("privileges", entry.privileges);
  visit("propagate", entry.propagate);
}
void members(auto& task, auto visit)
  requires requires { task.upid; }
{
  visit("upid", task.upid);
  visit("node", task.node);
  visit("pid", task.pid);
  visit("process_start", task.process_start);
  visit("started", task.started);
  visit("type", task.type);
  visit("id", task.id);
  visit("user", task.user);
  visit("token", task.token);
  visit("log", task.log);
  visit("exit_status", task.exit_status);
  visit("ended", task.ended);
}
void members(auto& settings, auto visit)
  requires requires { settings.latency_ms; }
{
  visit("latency_ms", settings.latency_ms);
  visit("task_ms", settings.task_ms);
  visit("stale_ms", settings.stale_ms);
  visit("hang_ms", settings.hang_ms);
  visit("lock_wait_ms", settings.lock_wait_ms);
  visit("ticket_seconds", settings.ticket_seconds);
  visit("broadcasting", settings.broadcasting);
  visit("standalone", settings.standalone);
}
void members(auto& state, auto visit)
  requires requires { state.ticket_key; }
{
  visit("settings", state.settings);
  visit("nodes", state.nodes);
  visit("quorate", state.quorate);
  visit("cluster_options", state.cluster_options);
  visit("guests", state.guests);
  visit("storages", state.storages);
  visit("pools", state.pools);
  visit("users", state.users);
  visit("tokens", state.tokens);
  visit("acl", state.acl);
  visit("ha_resources", state.ha_resources);
  visit("sdn_zones", state.sdn_zones);
  visit("sdn_vnets", state.sdn_vnets);
  visit("firewall_groups", state.firewall_groups);
  visit("tasks", state.tasks);
  visit("ticket_key", state.ticket_key);
  visit("next_pid", state.next_pid);
  visit("next_mac", state.next_mac);
}

template <class T>
concept Record = requires(T& value) { members(value, [](const char*, auto&) {}); };

std::string key_text(const std::string& key) {
  return key;
}
std::string key_text(std::int64_t key) {
  return std::to_string(key);
}
void key_from(const std::string& text, std::string& key) {
  key = text;
}
void key_from(const std::string& text, std::int64_t& key) {
  key = std::stoll(text);
}

template <Record T>
Json save(const T& record);
template <class T>
Json save(const std::vector<T>& list);
template <class T>
Json save(const std::set<T>& list);
template <class K, class V>
Json save(const std::map<K, V>& map);

template <class T>
Json save(const std::optional<T>& value) {
  return value ? save(*value) : Json();
}
Json save(const std::pair<std::string, std::string>& pair) {
  return Json::Array{pair.first, pair.second};
}
template <class T>
Json save(const std::vector<T>& list) {
  Json::Array out;
  for (const T& item : list) out.push_back(save(item));
  return out;
}
template <class T>
Json save(const std::set<T>& list) {
  Json::Array out;
  for (const T& item : list) out.push_back(save(item));
  return out;
}
template <class K, class V>
Json save(const std::map<K, V>& map) {
  Json::Object out;
  for (const auto& [key, value] : map) out[key_text(key)] = save(value);
  return out;
}
template <Record T>
Json save(const T& record) {
  Json::Object out;
  members(record, [&](const char* name, const auto& member) { out[name] = save(member); });
  return out;
}

template <Record T>
void load(const Json& json, T& record);
template <class T>
void load(const Json& json, std::vector<T>& list);
template <class T>
void load(const Json& json, std::set<T>& list);
template <class K, class V>
void load(const Json& json, std::map<K, V>& map);

template <class T>
void load(const Json& json, std::optional<T>& value) {
  if (!json.is_null()) load(json, value.emplace());
}
void load(const Json& json, std::pair<std::string, std::string>& pair) {
  if (!json.array() || json.array()->size() != 2) return;
  load((*json.array())[0], pair.first);
  load((*json.array())[1], pair.second);
}
template <class T>
void load(const Json& json, std::vector<T>& list) {
  if (!json.array()) return;
  list.clear();
  for (const Json& item : *json.array()) load(item, list.emplace_back());
}
template <class T>
void load(const Json& json, std::set<T>& list) {
  if (!json.array()) return;
  list.clear();
  for (const Json& item : *json.array()) {
    T value{};
    load(item, value);
    list.insert(std::move(value));
  }
}
template <class K, class V>
void load(const Json& json, std::map<K, V>& map) {
  if (!json.object()) return;
  map.clear();
  for (const auto& [text, value] : *json.object()) {
    K key{};
    key_from(text, key);
    load(value, map[key]);
  }
}
template <Record T>
void load(const Json& json, T& record) {
  members(record, [&](const char* name, auto& member) { load(json[name], member); });
}

}  // namespace

Json to_json(const State& state) {
  return save(state);
}

Result<State> state_from_json(const Json& json) {
  if (!json["nodes"].array()) return fail(Errc::invalid, "the file holds no state of fake-pve");
  State state;
  load(json, state);
  return state;
}

}  // namespace paas::fake_pve
