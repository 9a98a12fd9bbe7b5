// How `pve ls` shows what it found.

#include <cmath>
#include <string>

#include "agent/commands/pve_ls.hpp"
#include "agent/table.hpp"
#include "libpaas/base/table.hpp"

namespace paas::agent::commands {
namespace {

template <class T>
Json list_json(const std::vector<T>& things, Json (*one)(const T&)) {
  Json::Array out;
  for (const T& thing : things) out.push_back(one(thing));
  return out;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array out;
  for (const std::string& text : texts) out.push_back(text);
  return out;
}

std::string texts_cell(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ",") + text;
  return out;
}

std::string usage_cell(std::uint64_t used, std::uint64_t total) {
  if (total == 0) return "";
  return size_cell(used) + " of " + size_cell(total);
}

std::string load_cell(double load) {
  return std::to_string(std::lround(load * 100)) + "%";
}

std::string kind_text(proxmox::GuestKind kind) {
  return kind == proxmox::GuestKind::container ? "lxc" : "qemu";
}

}  // namespace

Json nodes_json(const std::vector<proxmox::Node>& nodes) {
  return list_json<proxmox::Node>(nodes, [](const proxmox::Node& node) -> Json {
    return Json::Object{{"name", node.name},
                        {"online", node.online},
                        {"cores", node.cores},
                        {"cpu_load", node.cpu_load},
                        {"memory_bytes", node.memory_bytes},
                        {"memory_used_bytes", node.memory_used_bytes},
                        {"disk_bytes", node.disk_bytes},
                        {"disk_used_bytes", node.disk_used_bytes},
                        {"uptime_s", node.uptime_s}};
  });
}

Json guests_json(const std::vector<proxmox::Guest>& guests) {
  return list_json<proxmox::Guest>(guests, [](const proxmox::Guest& guest) -> Json {
    return Json::Object{{"vmid", guest.vmid},
                        {"type", kind_text(guest.kind)},
                        {"node", guest.node},
                        {"name", guest.name},
                        {"status", guest.status},
                        {"tags", texts_json(guest.tags)},
                        {"pool", guest.pool},
                        {"lock", guest.lock},
                        {"ha_state", guest.ha_state},
                        {"template", guest.is_template},
                        {"cores", guest.cores},
                        {"memory_bytes", guest.memory_bytes},
                        {"disk_bytes", guest.disk_bytes},
                        {"uptime_s", guest.uptime_s}};
  });
}

Json storages_json(const std::vector<proxmox::Storage>& storages) {
  return list_json<proxmox::Storage>(storages, [](const proxmox::Storage& storage) -> Json {
    return Json::Object{{"name", storage.name},
                        {"node", storage.node},
                        {"type", storage.type},
                        {"content", texts_json(storage.content)},
                        {"shared", storage.shared},
                        {"available", storage.available},
                        {"total_bytes", storage.total_bytes},
                        {"used_bytes", storage.used_bytes}};
  });
}

Json templates_json(const std::vector<proxmox::Template>& templates) {
  return list_json<proxmox::Template>(templates, [](const proxmox::Template& entry) -> Json {
    return Json::Object{{"volume", entry.volume},   {"node", entry.node},
                        {"storage", entry.storage}, {"file_name", entry.file_name},
                        {"format", entry.format},   {"size_bytes", entry.size_bytes}};
  });
}

std::string nodes_table(const std::vector<proxmox::Node>& nodes) {
  std::vector<Row> rows;
  rows.reserve(nodes.size());
  for (const proxmox::Node& node : nodes) {
    rows.push_back({node.name, node.online ? "online" : "offline", std::to_string(node.cores),
                    load_cell(node.cpu_load), usage_cell(node.memory_used_bytes, node.memory_bytes),
                    usage_cell(node.disk_used_bytes, node.disk_bytes), uptime_cell(node.uptime_s)});
  }
  return table({"NODE", "STATUS", "CORES", "LOAD", "MEMORY", "DISK", "UPTIME"}, rows);
}

std::string guests_table(const std::vector<proxmox::Guest>& guests) {
  std::vector<Row> rows;
  rows.reserve(guests.size());
  for (const proxmox::Guest& guest : guests) {
    rows.push_back({std::to_string(guest.vmid), kind_text(guest.kind), guest.node, guest.name,
                    guest.is_template ? "template" : guest.status, std::to_string(guest.cores),
                    size_cell(guest.memory_bytes), size_cell(guest.disk_bytes), guest.pool,
                    texts_cell(guest.tags)});
  }
  return table({"ID", "TYPE", "NODE", "NAME", "STATUS", "CORES", "MEMORY", "DISK", "POOL", "TAGS"},
               rows);
}

std::string storages_table(const std::vector<proxmox::Storage>& storages) {
  std::vector<Row> rows;
  rows.reserve(storages.size());
  for (const proxmox::Storage& storage : storages) {
    rows.push_back({storage.name, storage.node, storage.type, storage.shared ? "yes" : "no",
                    storage.available ? "available" : "unavailable",
                    usage_cell(storage.used_bytes, storage.total_bytes),
                    texts_cell(storage.content)});
  }
  return table({"STORAGE", "NODE", "TYPE", "SHARED", "STATUS", "USED", "CONTENT"}, rows);
}

std::string templates_table(const std::vector<proxmox::Template>& templates) {
  std::vector<Row> rows;
  rows.reserve(templates.size());
  for (const proxmox::Template& entry : templates) {
    rows.push_back({entry.volume, entry.node, size_cell(entry.size_bytes), entry.format});
  }
  return table({"VOLUME", "NODE", "SIZE", "FORMAT"}, rows);
}

}  // namespace paas::agent::commands
