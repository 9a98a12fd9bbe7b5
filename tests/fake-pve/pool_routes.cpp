// /pools
#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

Result<Pool*> find_pool(State& state, const std::string& name) {
  const auto found = state.pools.find(name);
  if (found == state.pools.end()) return refuse("pool '" + name + "' does not exist");
  return &found->second;
}

Json members_json(const Call& call, const Pool& pool, const std::string& type) {
  call.world.broadcast();
  Json::Array members;
  for (const std::int64_t vmid : pool.guests) {
    const auto guest = call.state.guests.find(vmid);
    if (guest == call.state.guests.end()) continue;
    const bool lxc = guest->second.kind == GuestKind::lxc;
    if (!type.empty() && type != (lxc ? "lxc" : "qemu")) continue;
    Json row = resource_row(call.state, guest->second);
    row.object()->erase("pool");
    members.push_back(std::move(row));
  }
  if (type.empty() || type == "storage")
    for (const std::string& id : pool.storages)
      for (const Node& node : call.state.nodes)
        members.push_back(Json::Object{{"id", "storage/" + node.name + '/' + id},
                                       {"type", "storage"},
                                       {"storage", id},
                                       {"node", node.name},
                                       {"status", "available"}});
  return members;
}

Result<Reply> list_pools(Call& call) {
  Json::Array rows;
  const std::string one = call.params.text("poolid");
  if (!one.empty()) {
    TRY(check_all(call.state, call.login, "/pool/" + one, {"Pool.Audit"}));
    TRY(find_pool(call.state, one));
  }
  for (const auto& [name, pool] : call.state.pools) {
    if (!one.empty() && name != one) continue;
    if (!may(call.state, call.login, "/pool/" + name, "Pool.Audit")) continue;
    Json::Object row{{"poolid", name}};
    if (!pool.comment.empty()) row["comment"] = pool.comment;
    if (!one.empty()) row["members"] = members_json(call, pool, call.params.text("type"));
    rows.push_back(std::move(row));
  }
  return Json(std::move(rows));
}

Result<Reply> read_pool(Call& call) {
  const Pool& pool = *TRY(find_pool(call.state, call.params.text("poolid")));
  Json::Object row{{"members", members_json(call, pool, call.params.text("type"))}};
  if (!pool.comment.empty()) row["comment"] = pool.comment;
  return Json(std::move(row));
}

Result<Reply> create_pool(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("poolid");
  if (call.state.pools.contains(name))
    return refuse("create pool failed: pool '" + name + "' already exists");
  call.state.pools[name].comment = call.params.text("comment");
  return Json();
}

// Permission to move a guest between pools is asked of the pool, the guest, and the old pool.
Result<void> add_guest(Call& call, const std::string& name, std::int64_t vmid) {
  State& state = call.state;
  TRY(check_all(state, call.login, "/vms/" + std::to_string(vmid), {"VM.Allocate"}));
  const std::string old = state.pool_of(vmid);
  if (!old.empty() && old != name) {
    if (!call.params.flag("allow-move"))
      return refuse("VM " + std::to_string(vmid) + " belongs already to pool '" + old +
                    "' and 'allow-move' is not set");
    TRY(check_all(state, call.login, "/pool/" + old, {"Pool.Allocate"}));
    state.pools[old].guests.erase(vmid);
  }
  state.pools[name].guests.insert(vmid);
  return {};
}

Result<Reply> change_pool(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("poolid");
  Pool& pool = *TRY(find_pool(call.state, name));
  if (call.params.has("comment")) pool.comment = call.params.text("comment");
  const bool remove = call.params.flag("delete");
  for (const std::string& word : split_list(call.params.text("vms"))) {
    const std::int64_t vmid = to_integer(word).value_or(0);
    if (!remove) {
      TRY(add_guest(call, name, vmid));
    } else if (pool.guests.erase(vmid) == 0) {
      return refuse("update pool failed: VM " + word + " is not a pool member");
    }
  }
  for (const std::string& id : split_list(call.params.text("storage"))) {
    if (remove) {
      pool.storages.erase(id);
    } else {
      pool.storages.insert(id);
    }
  }
  return Json();
}

Result<Reply> delete_pool(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("poolid");
  const auto found = call.state.pools.find(name);
  if (found == call.state.pools.end())
    return refuse("delete pool failed: pool '" + name + "' does not exist");
  const std::string prefix = "delete pool failed: pool '" + name + "' is not empty (contains ";
  for (const std::int64_t vmid : found->second.guests)
    if (call.state.guests.contains(vmid))
      return refuse(prefix + "VM " + std::to_string(vmid) + ")");
  if (!found->second.storages.empty())
    return refuse(prefix + "storage '" + *found->second.storages.begin() + "')");
  call.state.pools.erase(found);
  return Json();
}

}  // namespace

Routes pool_routes() {
  return {{"GET", "/pools", list_pools},
          {"POST", "/pools", create_pool},
          {"PUT", "/pools", change_pool},
          {"DELETE", "/pools", delete_pool},
          {"GET", "/pools/{poolid}", read_pool},
          {"PUT", "/pools/{poolid}", change_pool},
          {"DELETE", "/pools/{poolid}", delete_pool}};
}

}  // namespace paas::fake_pve
