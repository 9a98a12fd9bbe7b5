#include "libpaas/direct/inventory.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/advice.hpp"
#include "libpaas/proxmox/calls.hpp"

namespace paas::direct {
namespace {

std::optional<int> ha_number(const Json& entry, std::string_view key) {
  if (const std::string* text = entry[key].string()) return parse_integer<int>(*text);
  const auto number = entry[key].integer();
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::string ha_text(const Json& entry, std::string_view key) {
  const std::string* text = entry[key].string();
  return text ? *text : std::string();
}

Result<std::map<int, HaState>> parse_ha_resources(const Json& data) {
  if (!data.array())
    return fail(Errc::internal, "unable to understand the list of high availability resources");
  std::map<int, HaState> out;
  for (const Json& entry : *data.array()) {
    const std::string sid = ha_text(entry, "sid");
    if (!sid.starts_with("ct:")) continue;
    const auto vmid = parse_integer<int>(std::string_view(sid).substr(3));
    if (!vmid) continue;
    HaState state;
    if (const std::string text = ha_text(entry, "state"); !text.empty()) state.state = text;
    if (state.state == "enabled") state.state = "started";  // two names for one thing
    state.group = ha_text(entry, "group");
    state.comment = ha_text(entry, "comment");
    state.max_restart = ha_number(entry, "max_restart");
    state.max_relocate = ha_number(entry, "max_relocate");
    if (const auto failback = ha_number(entry, "failback")) state.failback = *failback != 0;
    out.emplace(*vmid, std::move(state));
  }
  return out;
}

bool holds_templates(const proxmox::Storage& storage) {
  return storage.available && std::find(storage.content.begin(), storage.content.end(), "vztmpl") !=
                                  storage.content.end();
}

}  // namespace

std::optional<proxmox::Guest> guest_in(const proxmox::Resources& resources, int vmid) {
  const auto found =
      std::lower_bound(resources.guests.begin(), resources.guests.end(), vmid,
                       [](const proxmox::Guest& guest, int id) { return guest.vmid < id; });
  if (found == resources.guests.end() || found->vmid != vmid) return {};
  return *found;
}

Result<std::shared_ptr<const proxmox::Resources>> Inventory::resources(std::stop_token stop) {
  return resources_.get(
      [&]() -> Result<proxmox::Resources> {
        return proxmox::parse_resources(TRY(pve_.call(proxmox::cluster_resources(), stop)));
      },
      stop);
}

Result<std::optional<proxmox::Guest>> Inventory::guest(int vmid, std::stop_token stop) {
  return guest_in(*TRY(resources(stop)), vmid);
}

Result<std::shared_ptr<const std::map<int, std::string>>> Inventory::statuses(
    const std::string& node, std::stop_token stop) {
  std::shared_ptr<Statuses> shared;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = statuses_[node];
    if (!slot) slot = std::make_shared<Statuses>();
    shared = slot;
  }
  return shared->get(
      [&]() -> Result<std::map<int, std::string>> {
        return proxmox::parse_statuses(TRY(pve_.call(proxmox::list_containers(node), stop)));
      },
      stop);
}

Result<std::shared_ptr<const std::map<int, HaState>>> Inventory::ha(std::stop_token stop) {
  return ha_.get(
      [&]() -> Result<std::map<int, HaState>> {
        return parse_ha_resources(TRY(pve_.call(proxmox::list_ha_resources(), stop)));
      },
      stop);
}

void Inventory::changed() {
  resources_.forget();
  ha_.forget();
  const std::lock_guard lock(mutex_);
  statuses_.clear();
}

void Inventory::changed(int vmid) {
  changed();
  const std::lock_guard lock(mutex_);
  changed_.insert(vmid);
}

bool Inventory::has_changed(int vmid) const {
  const std::lock_guard lock(mutex_);
  return changed_.contains(vmid);
}

Result<std::vector<proxmox::Template>> Inventory::templates(const std::string& node,
                                                            std::stop_token stop) {
  const auto all = TRY(resources(stop));
  if (!node.empty()) {
    std::vector<std::string> names;
    for (const proxmox::Node& one : all->nodes) names.push_back(one.name);
    TRY(proxmox::require_node(node, names));
  }
  std::set<std::string> shared_seen;
  std::vector<proxmox::Template> out;
  for (const proxmox::Storage& storage : all->storages) {
    if (!holds_templates(storage) || (!node.empty() && storage.node != node)) continue;
    if (storage.shared && !shared_seen.insert(storage.name).second) continue;
    auto data = pve_.call(proxmox::list_templates(storage.node, storage.name), stop);
    if (!data)
      return fail_while("list templates on " + storage.name + " of " + storage.node,
                        std::move(data));
    for (auto& one : TRY(proxmox::parse_templates(*data, storage.node, storage.name)))
      out.push_back(std::move(one));
  }
  std::sort(out.begin(), out.end(), [](const proxmox::Template& a, const proxmox::Template& b) {
    return std::tie(a.node, a.volume) < std::tie(b.node, b.volume);
  });
  return out;
}

}  // namespace paas::direct
