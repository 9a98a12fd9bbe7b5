#include "tests/fakes/fake_pve.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::fakes {
namespace {

using proxmox::Call;
using proxmox::Method;
using proxmox::Params;

std::string param(const Params& params, std::string_view name) {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return {};
}

// What the real client makes of an answer of the server.
tl::unexpected<Error> refuse(int status, const std::string& text, Json::Object errors = {}) {
  Json::Object body{{"data", Json{}}, {"message", text + "\n"}};
  if (!errors.empty()) body.emplace("errors", std::move(errors));
  return tl::unexpected<Error>(
      proxmox::judge({status, text, print_json(Json{std::move(body)})}).error());
}

tl::unexpected<Error> no_config(const std::string& node, int vmid) {
  return refuse(500, "Configuration file 'nodes/" + node + "/lxc/" + std::to_string(vmid) +
                         ".conf' does not exist");
}

std::string record_line(const Call& call) {
  std::string line = std::string(name_of(call.method)) + " " + call.path;
  for (const auto& [key, value] : call.params)
    if (key != "password") line += " " + key + "=" + value;
  return line;
}

}  // namespace

FakePve::FakePve(std::vector<std::string> nodes) : nodes_(std::move(nodes)) {
  add_template("local:vztmpl/debian-12.tar.zst");
  add_template("local:vztmpl/app.tar", true);
  oci_settings = {{"env", std::string("PATH=/bin\0PORT=8080", 18)},
                  {"entrypoint", "/bin/app --serve"},
                  {"cmode", "console"}};
}

void FakePve::add_template(const std::string& volume, bool oci) {
  templates[volume] = volume.ends_with(".tar") ? "tar" : "tzst";
  if (oci) oci_images.insert(volume);
}

void FakePve::move(int vmid, const std::string& node) {
  const std::lock_guard lock(mutex_);
  containers.at(vmid).node = node;
}

std::vector<std::string> FakePve::record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

std::size_t FakePve::calls() const {
  const std::lock_guard lock(mutex_);
  return record_.size();
}

std::size_t FakePve::count(const std::vector<std::string>& parts) const {
  const auto lines = record();
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [&](const auto& line) {
    return std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
      return line.find(part) != std::string::npos;
    });
  }));
}

void FakePve::fail_at(std::size_t n, Error error, Effect effect) {
  const std::lock_guard lock(mutex_);
  fault_ = Fault{record_.size() + n, std::move(error), effect};
}

void FakePve::fail_task(const std::string& type, const std::string& text) {
  const std::lock_guard lock(mutex_);
  failing_tasks_[type] = text;
}

void FakePve::apply_half(std::size_t keys, const std::string& text) {
  const std::lock_guard lock(mutex_);
  half_ = {keys, text};
}

std::optional<Error> FakePve::fault(Effect effect) {
  if (!fault_ || fault_->at != record_.size() || fault_->effect != effect) return {};
  Error error = std::move(fault_->error);
  fault_.reset();
  return error;
}

Result<Json> FakePve::call(const Call& call, std::stop_token stop) {
  if (before)
    if (auto error = before(call)) return tl::unexpected<Error>(*error);
  const std::lock_guard lock(mutex_);
  if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
  record_.push_back(record_line(call));
  if (auto error = fault(Effect::none)) return tl::unexpected<Error>(*error);
  let_time_pass();
  auto answer = act(call);
  if (after)
    if (auto error = after(call)) return tl::unexpected<Error>(*error);
  if (auto error = fault(Effect::full)) return tl::unexpected<Error>(*error);
  return answer;
}

Result<void> FakePve::wait(const proxmox::Upid& upid, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  record_.push_back("WAIT " + upid.type + " " + upid.id);
  if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
  if (auto error = fault(Effect::none)) return tl::unexpected<Error>(*error);
  const auto found = tasks_.find(upid.text);
  if (found == tasks_.end())
    return refuse(400, "Parameter verification failed.", {{"upid", "no such task"}});
  end(found->second);
  if (auto error = fault(Effect::full)) return tl::unexpected<Error>(*error);
  return *found->second.outcome;
}

Result<proxmox::Upid> FakePve::upload(const Upload& upload, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  record_.push_back("UPLOAD " + upload.file_path + " as " + upload.file_name + " " +
                    record_line(upload.call));
  if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
  if (auto error = fault(Effect::none)) return tl::unexpected<Error>(*error);
  const auto parts = words(upload.call.path, "/");
  const std::string storage(parts[3]);
  const Json task =
      TRY(begin("imgcopy", 0, std::string(parts[1]),
                [=, this]() -> Result<void> {
                  templates[storage + ":vztmpl/" + upload.file_name] = "tzst";
                  changed[storage + ":vztmpl/" + upload.file_name] = task_time;
                  return {};
                },
                {}, {"target file: /cache/" + upload.file_name, "file size is: 878536"}));
  if (auto error = fault(Effect::full)) return tl::unexpected<Error>(*error);
  return proxmox::parse_upid(*task.string());
}

