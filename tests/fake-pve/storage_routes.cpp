// Storages and their content.
#include <algorithm>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

std::string content_text(const Storage& storage) {
  return join({storage.content.begin(), storage.content.end()}, ",");
}

bool may_use(const Call& call, const std::string& storage) {
  return check_any(call.state, call.login, "/storage/" + storage,
                   {"Datastore.Audit", "Datastore.AllocateSpace"})
      .has_value();
}

Json definition_json(const State& state, const Storage& storage) {
  std::string text;
  for (const auto& [id, one] : state.storages) text += id + ' ' + content_text(one) + '\n';
  Json::Object row{{"storage", storage.id},
                   {"type", storage.type},
                   {"content", content_text(storage)},
                   {"digest", sha1_hex(text)}};
  if (storage.type == "dir") row["path"] = storage.path;
  if (storage.type == "nfs") {
    row["path"] = storage.path;
    row["server"] = "192.168.99.2";
    row["export"] = "/export";
  }
  if (storage.type == "lvmthin") {
    row["vgname"] = "pve";
    row["thinpool"] = "data";
  }
  return row;
}

Result<Reply> list_definitions(Call& call) {
  Json::Array rows;
  for (const auto& [id, storage] : call.state.storages)
    if (may_use(call, id) && call.params.text("type", storage.type) == storage.type)
      rows.push_back(definition_json(call.state, storage));
  return Json(std::move(rows));
}

Result<Reply> read_definition(Call& call) {
  const Storage& storage = *TRY(find_storage(call.state, call.params.text("storage")));
  return definition_json(call.state, storage);
}

Json::Object status_of(const Storage& storage, const std::string& node) {
  const std::int64_t used = used_bytes(storage, node);
  return Json::Object{{"type", storage.type},
                      {"content", content_text(storage)},
                      {"shared", storage.shared ? 1 : 0},
                      {"enabled", storage.enabled ? 1 : 0},
                      {"active", storage.enabled ? 1 : 0},
                      {"total", storage.total},
                      {"used", used},
                      {"avail", storage.total - used}};
}

Result<Reply> list_storages(Call& call) {
  const auto wanted = split_list(call.params.text("content"));
  Json::Array rows;
  for (const auto& [id, storage] : call.state.storages) {
    const bool fits = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& content) {
      return storage.content.contains(content);
    });
    if (!fits || !may_use(call, id) || call.params.text("storage", id) != id) continue;
    if (call.params.flag("enabled") && !storage.enabled) continue;
    Json::Object row = status_of(storage, call.node());
    row["storage"] = id;
    row["used_fraction"] = static_cast<double>(used_bytes(storage, call.node())) /
                           static_cast<double>(std::max<std::int64_t>(storage.total, 1));
    rows.push_back(std::move(row));
  }
  return Json(std::move(rows));
}

Result<Reply> storage_status(Call& call) {
  const Storage& storage = *TRY(find_storage(call.state, call.params.text("storage")));
  return Json(status_of(storage, call.node()));
}

Json volume_row(const std::string& volid, const Volume& volume) {
  Json::Object row{{"volid", volid},
                   {"content", volume.content},
                   {"format", volume.format},
                   {"size", volume.size},
                   {"ctime", volume.created}};
  if (volume.vmid != 0) {
    row["vmid"] = volume.vmid;
    row["used"] = volume.size;
    row["parent"] = volume.parent.empty() ? Json() : Json(volume.parent);
  }
  return row;
}

Result<Reply> list_content(Call& call) {
  Storage& storage = *TRY(find_storage(call.state, call.params.text("storage")));
  Json::Array rows;
  for (const auto& [volid, volume] : volumes_on(storage, call.node())) {
    if (call.params.text("content", volume.content) != volume.content) continue;
    if (call.params.has("vmid") && volume.vmid != call.vmid()) continue;
    rows.push_back(volume_row(volid, volume));
  }
  return Json(std::move(rows));
}

// The path may name the volume with or without its storage.
std::string volume_id(const Call& call) {
  const std::string volume = call.params.text("volume");
  return storage_of(volume).empty() ? call.params.text("storage") + ':' + volume : volume;
}

Result<Reply> read_volume(Call& call) {
  const std::string volid = volume_id(call);
  const Storage& storage = *TRY(find_storage(call.state, storage_of(volid)));
  TRY(check_any(call.state, call.login, "/storage/" + storage.id,
                {"Datastore.Audit", "Datastore.AllocateSpace"}));
  const Volume* volume = find_volume(call.state, call.node(), volid);
  if (!volume) return refuse("volume_size_info on '" + volid + "' failed - no such volume");
  return Json(Json::Object{{"path", file_path(storage, volid)},
                           {"size", volume->size},
                           {"used", volume->size},
                           {"format", volume->vmid == 0 ? "raw" : volume->format}});
}

Result<Reply> make_content(Call& call) {
  TRY(check_quorum(call.state));
  const std::string text = call.params.text("size");
  const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
  Allocation wanted;
  wanted.node = call.node();
  wanted.storage = call.params.text("storage");
  wanted.vmid = call.vmid();
  wanted.bytes = parse_size(bare ? text + 'K' : text).value_or(0);
  wanted.content = "images";
  wanted.format = call.params.text("format");
  return Json(TRY(allocate(call.state, wanted, call.world.now())));
}

Result<Reply> delete_content(Call& call) {
  TRY(check_quorum(call.state));
  const std::string volid = volume_id(call);
  const Storage& storage = *TRY(find_storage(call.state, storage_of(volid)));
  TRY(check_all(call.state, call.login, "/storage/" + storage.id, {"Datastore.Allocate"}));
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "imgdel";
  plan.id = call.params.text("storage");
  plan.work = [volid, node = call.node()](World& world, TaskLog& log) -> Result<void> {
    const Volume* volume = find_volume(world.state, node, volid);
    if (!volume) return refuse("unable to remove volume '" + volid + "' - no such file");
    const std::string file = volume->file;
    free_volume(world.state, node, volid);
    std::error_code ignored;
    if (!file.empty()) std::filesystem::remove(world.file(file), ignored);
    log.push_back("Removed volume '" + volid + "'");
    return {};
  };
  return Json(call.start_task(std::move(plan)));
}

}  // namespace

Routes storage_routes() {
  return {{"GET", "/storage", list_definitions},
          {"GET", "/storage/{storage}", read_definition},
          {"GET", "/nodes/{node}/storage", list_storages},
          {"GET", "/nodes/{node}/storage/{storage}/status", storage_status},
          {"GET", "/nodes/{node}/storage/{storage}/content", list_content},
          {"POST", "/nodes/{node}/storage/{storage}/content", make_content},
          {"GET", "/nodes/{node}/storage/{storage}/content/{volume}", read_volume},
          {"DELETE", "/nodes/{node}/storage/{storage}/content/{volume}", delete_content}};
}

}  // namespace paas::fake_pve
