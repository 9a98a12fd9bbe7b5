#include "tests/fake-pve/guests.hpp"

#include <algorithm>

#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/property_string.hpp"
#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/table.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

const RuleSet& config_rules(GuestKind kind) {
  static const auto rules_of = [](const std::string& path) {
    for (const Endpoint& endpoint : table().endpoints)
      if (endpoint.method == "PUT" && endpoint.path == path) return &endpoint.rules;
    return static_cast<const RuleSet*>(nullptr);
  };
  static const RuleSet* lxc = rules_of("/nodes/{node}/lxc/{vmid}/config");
  static const RuleSet* qemu = rules_of("/nodes/{node}/qemu/{vmid}/config");
  return kind == GuestKind::lxc ? *lxc : *qemu;
}

std::string folder(GuestKind kind) {
  return kind == GuestKind::lxc ? "lxc" : "qemu-server";
}

std::int64_t number_option(const Guest& guest, const std::string& name, std::int64_t otherwise) {
  return to_integer(guest.option(name)).value_or(otherwise);
}

std::string guest_name(const Guest& guest) {
  return guest.option(guest.kind == GuestKind::lxc ? "hostname" : "name");
}

std::int64_t guest_cpus(const State& state, const Guest& guest) {
  if (guest.kind == GuestKind::qemu)
    return number_option(guest, "cores", 1) * number_option(guest, "sockets", 1);
  for (const Node& node : state.nodes)
    if (node.name == guest.node) return number_option(guest, "cores", node.cpus);
  return 1;
}

std::string merged_value(const Guest& guest, const std::string& name, bool current) {
  const auto pending = guest.pending.find(name);
  if (current || pending == guest.pending.end()) return guest.option(name);
  return pending->second;
}

}  // namespace

std::string kind_word(GuestKind kind) {
  return kind == GuestKind::lxc ? "CT" : "VM";
}

std::string ha_id(const Guest& guest) {
  return lower(kind_word(guest.kind)) + ':' + std::to_string(guest.vmid);
}

Result<Guest*> find_guest(State& state, GuestKind kind, const std::string& node,
                          std::int64_t vmid) {
  Guest* guest = state.guest(vmid);
  if (!guest || guest->kind != kind || guest->node != node)
    return refuse("Configuration file 'nodes/" + node + '/' + folder(kind) + '/' +
                  std::to_string(vmid) + ".conf' does not exist");
  return guest;
}

Result<void> check_id_free(const State& state, std::int64_t vmid) {
  const auto taken = state.guests.find(vmid);
  if (taken == state.guests.end()) return {};
  return refuse(kind_word(taken->second.kind) + ' ' + std::to_string(vmid) +
                " already exists on node '" + taken->second.node + "'");
}

Result<void> check_unlocked(const Guest& guest) {
  if (!guest.is_set("lock")) return {};
  return refuse(kind_word(guest.kind) + " is locked (" + guest.option("lock") + ")");
}

Result<void> check_digest(const Guest& guest, const std::string& digest) {
  if (digest.empty() || digest == config_digest(guest)) return {};
  return refuse("detected modified configuration - file changed by other user? Try again.");
}

Result<void> check_quorum(const State& state) {
  if (state.quorate) return {};
  return refuse("cluster not ready - no quorum?");
}

std::string config_digest(const Guest& guest) {
  std::string text;
  for (const auto& [name, value] : guest.config) text += name + ": " + value + '\n';
  for (const auto& [name, value] : guest.raw) text += name + ": " + value + '\n';
  for (const auto& [name, value] : guest.pending) text += "pending " + name + ": " + value + '\n';
  for (const auto& name : guest.pending_delete) text += "delete " + name + '\n';
  for (const Snapshot& snapshot : guest.snapshots) text += "snapshot " + snapshot.name + '\n';
  return sha1_hex(text);
}

Json option_json(GuestKind kind, const std::string& name, const std::string& text) {
  if (name == "cipassword") return "**********";
  if (name == "template") return to_integer(text).value_or(0);
  const Rule* rule = config_rules(kind).find(name);
  const bool numeric =
      rule && (rule->type == ParamType::integer || rule->type == ParamType::boolean);
  const auto number = to_integer(text);
  if (numeric && number) return *number;
  return text;
}