// --- tasks ---------------------------------------------------------------------------------------

Result<Json> FakePve::begin(const std::string& type, int vmid, const std::string& node,
                            std::function<Result<void>()> effect, const std::string& file,
                            std::vector<std::string> log) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string number(8, '0');
  std::size_t rest = tasks_.size() + 1;
  for (std::size_t i = 8; i-- > 0; rest /= 16) number[i] = digits[rest % 16];
  const std::string id = vmid == 0 ? file : std::to_string(vmid);
  const std::string upid =
      "UPID:" + node + ":" + number + ":00000001:6B014D29:" + type + ":" + id + ":" + user() + ":";
  Task& task = tasks_[upid];
  task = {type, vmid, std::move(effect), 0, {}, std::move(log), task_time};
  if (const auto failing = failing_tasks_.find(type); failing != failing_tasks_.end()) {
    const auto parsed = proxmox::parse_upid(upid);
    const proxmox::TaskStatus status{false, failing->second};
    const auto undo = type == "vzcreate" || type == "vzclone";
    task.act = [=, this, outcome = proxmox::judge_task(*parsed, status, {"TASK ERROR"})] {
      if (undo) containers.erase(vmid);
      return outcome;
    };
    failing_tasks_.erase(failing);
  }
  if (type == "vzcreate") task.calls_left = creations_last_calls;
  if (type == "download" || type == "imgcopy" || type == "ociregistrypull")
    task.calls_left = downloads_last_calls;
  if (task.calls_left == 0) end(task);
  return Json{upid};
}

void FakePve::end(Task& task) {
  if (!task.outcome) task.outcome = task.act();
}

Result<Json> FakePve::interrupt(const std::string& upid) {
  const auto found = tasks_.find(upid);
  if (found == tasks_.end())
    return refuse(400, "Parameter verification failed.", {{"upid", "no such task"}});
  if (!found->second.outcome)
    found->second.outcome =
        proxmox::judge_task(*proxmox::parse_upid(upid), {false, "interrupted by signal"}, {});
  return Json{};
}

Json FakePve::task_row(const std::string& upid, const Task& task) const {
  Json::Object row{{"upid", upid}, {"starttime", task.began}};
  if (task.outcome) {
    row["endtime"] = task.began;
    row["status"] = *task.outcome ? "OK" : "failed";
  }
  return Json{std::move(row)};
}

// The list of those that run, of one guest, or of all of a type, latest first; state and log of
// one.
Result<Json> FakePve::read_tasks(const Call& call, const Parts& parts) const {
  if (parts.size() == 5) {
    const auto found = tasks_.find(parts[3]);
    if (found == tasks_.end())
      return refuse(400, "Parameter verification failed.", {{"upid", "no such task"}});
    if (parts[4] == "log") {
      Json::Array lines;
      for (const std::string& line : found->second.log) lines.push_back(Json::Object{{"t", line}});
      return Json{std::move(lines)};
    }
    return Json{Json::Object{{"status", found->second.outcome ? "stopped" : "running"}}};
  }
  Json::Array list;
  for (auto it = tasks_.rbegin(); it != tasks_.rend(); ++it) {
    const auto& [upid, task] = *it;
    const bool wanted =
        param(call.params, "typefilter").empty()
            ? !task.outcome && std::to_string(task.vmid) == param(call.params, "vmid")
            : task.type == param(call.params, "typefilter");
    if (!wanted || proxmox::parse_upid(upid)->node != parts[1]) continue;
    list.push_back(task_row(upid, task));
  }
  return Json{std::move(list)};
}

void FakePve::let_time_pass() {
  for (auto& [upid, task] : tasks_)
    if (!task.outcome && --task.calls_left <= 0) end(task);
  if (asked_to_move_.empty() || --ha_moves_after > 0) return;
  for (const auto& [vmid, node] : asked_to_move_) containers.at(vmid).node = node;
  asked_to_move_.clear();
}

// --- where calls go
// --------------------------------------------------------------------------------

Result<Json> FakePve::act(const Call& call) {
  Parts parts;
  for (const std::string_view part : words(call.path, "/"))
    parts.push_back(percent_decode(part).value_or(""));
  if (parts[0] != "nodes") return act_on_cluster(call, parts);
  if (std::find(nodes_.begin(), nodes_.end(), parts[1]) == nodes_.end())
    return refuse(500, "hostname lookup '" + parts[1] + "' failed");
  if (offline.contains(parts[1])) return refuse(595, "No route to host");
  return act_on_node(call, parts);
}

