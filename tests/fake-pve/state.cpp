#include "tests/fake-pve/state.hpp"

#include "tests/fake-pve/access.hpp"
#include "tests/fake-pve/crypto.hpp"

namespace paas::fake_pve {
namespace {

Volume template_volume(const std::string& format, std::int64_t size, std::int64_t now) {
  Volume volume;
  volume.content = "vztmpl";
  volume.format = format;
  volume.size = size;
  volume.created = now;
  return volume;
}

void add_storages(State& state, std::int64_t now) {
  Storage local;
  local.id = "local";
  local.type = "dir";
  local.path = "/var/lib/vz";
  local.content = {"rootdir", "images", "vztmpl", "iso", "import", "snippets", "backup"};
  local.total = 256 * gibibyte;
  local.foreign = 28 * gibibyte;
  for (const Node& node : state.nodes) {
    auto& volumes = local.volumes[node.name];
    volumes["local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"] =
        template_volume("tzst", 126515062, now);
    volumes["local:vztmpl/alpine-3.20-default_20240908_amd64.tar.xz"] =
        template_volume("txz", 3179500, now);
  }
  Storage thin;
  thin.id = "local-lvm";
  thin.type = "lvmthin";
  thin.content = {"rootdir", "images"};
  thin.total = 512 * gibibyte;
  Storage shared;
  shared.id = "nfs";
  shared.type = "nfs";
  shared.path = "/mnt/pve/nfs";
  shared.content = {"rootdir", "images", "vztmpl", "iso", "backup"};
  shared.shared = true;
  shared.total = 1024 * gibibyte;
  for (Storage& storage : std::vector<Storage>{local, thin, shared})
    state.storages[storage.id] = storage;
}

void add_people(State& state) {
  state.users["root@pam"] = {"secret", ""};
  state.users["operator@pve"] = {"secret", ""};
  state.users["audit@pve"] = {"secret", ""};
  state.users["none@pve"] = {"secret", ""};
  state.tokens["root@pam!paas"] = {random_uuid(), /*separated=*/false};
  for (const char* user : {"operator@pve", "audit@pve", "none@pve"})
    state.tokens[std::string(user) + "!paas"] = {random_uuid(), /*separated=*/false};
  state.acl.push_back({"/", "operator@pve", operator_privileges(), true});
  state.acl.push_back({"/", "audit@pve", audit_privileges(), true});
}

}  // namespace

const std::string& Guest::option(const std::string& name) const {
  static const std::string unset;
  const auto found = config.find(name);
  return found == config.end() ? unset : found->second;
}

Node* State::node(const std::string& name) {
  for (Node& node : nodes)
    if (node.name == name) return &node;
  return nullptr;
}

Guest* State::guest(std::int64_t vmid) {
  const auto found = guests.find(vmid);
  return found == guests.end() ? nullptr : &found->second;
}

std::string State::pool_of(std::int64_t vmid) const {
  for (const auto& [name, pool] : pools)
    if (pool.guests.contains(vmid)) return name;
  return "";
}

State fresh_state(int nodes, std::int64_t now) {
  State state;
  for (int i = 1; i <= nodes; ++i) {
    Node node;
    node.name = "pve" + std::to_string(i);
    node.address = "192.168.99." + std::to_string(9 + i);
    node.boot_time = now - 3600;
    state.nodes.push_back(std::move(node));
  }
  state.ticket_key = random_hex(32);
  add_storages(state, now);
  add_people(state);
  return state;
}

}  // namespace paas::fake_pve
