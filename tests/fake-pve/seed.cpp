#include "tests/fake-pve/seed.hpp"

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/lxc_power.hpp"
#include "tests/fake-pve/qemu.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

std::string option_text(const Json& value) {
  if (value.boolean()) return *value.boolean() ? "1" : "0";
  if (value.number()) return value.number()->text;
  return value.string() ? *value.string() : "";
}

std::string text_member(const Json& body, const char* name, const std::string& otherwise) {
  return body[name].string() ? *body[name].string() : otherwise;
}

std::vector<std::string> volumes_in(GuestKind kind, const Options& config) {
  return kind == GuestKind::lxc ? config_volumes(config) : machine_volumes(config);
}
std::vector<std::string> volumes_of(const Guest& guest) {
  return volumes_in(guest.kind, guest.config);
}

// "size=8G" anywhere in an option, in bytes.
std::int64_t size_in(const std::string& option) {
  const auto at = option.find("size=");
  if (at == std::string::npos) return 0;
  return parse_size(option.substr(at + 5, option.find(',', at) - at - 5)).value_or(0);
}

void make_named_volumes(World& world, const Guest& guest) {
  for (const auto& [option, value] : guest.config) {
    const Options one_option = {{option, value}};
    for (const std::string& volid : volumes_in(guest.kind, one_option)) {
      const auto storage = world.state.storages.find(storage_of(volid));
      if (storage == world.state.storages.end()) continue;
      Volume volume;
      volume.content = guest.kind == GuestKind::lxc ? "rootdir" : "images";
      const auto dot = volid.rfind('.');
      volume.format = dot == std::string::npos ? "raw" : volid.substr(dot + 1);
      volume.size = size_in(value);
      volume.vmid = guest.vmid;
      volume.created = world.now();
      volumes_on(storage->second, guest.node).try_emplace(volid, std::move(volume));
    }
  }
}

void edit_options(const Json& config, Guest& guest) {
  if (!config.object()) return;
  for (const auto& [name, value] : *config.object()) {
    if (name == "digest") continue;
    if (name == "lxc" && value.array()) {
      guest.raw.clear();
      for (const Json& line : *value.array())
        if (line.array() && line.array()->size() == 2)
          guest.raw.emplace_back(option_text(line.array()->front()),
                                 option_text(line.array()->back()));
    } else if (value.is_null()) {
      guest.config.erase(name);
    } else {
      guest.config[name] = option_text(value);
    }
  }
}

void set_running(World& world, Guest& guest, bool running) {
  if (guest.running == running) return;
  stop_guest(guest);
  if (!running) return;
  guest.running = true;
  guest.started_at = world.now();
  guest.pid = world.state.next_pid++;
}

Result<void> seed_one(World& world, const Json& body) {
  const auto vmid = body["vmid"].integer();
  if (!vmid || *vmid < 100) return fail(Errc::invalid, "a guest needs a vmid");
  Guest guest;
  guest.vmid = *vmid;
  guest.kind = text_member(body, "kind", "lxc") == "qemu" ? GuestKind::qemu : GuestKind::lxc;
  guest.node = text_member(body, "node", world.state.nodes.front().name);
  edit_options(body["config"], guest);
  set_running(world, guest, text_member(body, "status", "stopped") == "running");
  make_named_volumes(world, guest);
  const std::string pool = text_member(body, "pool", "");
  if (!pool.empty()) world.state.pools[pool].guests.insert(*vmid);
  world.state.guests[*vmid] = std::move(guest);
  return {};
}

Json plain_container(std::int64_t vmid, const std::string& node) {
  const std::string id = std::to_string(vmid);
  return Json::Object{
      {"vmid", vmid},
      {"node", node},
      {"config", Json::Object{{"hostname", "ct" + id},
                              {"memory", 512},
                              {"swap", 512},
                              {"arch", "amd64"},
                              {"ostype", "alpine"},
                              {"unprivileged", 1},
                              {"rootfs", "local:" + id + "/vm-" + id + "-disk-0.raw,size=4G"}}}};
}

}  // namespace

Result<Json> seed_guests(World& world, const Json& body) {
  if (const auto* guests = body["guests"].array())
    for (const Json& one : *guests) TRY(seed_one(world, one));
  const std::int64_t first = body["first"].integer().value_or(1000);
  const std::int64_t count = body["count"].integer().value_or(0);
  const std::string node = text_member(body, "node", world.state.nodes.front().name);
  for (std::int64_t i = 0; i < count; ++i) TRY(seed_one(world, plain_container(first + i, node)));
  return Json(Json::Object{{"guests", static_cast<std::int64_t>(world.state.guests.size())}});
}

Result<Json> edit_guest_state(World& world, Guest& guest, const Json& body) {
  edit_options(body["config"], guest);
  make_named_volumes(world, guest);
  if (body["running"].boolean()) set_running(world, guest, *body["running"].boolean());
  return config_json(guest, /*current=*/true);
}

void remove_guest(State& state, const Guest& guest) {
  for (const std::string& volid : volumes_of(guest)) free_volume(state, guest.node, volid);
  forget_guest(state, guest.vmid, /*purge=*/false);
}

void move_volumes(State& state, const Guest& guest, const std::string& target) {
  for (const std::string& volid : volumes_of(guest)) {
    const auto storage = state.storages.find(storage_of(volid));
    if (storage == state.storages.end() || storage->second.shared) continue;
    auto moved = volumes_on(storage->second, guest.node).extract(volid);
    if (!moved.empty()) volumes_on(storage->second, target).insert(std::move(moved));
  }
}

Result<Json> put_volume(World& world, Storage& storage, const Json& body) {
  const std::string name = text_member(body, "name", "");
  if (name.empty()) return fail(Errc::invalid, "a volume needs a name");
  Volume volume;
  volume.content = text_member(body, "content", name.substr(0, name.find('/')));
  volume.format = text_member(body, "format", "raw");
  volume.size = body["size"].integer().value_or(0);
  volume.vmid = body["vmid"].integer().value_or(0);
  volume.created = world.now();
  const std::string only = text_member(body, "node", "");
  for (const Node& node : world.state.nodes)
    if (only.empty() || node.name == only)
      volumes_on(storage, node.name)[storage.id + ':' + name] = volume;
  return Json(Json::Object{{"volid", storage.id + ':' + name}});
}

}  // namespace paas::fake_pve
