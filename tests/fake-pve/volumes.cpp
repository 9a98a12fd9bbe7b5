#include "tests/fake-pve/volumes.hpp"

#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

// The part of a volume id after the storage and any folder: "vm-100-disk-0.raw".
std::string file_name(const std::string& volid) {
  return volid.substr(volid.find_last_of(":/") + 1);
}

bool name_taken(const Storage& storage, const std::string& stem) {
  for (const auto& [node, volumes] : storage.volumes)
    for (const auto& [volid, volume] : volumes) {
      const std::string name = file_name(volid);
      const std::string bare = name.substr(0, name.find('.'));
      const std::string number = bare.substr(bare.find('-') + 1);
      if (number == stem.substr(stem.find('-') + 1)) return true;
    }
  return false;
}

std::string free_name(const Storage& storage, const Allocation& wanted, const std::string& format) {
  const std::string owner = std::to_string(wanted.vmid);
  const std::string kind = format == "subvol" ? "subvol" : "vm";
  if (wanted.name != "disk") return kind + '-' + owner + '-' + wanted.name;
  for (int number = 0;; ++number) {
    std::string stem = kind + '-' + owner + "-disk-" + std::to_string(number);
    if (!name_taken(storage, stem)) return stem;
  }
}

Result<void> check_space(const Storage& storage, const std::string& node, std::int64_t bytes,
                         const std::string& what) {
  const std::int64_t free_bytes = storage.total - used_bytes(storage, node);
  if (bytes <= free_bytes) return {};
  if (storage.type == "lvmthin")
    return refuse("lvcreate '" + storage.id + '/' + what +
                  "' error: Volume group has insufficient free space");
  return refuse("unable to create image: No space left on device");
}

}  // namespace

Result<Storage*> find_storage(State& state, const std::string& id) {
  const auto found = state.storages.find(id);
  if (found == state.storages.end()) return refuse("storage '" + id + "' does not exist");
  if (!found->second.enabled) return refuse("storage '" + id + "' is disabled");
  return &found->second;
}

Result<const Storage*> find_storage(const State& state, const std::string& id) {
  const auto found = state.storages.find(id);
  if (found == state.storages.end()) return refuse("storage '" + id + "' does not exist");
  return &found->second;
}

std::map<std::string, Volume>& volumes_on(Storage& storage, const std::string& node) {
  return storage.volumes[storage.shared ? "" : node];
}

std::int64_t used_bytes(const Storage& storage, const std::string& node) {
  std::int64_t used = storage.foreign;
  const auto volumes = storage.volumes.find(storage.shared ? "" : node);
  if (volumes == storage.volumes.end()) return used;
  for (const auto& [volid, volume] : volumes->second) used += volume.size;
  return used;
}

Volume* find_volume(State& state, const std::string& node, const std::string& volid) {
  const auto storage = state.storages.find(storage_of(volid));
  if (storage == state.storages.end()) return nullptr;
  auto& volumes = volumes_on(storage->second, node);
  const auto found = volumes.find(volid);
  return found == volumes.end() ? nullptr : &found->second;
}

std::string storage_of(const std::string& volid) {
  const auto colon = volid.find(':');
  return colon == std::string::npos || volid.front() == '/' ? "" : volid.substr(0, colon);
}

Result<std::string> allocate(State& state, const Allocation& wanted, std::int64_t now) {
  Storage& storage = *TRY(find_storage(state, wanted.storage));
  if (!storage.content.contains(wanted.content))
    return refuse("storage '" + storage.id + "' does not allow content type '" + wanted.content +
                  (wanted.content == "rootdir" ? "' (Container)" : "'"));
  const bool directory = wanted.bytes == 0 && wanted.content == "rootdir" && storage.holds_files();
  std::string format = wanted.format.empty() ? "raw" : wanted.format;
  if (directory) format = "subvol";
  if (!storage.holds_files()) format = "raw";
  const std::string name = free_name(storage, wanted, format);
  TRY(check_space(storage, wanted.node, wanted.bytes, name));
  const std::string folder = std::to_string(wanted.vmid) + '/';
  std::string volid = storage.id + ':';
  if (storage.holds_files()) {
    if (!wanted.parent.empty()) volid += wanted.parent.substr(wanted.parent.find(':') + 1) + '/';
    volid += folder + name + '.' + format;
  } else {
    volid += name;
  }
  Volume volume;
  volume.content = wanted.content;
  volume.format = format;
  volume.size = wanted.bytes;
  volume.vmid = wanted.vmid;
  volume.created = now;
  volume.parent = wanted.parent;
  volumes_on(storage, wanted.node)[volid] = std::move(volume);
  return volid;
}

Result<void> grow(State& state, const std::string& node, const std::string& volid,
                  std::int64_t bytes) {
  Volume* volume = find_volume(state, node, volid);
  if (!volume) return refuse("volume '" + volid + "' does not exist");
  const Storage& storage = *TRY(find_storage(state, storage_of(volid)));
  TRY(check_space(storage, node, bytes - volume->size, file_name(volid)));
  volume->size = bytes;
  return {};
}

void free_volume(State& state, const std::string& node, const std::string& volid) {
  const auto storage = state.storages.find(storage_of(volid));
  if (storage != state.storages.end()) volumes_on(storage->second, node).erase(volid);
}

std::string make_base(State& state, const std::string& node, const std::string& volid) {
  const auto storage = state.storages.find(storage_of(volid));
  if (storage == state.storages.end()) return volid;
  const std::string name = file_name(volid);
  const std::string renamed =
      volid.substr(0, volid.size() - name.size()) + "base" + name.substr(name.find('-'));
  auto& volumes = volumes_on(storage->second, node);
  auto entry = volumes.extract(volid);
  if (entry.empty()) return volid;
  entry.key() = renamed;
  volumes.insert(std::move(entry));
  return renamed;
}

std::string file_path(const Storage& storage, const std::string& volid) {
  const std::string rest = volid.substr(volid.find(':') + 1);
  const auto slash = rest.find('/');
  const std::string kind = rest.substr(0, slash);
  const std::string name = slash == std::string::npos ? rest : rest.substr(slash + 1);
  if (!storage.holds_files()) return "/dev/" + storage.id + '/' + rest;
  if (kind == "vztmpl") return storage.path + "/template/cache/" + name;
  if (kind == "iso") return storage.path + "/template/iso/" + name;
  if (kind == "import" || kind == "snippets") return storage.path + '/' + rest;
  if (kind == "backup") return storage.path + "/dump/" + name;
  return storage.path + "/images/" + rest;
}

}  // namespace paas::fake_pve
