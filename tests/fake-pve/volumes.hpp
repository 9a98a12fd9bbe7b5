#pragma once
// Storages and what lies on them: finding, allocating, growing and freeing volumes.

#include <cstdint>
#include <string>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/state.hpp"

namespace paas::fake_pve {

// Errors: "storage 'x' does not exist", or it is disabled.
Result<Storage*> find_storage(State& state, const std::string& id);
Result<const Storage*> find_storage(const State& state, const std::string& id);

// The volumes of a storage as seen from a node.
std::map<std::string, Volume>& volumes_on(Storage& storage, const std::string& node);
std::int64_t used_bytes(const Storage& storage, const std::string& node);

// Null if there is no such volume on that node.
Volume* find_volume(State& state, const std::string& node, const std::string& volid);

// "local" of "local:100/vm-100-disk-0.raw"; "" if the text is no volume id.
std::string storage_of(const std::string& volid);

struct Allocation {
  std::string node;
  std::string storage;
  std::int64_t vmid = 0;
  std::int64_t bytes = 0;           // 0: a directory of any size, for containers
  std::string content = "rootdir";  // or "images"
  std::string format;               // "" for the storage's own
  std::string name = "disk";        // "vm-100-<name>-0"; "cloudinit" gets no number
  std::string parent;               // volume id of the base of a linked clone
};
// The new volume's id. Errors: the storage is full, unknown, or does not take such content.
Result<std::string> allocate(State& state, const Allocation& wanted, std::int64_t now);
// Errors: the storage is full.
Result<void> grow(State& state, const std::string& node, const std::string& volid,
                  std::int64_t bytes);
void free_volume(State& state, const std::string& node, const std::string& volid);
// vm-100-disk-0 becomes base-100-disk-0; the new id.
std::string make_base(State& state, const std::string& node, const std::string& volid);

// Where a file of a storage would lie on its node.
std::string file_path(const Storage& storage, const std::string& volid);

}  // namespace paas::fake_pve
