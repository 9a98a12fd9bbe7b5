// /nodes: the nodes themselves, their network, clock and resolver.
#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/nodes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::int64_t root_bytes = 256 * gibibyte;
constexpr const char* kernel = "6.17.4-1-pve";

std::string invented_fingerprint(const std::string& node) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 32; ++i)
    bytes.push_back(hex(stable_hash(node + std::to_string(i)) & 0xff, 2));
  return join(bytes, ":");
}

Result<Reply> list_nodes(Call& call) {
  Json::Array rows;
  for (const Node& node : call.state.nodes) {
    Json::Object row{{"id", "node/" + node.name},
                     {"node", node.name},
                     {"type", "node"},
                     {"ssl_fingerprint", invented_fingerprint(node.name)}};
    const bool known = call.state.settings.broadcasting;
    row["status"] = !known ? "unknown" : node.online ? "online" : "offline";
    if (known && node.online) row["level"] = "";
    if (known && node.online && may(call.state, call.login, "/nodes/" + node.name, "Sys.Audit")) {
      row["maxcpu"] = node.cpus;
      row["maxmem"] = node.memory;
      row["maxdisk"] = root_bytes;
      row["cpu"] = 0;
      row["mem"] = node.memory / 8;
      row["disk"] = root_bytes / 8;
      row["uptime"] = call.world.now() - node.boot_time;
    }
    rows.push_back(std::move(row));
  }
  return Json(std::move(rows));
}

Json cpu_json(const Node& node) {
  return Json::Object{
      {"cores", node.cpus}, {"cpus", node.cpus},       {"sockets", 1},   {"hvm", "1"},
      {"mhz", "2400.000"},  {"model", "Virtual CPU"},  {"user_hz", 100}, {"flags", "fpu sse2 avx"},
      {"family", "6"},      {"vendor", "GenuineIntel"}};
}

Result<Reply> node_status(Call& call) {
  const Node& node = *call.state.node(call.node());
  const std::int64_t memory_used = node.memory / 8;
  return Json(Json::Object{{"uptime", call.world.now() - node.boot_time},
                           {"pveversion", "pve-manager/9.2.11/14a22df3"},
                           {"kversion", std::string("Linux ") + kernel + " #1 SMP PREEMPT_DYNAMIC"},
                           {"current-kernel", Json::Object{{"sysname", "Linux"},
                                                           {"release", kernel},
                                                           {"version", "#1 SMP PREEMPT_DYNAMIC"},
                                                           {"machine", "x86_64"}}},
                           {"boot-info", Json::Object{{"mode", "legacy-bios"}}},
                           {"cpu", 0},
                           {"wait", 0},
                           {"idle", 0},
                           {"cpuinfo", cpu_json(node)},
                           {"loadavg", Json::Array{"0.10", "0.20", "0.15"}},
                           {"memory", Json::Object{{"total", node.memory},
                                                   {"used", memory_used},
                                                   {"free", node.memory - memory_used},
                                                   {"available", node.memory - memory_used}}},
                           {"swap", Json::Object{{"total", 0}, {"used", 0}, {"free", 0}}},
                           {"ksm", Json::Object{{"shared", 0}}},
                           {"rootfs", Json::Object{{"total", root_bytes},
                                                   {"used", root_bytes / 8},
                                                   {"free", root_bytes - root_bytes / 8},
                                                   {"avail", root_bytes - root_bytes / 8}}}});
}

Json bridge_json(const Node& node, std::size_t index) {
  Json::Object row{{"iface", node.bridges[index]},
                   {"type", "bridge"},
                   {"active", 1},
                   {"autostart", 1},
                   {"bridge_ports", "eth" + std::to_string(index)},
                   {"bridge_stp", "off"},
                   {"bridge_fd", "0"},
                   {"families", Json::Array{"inet"}},
                   {"method6", "manual"},
                   {"priority", static_cast<std::int64_t>(index) + 3}};
  if (index == 0) {
    row["method"] = "static";
    row["address"] = node.address;
    row["netmask"] = "24";
    row["cidr"] = node.address + "/24";
    row["gateway"] = "192.168.99.1";
  } else {
    row["method"] = "manual";
  }
  return row;
}

Result<Reply> node_network(Call& call) {
  const std::string type = call.params.text("type");
  const Node& node = *call.state.node(call.node());
  Json::Array rows;
  if (type.empty() || type == "bridge" || type == "include_sdn" || type.starts_with("any_"))
    for (std::size_t i = 0; i < node.bridges.size(); ++i) rows.push_back(bridge_json(node, i));
  if (type == "include_sdn" || type == "vnet")
    for (const auto& [name, options] : call.state.sdn_vnets)
      rows.push_back(Json::Object{{"iface", name}, {"type", "vnet"}, {"active", 1}});
  return Json(std::move(rows));
}

Result<Reply> node_dns(Call&) {
  return Json(Json::Object{{"dns1", "192.168.99.1"}});
}

Result<Reply> node_time(Call& call) {
  return Json(Json::Object{
      {"timezone", "Etc/UTC"}, {"time", call.world.now()}, {"localtime", call.world.now()}});
}

Result<Reply> node_version(Call&) {
  return Json(Json::Object{{"release", "9.2"}, {"version", "9.2.11"}, {"repoid", "14a22df3"}});
}

}  // namespace

Routes node_routes() {
  return {{"GET", "/nodes", list_nodes},
          {"GET", "/nodes/{node}/status", node_status},
          {"GET", "/nodes/{node}/network", node_network},
          {"GET", "/nodes/{node}/dns", node_dns},
          {"GET", "/nodes/{node}/time", node_time},
          {"GET", "/nodes/{node}/version", node_version}};
}

}  // namespace paas::fake_pve