Result<Json> FakePve::act_on_cluster(const Call& call, const Parts& parts) {
  if (call.path == "/version") return Json{Json::Object{{"version", "9.2.11"}}};
  if (call.path == "/cluster/resources") return resources();
  if (call.path == "/cluster/tasks") {
    Json::Array all;
    for (auto it = tasks_.rbegin(); it != tasks_.rend(); ++it)
      all.push_back(task_row(it->first, it->second));
    return Json{std::move(all)};
  }
  if (call.path == "/cluster/nextid") return next_id(call.params);
  if (call.path == "/pools") return put_pool(call.params);
  if (call.path.starts_with("/cluster/ha/resources")) {
    if (!may_read_ha) return refuse(403, "Permission check failed (/, Sys.Audit)");
    if (call.method == Method::get) return list_ha();
    return put_ha(call, parts);
  }
  return refuse(
      501, "Method '" + std::string(name_of(call.method)) + " " + call.path + "' not implemented");
}

Result<Json> FakePve::act_on_node(const Call& call, const Parts& parts) {
  if (parts.size() > 2 && parts[2] == "storage") return act_on_storage(call, parts);
  if (parts.size() == 4 && parts[2] == "tasks" && call.method == Method::del)
    return interrupt(parts[3]);
  if (parts.size() > 2 && parts[2] == "tasks") return read_tasks(call, parts);
  if (parts.size() > 2 && parts[2] == "lxc") {
    if (parts.size() > 3) return act_on_container(call, parts);
    if (call.method == Method::post) return create(parts[1], call.params);
    Json::Array list;
    for (const auto& [vmid, container] : containers)
      if (container.node == parts[1] && !hidden.contains(vmid))
        list.push_back(
            Json::Object{{"vmid", vmid}, {"status", container.running ? "running" : "stopped"}});
    return Json{std::move(list)};
  }
  return refuse(501, "not implemented: " + call.path);
}

Result<Json> FakePve::act_on_container(const Call& call, const Parts& parts) {
  const int vmid = parse_integer<int>(parts[3]).value_or(0);
  const auto found = containers.find(vmid);
  if (found == containers.end() || found->second.node != parts[1]) return no_config(parts[1], vmid);
  if (hidden.contains(vmid))
    return refuse(403, "Permission check failed (/vms/" + parts[3] + ", VM.Audit)");
  Container& container = found->second;
  if (parts.size() == 4 && call.method == Method::del) return destroy(vmid);
  const std::string& what = parts.at(4);
  if (what == "pending") return settings(container);
  if (what == "config") return configure(vmid, call.params);
  if (what == "resize") return resize(vmid, call.params);
  if (what == "clone") return clone(vmid, call.params);
  if (what == "migrate") return migrate(vmid, call.params);
  if (what == "interfaces") return interfaces(vmid);
  if (what == "template") {
    if (container.running) return refuse(500, "you can't convert a running CT to a template");
    container.settings["template"] = "1";
    return Json{};
  }
  if (what == "status" && parts[5] != "current") return change_status(vmid, parts[5]);
  if (what == "status")
    return Json{Json::Object{{"status", container.running ? "running" : "stopped"},
                             {"vmid", vmid},
                             {"ha", Json::Object{{"managed", ha.contains(vmid) ? 1 : 0}}}}};
  return refuse(501, "not implemented: " + call.path);
}

Result<Json> FakePve::act_on_storage(const Call& call, const Parts& parts) {
  const std::string& storage = parts.at(3);
  if (storage == "nope") return refuse(500, "storage 'nope' does not exist");
  const std::string& node = parts[1];
  const std::string prefix = storage + ":vztmpl/";
  if (parts[4] == "download-url" || parts[4] == "oci-registry-pull") {
    // A download has the name as it is given, an image gets its ending.
    const bool image = parts[4] == "oci-registry-pull";
    const std::string volume = prefix + param(call.params, "filename") + (image ? ".tar" : "");
    if (templates.contains(volume)) return refuse(500, "refusing to override existing file");
    const std::string file = param(call.params, "filename") + (image ? ".tar" : "");
    std::vector<std::string> log{"downloading " + param(call.params, "url") + " to /cache/" + file};
    if (!param(call.params, "checksum").empty())
      log.emplace_back("calculating checksum...OK, checksum verified");
    return begin(
        image ? "ociregistrypull" : "download", 0, node,
        [=, this]() -> Result<void> {
          templates[volume] = "tzst";
          changed[volume] = task_time;
          return {};
        },
        file, std::move(log));
  }
  if (call.method == Method::del)
    return begin("imgdel", 0, node, [=, this]() -> Result<void> {
      templates.erase(parts[5]);
      return {};
    });
  Json::Array list;
  for (const auto& [volume, format] : templates) {
    if (!volume.starts_with(prefix)) continue;
    const auto at = changed.find(volume);
    list.push_back(Json::Object{{"volid", volume},
                                {"content", "vztmpl"},
                                {"format", format},
                                {"ctime", at == changed.end() ? 1 : at->second},
                                {"size", 878536}});
  }
  return Json{std::move(list)};
}