Json options_json(GuestKind kind, const Options& options) {
  Json::Object out;
  for (const auto& [name, value] : options) out[name] = option_json(kind, name, value);
  return out;
}

Json config_json(const Guest& guest, bool current) {
  Json::Object out;
  for (const auto& [name, value] : guest.config)
    if (current || !guest.pending_delete.contains(name))
      out[name] = option_json(guest.kind, name, merged_value(guest, name, current));
  if (!current)
    for (const auto& [name, value] : guest.pending)
      out[name] = option_json(guest.kind, name, value);
  if (!guest.raw.empty()) {
    Json::Array lines;
    for (const auto& [key, value] : guest.raw) lines.push_back(Json::Array{key, value});
    out["lxc"] = std::move(lines);
  }
  out["digest"] = config_digest(guest);
  return out;
}

Json pending_json(const Guest& guest) {
  Json::Array rows;
  for (const auto& [name, value] : guest.config) {
    Json::Object row{{"key", name}, {"value", option_json(guest.kind, name, value)}};
    if (const auto change = guest.pending.find(name); change != guest.pending.end())
      row["pending"] = option_json(guest.kind, name, change->second);
    if (guest.pending_delete.contains(name)) row["delete"] = 1;
    rows.push_back(std::move(row));
  }
  for (const auto& [name, value] : guest.pending)
    if (!guest.config.contains(name))
      rows.push_back(
          Json::Object{{"key", name}, {"pending", option_json(guest.kind, name, value)}});
  rows.push_back(Json::Object{{"key", "digest"}, {"value", config_digest(guest)}});
  return rows;
}

std::int64_t disk_bytes(const Guest& guest) {
  if (guest.kind == GuestKind::lxc) {
    const Fields root = fields_of("lxc-rootfs", guest.option("rootfs"));
    const auto size = root.find("size");
    const std::int64_t bytes = size == root.end() ? 0 : parse_size(size->second).value_or(0);
    return bytes == 0 ? 4 * gibibyte : bytes;
  }
  for (const char* name : {"scsi0", "virtio0", "sata0", "ide0"}) {
    const std::string& drive = guest.option(name);
    const auto at = drive.find("size=");
    if (at != std::string::npos)
      return parse_size(drive.substr(at + 5, drive.find(',', at) - at - 5)).value_or(0);
  }
  return 0;
}

Broadcast true_status(const Guest& guest, std::int64_t now) {
  Broadcast shown;
  shown.status = guest.running ? "running" : "stopped";
  shown.name = guest_name(guest);
  shown.memory = number_option(guest, "memory", 512) * mebibyte;
  shown.disk = disk_bytes(guest);
  shown.uptime = guest.running ? now - guest.started_at + 1 : 0;
  shown.pid = guest.pid;
  return shown;
}

Json resource_row(const State& state, const Guest& guest) {
  const bool lxc = guest.kind == GuestKind::lxc;
  Json::Object row{{"id", (lxc ? "lxc/" : "qemu/") + std::to_string(guest.vmid)},
                   {"type", lxc ? "lxc" : "qemu"},
                   {"vmid", guest.vmid},
                   {"node", guest.node},
                   {"status", guest.shown.status}};
  if (const std::string pool = state.pool_of(guest.vmid); !pool.empty()) row["pool"] = pool;
  if (guest.is_set("tags")) row["tags"] = guest.option("tags");
  if (guest.is_set("lock")) row["lock"] = guest.option("lock");
  if (const auto ha = state.ha_resources.find(ha_id(guest)); ha != state.ha_resources.end())
    row["hastate"] = ha->second.contains("state") ? ha->second.at("state") : "started";
  if (guest.shown.status == "unknown") return row;
  row["name"] = guest.shown.name;
  row["template"] = guest.is_template() ? 1 : 0;
  row["maxcpu"] = guest_cpus(state, guest);
  row["maxmem"] = guest.shown.memory;
  row["maxdisk"] = guest.shown.disk;
  row["uptime"] = guest.shown.uptime;
  const bool running = guest.shown.status == "running";
  row["mem"] = running ? 16 * mebibyte : 0;
  row["disk"] = running && lxc ? 8 * mebibyte : 0;
  for (const char* zero : {"cpu", "memhost", "diskread", "diskwrite", "netin", "netout"})
    row[zero] = 0;
  return row;
}

