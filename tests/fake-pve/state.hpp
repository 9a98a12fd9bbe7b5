#pragma once
// Everything the fake cluster remembers: plain values, saved as one JSON file.
// Times are Unix seconds, sizes are bytes, option texts are as a real config file holds them.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libpaas/base/json.hpp"

namespace paas::fake_pve {

inline constexpr std::int64_t gibibyte = std::int64_t{1} << 30;

using Options = std::map<std::string, std::string>;

struct Node {
  std::string name;
  std::string address;
  bool online = true;    // false: other nodes get 595 for it
  bool hanging = false;  // true: other nodes get 596 for it, after the hang time
  std::int64_t cpus = 8;
  std::int64_t memory = std::int64_t{32} << 30;
  std::int64_t boot_time = 0;
  std::vector<std::string> bridges = {"vmbr0", "vmbr1"};
};

enum class GuestKind { lxc, qemu };

struct Snapshot {
  std::string name;
  std::string description;
  std::string parent;
  std::int64_t time = 0;
  Options config;
};

struct Firewall {
  Options options;
  std::vector<Options> rules;
};

// What the last status broadcast said; /cluster/resources shows this, not the truth.
struct Broadcast {
  std::string status = "unknown";
  std::string name;
  std::int64_t cpus = 0;
  std::int64_t memory = 0;
  std::int64_t disk = 0;
  std::int64_t uptime = 0;
  std::int64_t pid = 0;
};

struct Guest {
  std::int64_t vmid = 0;
  GuestKind kind = GuestKind::lxc;
  std::string node;
  Options config;
  Options pending;
  std::set<std::string> pending_delete;
  std::vector<std::pair<std::string, std::string>> raw;  // `lxc.*` lines, in order
  std::vector<Snapshot> snapshots;
  bool running = false;
  std::int64_t started_at = 0;
  std::int64_t pid = 0;
  Firewall firewall;
  Broadcast shown;

  const std::string& option(const std::string& name) const;  // "" if not set
  bool is_set(const std::string& name) const { return config.contains(name); }
  bool is_template() const { return option("template") == "1"; }
};

struct Volume {
  std::string content;  // "rootdir", "images", "vztmpl", "iso", "import", ...
  std::string format;   // "raw", "subvol", "qcow2", "txz", ...
  std::int64_t size = 0;
  std::int64_t vmid = 0;  // owner; 0 for none
  std::int64_t created = 0;
  std::string parent;  // of a linked clone
  std::string file;    // name below DIR/files of the real bytes; empty if there are none
};

struct Storage {
  std::string id;
  std::string type;  // "dir", "lvmthin", "nfs"
  std::string path;  // where files would lie; empty for block storages
  std::set<std::string> content;
  bool shared = false;
  bool enabled = true;
  std::int64_t total = 0;
  std::int64_t foreign = 0;  // used by things outside the listing
  // node ("" if shared) -> volume id -> volume
  std::map<std::string, std::map<std::string, Volume>> volumes;

  bool holds_files() const { return !path.empty(); }
};

struct Pool {
  std::string comment;
  std::set<std::int64_t> guests;
  std::set<std::string> storages;
};

struct User {
  std::string password;
  std::string otp;  // the one code accepted as second factor; empty for none
};

struct Token {
  std::string secret;
  bool separated = true;  // rights are the intersection with the user's
};

struct AclEntry {
  std::string path;
  std::string who;  // user or full token id
  std::set<std::string> privileges;
  bool propagate = true;
};

struct TaskRecord {
  std::string upid;
  std::string node;
  std::int64_t pid = 0;
  std::int64_t process_start = 0;
  std::int64_t started = 0;
  std::string type;
  std::string id;
  std::string user;
  std::string token;
  std::vector<std::string> log;
  std::optional<std::string> exit_status;  // none while it runs
  std::int64_t ended = 0;
  // The next process id when it ended; 0 once its end has been written to the list of tasks.
  std::int64_t pid_at_end = 0;
};

struct Settings {
  std::int64_t latency_ms = 0;        // added to every answer of the API
  std::int64_t task_ms = 40;          // how long a task takes
  std::int64_t stale_ms = 0;          // age at which /cluster/resources learns of a change
  std::int64_t hang_ms = 30000;       // how long a hanging node or fault keeps a client waiting
  std::int64_t lock_wait_ms = 10000;  // patience for a guest's lock
  std::int64_t ticket_seconds = 7200;
  bool broadcasting = true;  // false: no node has told of itself yet
  bool standalone = false;   // answer as a single node that is in no cluster
};

struct State {
  Settings settings;
  std::vector<Node> nodes;
  bool quorate = true;
  Options cluster_options;
  std::map<std::int64_t, Guest> guests;
  std::map<std::string, Storage> storages;
  std::map<std::string, Pool> pools;
  std::map<std::string, User> users;
  std::map<std::string, Token> tokens;  // by full id "user@realm!name"
  std::vector<AclEntry> acl;
  std::map<std::string, Options> ha_resources;  // by "ct:100"
  std::map<std::string, Options> sdn_zones;
  std::map<std::string, Options> sdn_vnets;
  std::map<std::string, Options> firewall_groups;
  std::vector<TaskRecord> tasks;  // in order of start
  std::string ticket_key;         // signs tickets
  std::int64_t next_pid = 4096;
  std::int64_t next_mac = 1;

  Node* node(const std::string& name);
  Guest* guest(std::int64_t vmid);
  // The pool a guest belongs to; "" for none.
  std::string pool_of(std::int64_t vmid) const;
};

// A cluster nobody has used: nodes pve1 to pveN, storages, bridges, templates, users and tokens.
State fresh_state(int nodes, std::int64_t now);

Json to_json(const State& state);
// Errors: `invalid` if the text is no state of this program.
Result<State> state_from_json(const Json& json);

}  // namespace paas::fake_pve
