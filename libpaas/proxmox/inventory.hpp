#pragma once
// What a cluster consists of: nodes, guests, storages, templates; read from
// GET /cluster/resources, /nodes/{node}/storage and /nodes/{node}/storage/{storage}/content.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::proxmox {

struct Node {
  std::string name;
  bool online = false;
  int cores = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_used_bytes = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t disk_used_bytes = 0;
  std::uint64_t uptime_s = 0;
  double cpu_load = 0;  // 0..1
};

enum class GuestKind { container, machine };

struct Guest {
  int vmid = 0;
  GuestKind kind = GuestKind::container;
  std::string node;
  std::string name;    // may lag behind by ten seconds, and be empty after a create
  std::string status;  // "running", "stopped", "unknown"; lags likewise
  std::vector<std::string> tags;
  std::string pool;
  std::string lock;
  std::string ha_state;
  bool is_template = false;
  int cores = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t uptime_s = 0;
};

struct Storage {
  std::string name;
  std::string node;
  std::string type;                  // "dir", "lvmthin", …
  std::vector<std::string> content;  // "rootdir", "vztmpl", …
  bool shared = false;
  bool available = false;
  std::uint64_t total_bytes = 0;
  std::uint64_t used_bytes = 0;
};

// A container template or OCI archive on a storage.
struct Template {
  std::string volume;  // "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  std::string node;
  std::string storage;
  std::string file_name;
  std::string format;  // "tzst", "txz", "tgz", "tar"
  std::uint64_t size_bytes = 0;
  std::int64_t changed = 0;  // seconds since 1970, by the clock of what keeps it; 0: not told
};

struct Resources {
  std::vector<Node> nodes;
  std::vector<Guest> guests;
  std::vector<Storage> storages;
};

// GET /cluster/resources; entries of other types are passed over. Sorted by name or id.
Result<Resources> parse_resources(const Json& data);

// GET /nodes/{node}/lxc: the state of each container as of now, by id: "running", "stopped".
Result<std::map<int, std::string>> parse_statuses(const Json& data);

// GET /nodes/{node}/storage/{storage}/content?content=vztmpl
Result<std::vector<Template>> parse_templates(const Json& data, const std::string& node,
                                              const std::string& storage);

}  // namespace paas::proxmox
#pragma GCC visibility pop
