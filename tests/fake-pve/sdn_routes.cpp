// /cluster/sdn and the firewall groups: enough for what is recorded. Changes stay pending, since
// applying them is not served.
#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/guests.hpp"

namespace paas::fake_pve {
namespace {

Options given_options(const Params& params, const std::string& key) {
  Options options;
  for (const auto& [name, value] : params.all())
    if (name != key && name != "lock-token") options[name] = value.text;
  return options;
}

Json object_of(const Options& options) {
  Json::Object out;
  for (const auto& [name, value] : options) out[name] = value;
  return out;
}

// Rows of things that have never been applied: seen only when asked for pending ones.
Result<Reply> list_pending(const Call& call, const std::map<std::string, Options>& all,
                           const std::string& key, const std::string& type) {
  Json::Array rows;
  for (const auto& [name, options] : all) {
    if (!call.params.flag("pending") && call.params.flag("running")) continue;
    Json::Object row{{key, name}, {"digest", Json()}};
    row["type"] = type.empty() ? options.at("type") : type;
    if (call.params.flag("pending")) {
      row["state"] = "new";
      row["pending"] = object_of(options);
    } else {
      for (const auto& [option, value] : options) row[option] = value;
    }
    rows.push_back(std::move(row));
  }
  return Json(std::move(rows));
}

Result<Reply> list_zones(Call& call) {
  return list_pending(call, call.state.sdn_zones, "zone", "");
}
Result<Reply> list_vnets(Call& call) {
  return list_pending(call, call.state.sdn_vnets, "vnet", "vnet");
}

Result<Reply> create_zone(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("zone");
  if (call.state.sdn_zones.contains(name))
    return refuse("create sdn zone object failed: sdn zone object ID '" + name +
                  "' already defined");
  call.state.sdn_zones[name] = given_options(call.params, "zone");
  return Json();
}

Result<Reply> create_vnet(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("vnet");
  if (call.state.sdn_vnets.contains(name))
    return refuse("create sdn vnet object failed: sdn vnet object ID '" + name +
                  "' already defined");
  if (!call.state.sdn_zones.contains(call.params.text("zone")))
    return refuse("create sdn vnet object failed: zone '" + call.params.text("zone") +
                  "' does not exist");
  call.state.sdn_vnets[name] = given_options(call.params, "vnet");
  return Json();
}

Result<Reply> create_group(Call& call) {
  TRY(check_quorum(call.state));
  const std::string name = call.params.text("group");
  if (call.state.firewall_groups.contains(name))
    return refuse_parameter("group", "Security group '" + name + "' already exists");
  call.state.firewall_groups[name] = given_options(call.params, "group");
  return Json();
}

}  // namespace

Routes sdn_routes() {
  return {{"GET", "/cluster/sdn/zones", list_zones},
          {"POST", "/cluster/sdn/zones", create_zone},
          {"GET", "/cluster/sdn/vnets", list_vnets},
          {"POST", "/cluster/sdn/vnets", create_vnet},
          {"POST", "/cluster/firewall/groups", create_group}};
}

}  // namespace paas::fake_pve