// --- lists
// -----------------------------------------------------------------------------------------

bool FakePve::id_is_used(int vmid) const {
  return containers.contains(vmid) || machines.contains(vmid);
}

Result<Json> FakePve::next_id(const Params& params) const {
  const int vmid = parse_integer<int>(param(params, "vmid")).value_or(0);
  if (id_is_used(vmid))
    return refuse(400, "Parameter verification failed.",
                  {{"vmid", "VM " + std::to_string(vmid) + " already exists"}});
  return Json{std::to_string(vmid)};
}

Json FakePve::resources() const {
  Json::Array list;
  for (const std::string& node : nodes_) {
    list.push_back(Json::Object{{"type", "node"},
                                {"node", node},
                                {"status", offline.contains(node) ? "offline" : "online"}});
    list.push_back(Json::Object{{"type", "storage"},
                                {"storage", "local"},
                                {"node", node},
                                {"status", "available"},
                                {"content", "vztmpl,rootdir"},
                                {"plugintype", "dir"},
                                {"shared", 0}});
  }
  for (const auto& [vmid, node] : machines)
    list.push_back(Json::Object{
        {"type", "qemu"}, {"vmid", vmid}, {"node", node}, {"name", "vm"}, {"status", "running"}});
  for (const auto& [vmid, container] : containers) {
    if (hidden.contains(vmid)) continue;
    const auto text = [&](const char* key) {
      const auto found = container.settings.find(key);
      return found == container.settings.end() ? std::string() : found->second;
    };
    const bool running = lists_lag ? container.listed_running : container.running;
    Json::Object entry{{"type", "lxc"},          {"vmid", vmid},
                       {"node", container.node}, {"name", text("hostname")},
                       {"tags", text("tags")},   {"status", running ? "running" : "stopped"}};
    if (!container.pool.empty()) entry.emplace("pool", container.pool);
    if (!text("lock").empty()) entry.emplace("lock", text("lock"));
    if (const auto found = ha.find(vmid); found != ha.end())
      entry.emplace("hastate", param(found->second, "state"));
    list.push_back(std::move(entry));
  }
  return Json{std::move(list)};
}

// --- pools and high availability
// ---------------------------------------------------------------------

Result<Json> FakePve::put_pool(const Params& params) {
  const std::string pool = param(params, "poolid");
  const int vmid = parse_integer<int>(param(params, "vms")).value_or(0);
  if (!pools.contains(pool)) return refuse(500, "pool '" + pool + "' does not exist");
  if (!containers.contains(vmid))
    return refuse(500, "VM " + std::to_string(vmid) + " does not exist");
  std::string& now = containers[vmid].pool;
  if (param(params, "delete") == "1") {
    if (now != pool) return refuse(500, "VM is not a pool member");
    now.clear();
  } else {
    if (!now.empty() && param(params, "allow-move") != "1")
      return refuse(500, "VM already exists in pool " + now);
    now = pool;
  }
  return Json{};
}

Result<Json> FakePve::put_ha(const Call& call, const Parts& parts) {
  const std::string sid = call.method == Method::post ? param(call.params, "sid") : parts.at(3);
  const int vmid = parse_integer<int>(sid.substr(3)).value_or(0);
  const bool known = ha.contains(vmid);
  if (call.method == Method::post && known)
    return refuse(500, "resource ID '" + sid + "' already defined");
  if (call.method != Method::post && !known) return refuse(500, "no such resource '" + sid + "'");
  if (call.method == Method::del) {
    ha.erase(vmid);
    return Json{};
  }
  std::map<std::string, std::string> merged(ha[vmid].begin(), ha[vmid].end());
  for (const auto& [key, value] : call.params) {
    if (key == "delete")
      for (const auto gone : words(value, ",")) merged.erase(std::string(gone));
    else if (key != "sid")
      merged[key] = value;
  }
  ha[vmid] = Params(merged.begin(), merged.end());
  return Json{};
}

Json FakePve::list_ha() const {
  Json::Array list;
  for (const auto& [vmid, params] : ha) {
    Json::Object entry{{"sid", "ct:" + std::to_string(vmid)}, {"type", "ct"}};
    for (const auto& [key, value] : params) {
      const bool is_text = key == "state" || key == "group" || key == "comment";
      const auto number = is_text ? std::nullopt : parse_integer<int>(value);
      entry.emplace(key, number ? Json{*number} : Json{value});
    }
    list.push_back(std::move(entry));
  }
  return Json{std::move(list)};
}

}  // namespace paas::fakes
