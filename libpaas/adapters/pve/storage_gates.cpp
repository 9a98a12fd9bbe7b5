#include "libpaas/adapters/pve/storage_gates.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::pve {
namespace {

constexpr std::chrono::minutes abandoned_after{15};
constexpr std::chrono::seconds look_again_after{30};

// The storage of "local-lvm:8,mp=/data": allocated, since a bare size stands where the name of an
// existing volume would. "" for everything else.
std::string allocated_on(std::string_view volume) {
  const std::string_view source = volume.substr(0, volume.find(','));
  const auto colon = source.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == source.size()) return {};
  const std::string_view size = source.substr(colon + 1);
  if (size.find_first_not_of("0123456789.") != std::string_view::npos) return {};
  return std::string(source.substr(0, colon));
}

bool holds_volume(std::string_view parameter) {
  return parameter == "rootfs" ||
         (parameter.starts_with("mp") && parse_integer<int>(parameter.substr(2)).has_value());
}

}  // namespace

std::vector<std::string> allocations(const proxmox::Call& call) {
  if (call.method != proxmox::Method::post && call.method != proxmox::Method::put) return {};
  const auto parts = split(call.path, '/');  // "", "nodes", "pve1", "lxc", …
  if (parts.size() < 4 || parts[1] != "nodes" || parts[3] != "lxc") return {};
  std::vector<std::string> out;
  for (const auto& [name, value] : call.params) {
    const bool clone_target = name == "storage" && parts.back() == "clone";
    const std::string storage =
        clone_target ? value : (holds_volume(name) ? allocated_on(value) : std::string());
    if (!storage.empty()) out.push_back(std::string(parts[2]) + "/" + storage);
  }
  std::sort(out.begin(), out.end());  // everybody takes them in this order: no deadlock
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<StorageGates::Places> StorageGates::enter(const std::vector<std::string>& storages,
                                                 std::stop_token stop) {
  Places out;
  if (places_ == 0) return out;
  std::unique_lock lock(mutex_);
  for (const std::string& storage : storages) {
    const auto free = [&] { return taken_[storage] < places_; };
    while (!changed_.wait_for(lock, stop, look_again_after, free) && !stop.stop_requested()) {
      forget_abandoned();
    }
    if (stop.stop_requested()) {
      give_back(out);
      return fail(Errc::cancelled, "stopped before anything was sent");
    }
    ++taken_[storage];
    out.push_back(storage);
  }
  return out;
}

void StorageGates::leave(const Places& places) {
  const std::lock_guard lock(mutex_);
  give_back(places);
}

void StorageGates::keep(const std::string& upid, Places places) {
  if (places.empty()) return;
  const std::lock_guard lock(mutex_);
  kept_.insert_or_assign(upid, Kept{std::move(places), clock_.steady()});
}

void StorageGates::done(const std::string& upid) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(upid);
  if (found == kept_.end()) return;
  give_back(found->second.places);
  kept_.erase(found);
}

void StorageGates::give_back(const Places& places) {
  for (const std::string& storage : places) --taken_[storage];
  if (!places.empty()) changed_.notify_all();
}

void StorageGates::forget_abandoned() {
  const auto now = clock_.steady();
  std::erase_if(kept_, [&](const auto& entry) {
    if (now - entry.second.since < abandoned_after) return false;
    give_back(entry.second.places);
    return true;
  });
}

}  // namespace paas::pve
