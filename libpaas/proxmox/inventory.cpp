#include "libpaas/proxmox/inventory.hpp"

#include <algorithm>
#include <tuple>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/container.hpp"

namespace paas::proxmox {
namespace {

std::string entry_text(const Json& entry, std::string_view key) {
  const std::string* text = entry[key].string();
  return text ? *text : std::string();
}

// A count that may be absent, text, or a decimal fraction; never negative.
std::uint64_t entry_count(const Json& entry, std::string_view key) {
  const Json& value = entry[key];
  const std::string* text = value.string();
  const auto whole = text ? parse_integer<std::int64_t>(*text) : value.integer();
  if (whole) return static_cast<std::uint64_t>(std::max<std::int64_t>(0, *whole));
  const auto real = value.real();
  if (!real || *real < 0 || *real > 1e18) return 0;
  return static_cast<std::uint64_t>(*real);
}

int entry_int(const Json& entry, std::string_view key) {
  return static_cast<int>(std::min<std::uint64_t>(entry_count(entry, key), 2'000'000'000));
}

std::vector<std::string> sorted_words(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view word : words(text, ", ")) out.emplace_back(word);
  std::sort(out.begin(), out.end());
  return out;
}

Node parse_node(const Json& entry) {
  Node node;
  node.name = entry_text(entry, "node");
  node.online = entry_text(entry, "status") == "online";
  node.cores = entry_int(entry, "maxcpu");
  node.memory_bytes = entry_count(entry, "maxmem");
  node.memory_used_bytes = entry_count(entry, "mem");
  node.disk_bytes = entry_count(entry, "maxdisk");
  node.disk_used_bytes = entry_count(entry, "disk");
  node.uptime_s = entry_count(entry, "uptime");
  node.cpu_load = entry["cpu"].real().value_or(0);
  return node;
}

Guest parse_guest(const Json& entry, GuestKind kind) {
  Guest guest;
  guest.vmid = entry_int(entry, "vmid");
  guest.kind = kind;
  guest.node = entry_text(entry, "node");
  guest.name = entry_text(entry, "name");
  guest.status = entry_text(entry, "status");
  guest.tags = normalised_tags({entry_text(entry, "tags")});
  guest.pool = entry_text(entry, "pool");
  guest.lock = entry_text(entry, "lock");
  guest.ha_state = entry_text(entry, "hastate");
  guest.is_template = entry_count(entry, "template") == 1;
  guest.cores = entry_int(entry, "maxcpu");
  guest.memory_bytes = entry_count(entry, "maxmem");
  guest.disk_bytes = entry_count(entry, "maxdisk");
  guest.uptime_s = entry_count(entry, "uptime");
  return guest;
}

Storage parse_storage(const Json& entry) {
  Storage storage;
  storage.name = entry_text(entry, "storage");
  storage.node = entry_text(entry, "node");
  storage.type = entry_text(entry, "plugintype");
  storage.content = sorted_words(entry_text(entry, "content"));
  storage.shared = entry_count(entry, "shared") == 1;
  storage.available = entry_text(entry, "status") == "available";
  storage.total_bytes = entry_count(entry, "maxdisk");
  storage.used_bytes = entry_count(entry, "disk");
  return storage;
}

tl::unexpected<Error> odd_inventory(std::string_view what) {
  return fail(Errc::internal, "unable to understand the list of " + std::string(what));
}

}  // namespace

Result<Resources> parse_resources(const Json& data) {
  if (!data.array()) return odd_inventory("cluster resources");
  Resources out;
  for (const Json& entry : *data.array()) {
    const std::string type = entry_text(entry, "type");
    if (type == "node") {
      out.nodes.push_back(parse_node(entry));
      if (out.nodes.back().name.empty()) return odd_inventory("cluster resources");
    } else if (type == "lxc" || type == "qemu") {
      out.guests.push_back(
          parse_guest(entry, type == "lxc" ? GuestKind::container : GuestKind::machine));
      if (out.guests.back().vmid == 0 || out.guests.back().node.empty())
        return odd_inventory("cluster resources");
    } else if (type == "storage") {
      out.storages.push_back(parse_storage(entry));
    }
  }
  std::sort(out.nodes.begin(), out.nodes.end(),
            [](const Node& a, const Node& b) { return a.name < b.name; });
  std::sort(out.guests.begin(), out.guests.end(),
            [](const Guest& a, const Guest& b) { return a.vmid < b.vmid; });
  std::sort(out.storages.begin(), out.storages.end(), [](const Storage& a, const Storage& b) {
    return std::tie(a.node, a.name) < std::tie(b.node, b.name);
  });
  return out;
}

Result<std::map<int, std::string>> parse_statuses(const Json& data) {
  if (!data.array()) return odd_inventory("containers");
  std::map<int, std::string> out;
  for (const Json& entry : *data.array()) {
    const int vmid = entry_int(entry, "vmid");
    if (vmid == 0) return odd_inventory("containers");
    out.emplace(vmid, entry_text(entry, "status"));
  }
  return out;
}

Result<std::vector<Template>> parse_templates(const Json& data, const std::string& node,
                                              const std::string& storage) {
  if (!data.array()) return odd_inventory("templates");
  std::vector<Template> out;
  for (const Json& entry : *data.array()) {
    if (entry_text(entry, "content") != "vztmpl") continue;
    Template one;
    one.volume = entry_text(entry, "volid");
    one.node = node;
    one.storage = storage;
    one.file_name = one.volume.substr(one.volume.find('/') + 1);
    one.format = entry_text(entry, "format");
    one.size_bytes = entry_count(entry, "size");
    one.changed = static_cast<std::int64_t>(entry_count(entry, "ctime"));
    if (one.volume.empty()) return odd_inventory("templates");
    out.push_back(std::move(one));
  }
  std::sort(out.begin(), out.end(),
            [](const Template& a, const Template& b) { return a.volume < b.volume; });
  return out;
}

}  // namespace paas::proxmox