Json status_json(const State& state, const Guest& guest, std::int64_t now, bool listed) {
  const bool lxc = guest.kind == GuestKind::lxc;
  const Broadcast truth = true_status(guest, now);
  Json::Object row{{"vmid", guest.vmid},
                   {"status", truth.status},
                   {"name", truth.name},
                   {"maxmem", truth.memory},
                   {"maxdisk", truth.disk},
                   {"uptime", truth.uptime},
                   {"cpus", guest_cpus(state, guest)}};
  row["mem"] = guest.running ? 16 * mebibyte : 0;
  row["disk"] = guest.running && lxc ? 8 * mebibyte : 0;
  for (const char* zero : {"cpu", "netin", "netout"}) row[zero] = 0;
  if (lxc) {
    row["type"] = "lxc";
    row["swap"] = 0;
    row["maxswap"] = number_option(guest, "swap", 512) * mebibyte;
  } else {
    row["memhost"] = 0;
    if (!listed) row["qmpstatus"] = truth.status;
    const Fields agent = fields_of("qemu-agent", guest.option("agent"));
    if (agent.contains("enabled") && agent.at("enabled") == "1") row["agent"] = 1;
  }
  if (lxc || guest.running) {
    row["diskread"] = 0;
    row["diskwrite"] = 0;
  }
  if (guest.is_set("tags")) row["tags"] = guest.option("tags");
  if (guest.is_set("lock")) row["lock"] = guest.option("lock");
  if (guest.is_template()) row["template"] = 1;
  if (guest.running) {
    row["pid"] = guest.pid;
    for (const char* what : {"cpu", "io", "memory"})
      for (const char* how : {"some", "full"}) row[std::string("pressure") + what + how] = Json();
  }
  if (listed) return row;
  Json::Object ha{{"managed", 0}};
  if (const auto managed = state.ha_resources.find(ha_id(guest));
      managed != state.ha_resources.end())
    ha = {{"managed", 1}, {"state", Json()}};
  row["ha"] = std::move(ha);
  return row;
}

std::string new_mac(State& state) {
  const std::uint64_t number = stable_hash("mac " + std::to_string(state.next_mac++));
  const auto prefix = state.cluster_options.find("mac_prefix");
  std::string mac = prefix == state.cluster_options.end() ? "BC:24:11" : upper(prefix->second);
  for (const int shift : {16, 8, 0}) mac += ':' + hex(number >> shift & 0xff, 2);
  return mac;
}

std::string normal_tags(const State& state, const std::string& tags) {
  const auto style = state.cluster_options.find("tag-style");
  const Fields rules = style == state.cluster_options.end()
                           ? Fields{}
                           : fields_of("cluster-tag-style", style->second);
  const bool keep_case = rules.contains("case-sensitive") && rules.at("case-sensitive") == "1";
  const bool keep_order = rules.contains("ordering") && rules.at("ordering") == "config";
  std::vector<std::string> unique;
  for (const std::string& word : split_list(tags)) {
    std::string tag = keep_case ? word : lower(word);
    if (std::find(unique.begin(), unique.end(), tag) == unique.end()) unique.push_back(tag);
  }
  if (!keep_order) std::sort(unique.begin(), unique.end());
  return join(unique, ";");
}

void forget_guest(State& state, std::int64_t vmid, bool purge) {
  const Guest* guest = state.guest(vmid);
  if (guest && purge) state.ha_resources.erase(ha_id(*guest));
  for (auto& [name, pool] : state.pools) pool.guests.erase(vmid);
  const std::string path = "/vms/" + std::to_string(vmid);
  std::erase_if(state.acl, [&](const AclEntry& entry) { return entry.path == path; });
  state.guests.erase(vmid);
}

}  // namespace paas::fake_pve
