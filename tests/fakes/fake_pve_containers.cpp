// What the fake cluster does to its containers.
#include <algorithm>
#include <array>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/text.hpp"
#include "tests/fakes/fake_pve.hpp"

namespace paas::fakes {
namespace {

using proxmox::Params;

tl::unexpected<Error> say(int status, const std::string& text) {
  return tl::unexpected<Error>(
      proxmox::judge({status, text, print_json(Json::Object{{"message", text}})}).error());
}

tl::unexpected<Error> refuse_parameter(const std::string& key, const std::string& why) {
  const Json body = Json::Object{{"message", "Parameter verification failed.\n"},
                                 {"errors", Json::Object{{key, why}}}};
  return tl::unexpected<Error>(
      proxmox::judge({400, "Parameter verification failed.", print_json(body)}).error());
}

std::string value_of(const Params& params, std::string_view name) {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return {};
}

bool is_numbered(std::string_view key, std::string_view prefix) {
  return key.starts_with(prefix) && key.size() > prefix.size() &&
         key.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
}

// What only a create has, and what nobody may set.
bool is_setting(std::string_view key) {
  static constexpr std::array<std::string_view, 30> names{
      "arch",     "cmode",      "console",     "cores",    "cpulimit", "cpuunits",
      "debug",    "delete",     "description", "digest",   "env",      "entrypoint",
      "features", "hookscript", "hostname",    "lock",     "memory",   "nameserver",
      "onboot",   "ostype",     "protection",  "revert",   "rootfs",   "searchdomain",
      "startup",  "swap",       "tags",        "template", "timezone", "tty"};
  return std::find(names.begin(), names.end(), key) != names.end() || key == "unprivileged" ||
         is_numbered(key, "mp") || is_numbered(key, "net") || is_numbered(key, "dev") ||
         is_numbered(key, "unused");
}

// What a running container takes at once.
bool is_hot(std::string_view key, bool is_new) {
  static constexpr std::array<std::string_view, 13> names{
      "description", "onboot",   "startup",  "protection", "hostname", "hookscript", "cores",
      "tags",        "cpulimit", "cpuunits", "memory",     "swap",     "lock"};
  return std::find(names.begin(), names.end(), key) != names.end() || is_numbered(key, "net") ||
         (is_new && (is_numbered(key, "mp") || is_numbered(key, "dev")));
}

bool is_number_setting(std::string_view key) {
  static constexpr std::array<std::string_view, 10> names{
      "memory",       "swap",     "cores",    "onboot", "protection",
      "unprivileged", "template", "cpuunits", "tty",    "console"};
  return std::find(names.begin(), names.end(), key) != names.end();
}

// "local:8,mp=/data" asks for a new volume, "local:100/vm-100-disk-0.raw,…" names one.
bool asks_for_volume(std::string_view value) {
  const std::string_view volume = value.substr(0, value.find(','));
  const std::size_t colon = volume.find(':');
  return colon != std::string_view::npos && colon + 1 < volume.size() && volume[0] != '/' &&
         volume.find_first_not_of("0123456789.", colon + 1) == std::string_view::npos;
}

std::string size_of_gib(std::string_view gib) {
  const double mib = std::stod(std::string(gib)) * 1024;
  const auto whole = static_cast<std::int64_t>(mib);
  if (whole == 0) return "0T";
  return whole % 1024 == 0 ? std::to_string(whole / 1024) + "G" : std::to_string(whole) + "M";
}

std::int64_t mib_of_size(std::string_view size) {
  if (size.empty()) return 0;
  const auto number = parse_integer<std::int64_t>(size.substr(0, size.size() - 1)).value_or(0);
  switch (size.back()) {
    case 'T':
      return number * 1024 * 1024;
    case 'G':
      return number * 1024;
    default:
      return number;
  }
}

std::string without_size(std::string_view value, std::string* size) {
  std::vector<std::string> kept;
  for (const auto part : split(value, ',')) {
    if (part.starts_with("size=") && size != nullptr) *size = part.substr(5);
    if (!part.starts_with("size=")) kept.emplace_back(part);
  }
  return join(kept, ",");
}

std::string normal_tags(std::string_view text) {
  std::set<std::string> tags;
  for (const auto tag : words(text, ";, ")) tags.insert(lower(tag));
  return join({tags.begin(), tags.end()}, ";");
}

std::string digest_of(const FakePve::Container& container) {
  Sha256 hash;
  for (const auto& [key, value] : container.settings) hash.update(key + "=" + value + "\n");
  for (const auto& [key, value] : container.pending)
    hash.update("pending " + key + "=" + value.value_or("(delete)") + "\n");
  return hex(hash.finish()).substr(0, 40);
}

Json setting_json(const std::string& key, const std::string& value) {
  if (is_number_setting(key))
    if (const auto number = parse_integer<std::int64_t>(value)) return Json{*number};
  return Json{value};
}

void keep_as_unused(FakePve::Container& container, const std::string& value) {
  int index = 0;
  while (container.settings.contains("unused" + std::to_string(index))) ++index;
  container.settings["unused" + std::to_string(index)] = value.substr(0, value.find(','));
}

void apply_pending(FakePve::Container& container) {
  for (const auto& [key, value] : container.pending) {
    if (value) {
      container.settings[key] = *value;
      continue;
    }
    if (is_numbered(key, "mp")) keep_as_unused(container, container.settings[key]);
    container.settings.erase(key);
  }
  container.pending.clear();
}

}  // namespace

// --- creation
// --------------------------------------------------------------------------------------

Result<Json> FakePve::create(const std::string& node, const Params& params) {
  const int vmid = parse_integer<int>(value_of(params, "vmid")).value_or(0);
  if (id_is_used(vmid)) {
    const auto found = containers.find(vmid);
    const std::string where = found == containers.end() ? machines[vmid] : found->second.node;
    return say(500, (found == containers.end() ? "VM " : "CT ") + std::to_string(vmid) +
                        " already exists on node '" + where + "'");
  }
  if (const std::string pool = value_of(params, "pool"); !pool.empty() && !pools.contains(pool))
    return say(403, "Permission check failed (pool '" + pool + "' does not exist)");
  containers[vmid] = {node, {{"lock", "create"}}, {}, false, false, {}};
  return begin("vzcreate", vmid, node, [=, this]() -> Result<void> {
    const std::string volume = value_of(params, "ostemplate");
    if (!templates.contains(volume)) {
      containers.erase(vmid);
      return fail(Errc::not_found, "volume '" + volume + "' does not exist");
    }
    std::map<std::string, std::string> settings{{"memory", "512"},     {"swap", "512"},
                                                {"arch", "amd64"},     {"ostype", "debian"},
                                                {"unprivileged", "1"}, {"rootfs", "local:4"}};
    settings["hostname"] = "CT" + std::to_string(vmid);
    for (const auto& [key, value] : params)
      if (is_setting(key)) settings[key] = value;
    if (oci_images.contains(volume)) {
      for (const auto& [key, value] : oci_settings) settings[key] = value;
      for (auto& [key, value] : settings)
        if (is_numbered(key, "net")) value += ",host-managed=1";
    }
    finish_creation(vmid, std::move(settings), value_of(params, "pool"));
    return {};
  });
}

void FakePve::finish_creation(int vmid, std::map<std::string, std::string> settings,
                              std::string pool) {
  Container& container = containers.at(vmid);
  container.settings.clear();
  container.pool = std::move(pool);
  for (const auto& [key, value] : settings) {
    const bool volume = key == "rootfs" || is_numbered(key, "mp");
    container.settings[key] = volume && asks_for_volume(value) ? allocate(vmid, value)
                                                               : stored(vmid, nullptr, key, value);
  }
}

Result<Json> FakePve::clone(int source, const Params& params) {
  const int vmid = parse_integer<int>(value_of(params, "newid")).value_or(0);
  if (id_is_used(vmid)) return say(500, "CT " + std::to_string(vmid) + " already exists");
  const Container from = containers.at(source);
  if (from.running && value_of(params, "snapname").empty())
    return say(500, "Full clone of a running container is only possible from a snapshot");
  const std::string target = value_of(params, "target");
  containers[vmid] = {
      target.empty() ? from.node : target, {{"lock", "create"}}, {}, false, false, {}};
  return begin("vzclone", vmid, from.node, [=, this]() -> Result<void> {
    auto settings = from.settings;
    settings.erase("template");
    for (auto& [key, value] : settings) {
      if (is_numbered(key, "net")) {
        const std::size_t mac = value.find(",hwaddr=");
        if (mac != std::string::npos) value.erase(mac, 25);
        value.erase(std::min(value.find(",type=veth"), value.size()));
      }
      if ((key == "rootfs" || is_numbered(key, "mp")) && value[0] != '/') {
        std::string size;
        const std::string rest = without_size(value, &size);
        const std::size_t comma = rest.find(',');
        value = allocate(vmid, "local:1" + (comma == std::string::npos ? "" : rest.substr(comma)));
        value = without_size(value, nullptr) + ",size=" + size;
      }
    }
    for (const char* key : {"hostname", "description"})
      if (const std::string value = value_of(params, key); !value.empty()) settings[key] = value;
    finish_creation(vmid, std::move(settings), value_of(params, "pool"));
    return {};
  });
}

std::string FakePve::allocate(int vmid, const std::string& value) {
  const std::size_t comma = value.find(',');
  const std::string volume = value.substr(0, comma);
  const std::size_t colon = volume.find(':');
  const std::string id = std::to_string(vmid);
  std::string out = volume.substr(0, colon) + ":" + id + "/vm-" + id + "-disk-" +
                    std::to_string(allocations_++) + ".raw";
  if (comma != std::string::npos) out += value.substr(comma);
  return out + ",size=" + size_of_gib(volume.substr(colon + 1));
}

// --- settings
// ----------------------------------------------------------------------------------------

Json FakePve::settings(const Container& container) const {
  Json::Array list;
  const auto add = [&](const std::string& key, Json::Object entry) {
    entry.emplace("key", key);
    list.push_back(std::move(entry));
  };
  for (const auto& [key, value] : container.settings) {
    Json::Object entry{{"value", setting_json(key, value)}};
    if (const auto found = container.pending.find(key); found != container.pending.end()) {
      if (found->second)
        entry.emplace("pending", setting_json(key, *found->second));
      else
        entry.emplace("delete", 1);
    }
    add(key, std::move(entry));
  }
  for (const auto& [key, value] : container.pending)
    if (value && !container.settings.contains(key))
      add(key, {{"pending", setting_json(key, *value)}});
  add("digest", {{"value", digest_of(container)}});
  return Json{std::move(list)};
}

Result<Json> FakePve::configure(int vmid, const Params& params) {
  Container& container = containers.at(vmid);
  for (const auto& [key, value] : params)
    if (!is_setting(key))
      return refuse_parameter(key,
                              "property is not defined in schema and the schema does not allow "
                              "additional properties");
  const std::string digest = value_of(params, "digest");
  const std::size_t options = params.size() - (digest.empty() ? 0 : 1);
  if (options == 0) return say(500, "no options specified");
  if (const auto lock = container.settings.find("lock"); lock != container.settings.end())
    return say(500, "CT is locked (" + lock->second + ")");
  if (!digest.empty() && digest != digest_of(container))
    return say(500, "detected modified configuration - file changed by other user? Try again.");
  std::size_t applied = 0;
  for (const auto& [key, value] : params) {
    if (key == "digest") continue;
    if (half_ && applied == half_->first) {
      const std::string text = half_->second;
      half_.reset();
      return say(500, text);
    }
    if (key == "delete") {
      for (const auto gone : words(value, ",")) TRY(remove_setting(container, std::string(gone)));
    } else {
      TRY(apply(vmid, container, key, value));
    }
    ++applied;
  }
  if (!container.running) apply_pending(container);
  return Json{};
}

Result<void> FakePve::apply(int vmid, Container& container, const std::string& key,
                            const std::string& value) {
  if (key == "unprivileged") return say(500, "unable to modify read-only option: 'unprivileged'");
  const bool is_new = !container.settings.contains(key);
  const std::string text = stored(vmid, &container, key, value);
  if (container.running && !is_hot(key, is_new)) {
    container.pending[key] = text;
    return {};
  }
  container.pending.erase(key);
  container.settings[key] = text;
  return {};
}

Result<void> FakePve::remove_setting(Container& container, const std::string& key) {
  if (!is_setting(key)) return refuse_parameter("delete", "unknown option '" + key + "'");
  if (key == "memory" || key == "rootfs" || key == "ostype")
    return say(500, "unable to delete required option '" + key + "'");
  const auto found = container.settings.find(key);
  container.pending.erase(key);
  if (found == container.settings.end()) return {};
  if (container.running && !is_hot(key, false) && !is_numbered(key, "unused")) {
    container.pending[key] = std::nullopt;
    return {};
  }
  const std::string value = found->second;
  container.settings.erase(found);
  if (is_numbered(key, "mp")) keep_as_unused(container, value);
  return {};
}

// A setting as the server writes it down.
std::string FakePve::stored(int vmid, Container* current, const std::string& key,
                            const std::string& value) {
  if (key == "tags") return normal_tags(value);
  if (key == "description") {
    std::string text = value;
    while (text.ends_with("\n")) text.pop_back();
    return text + "\n";
  }
  if (is_numbered(key, "net")) {
    std::string text = value;
    if (text.find("hwaddr=") == std::string::npos) {
      std::string number = std::to_string(100000 + macs_++);
      text += ",hwaddr=BC:24:11:" + number.substr(0, 2) + ":" + number.substr(2, 2) + ":" +
              number.substr(4, 2);
    }
    return text + ",type=veth";
  }
  if (is_numbered(key, "mp") && current != nullptr) {
    const auto found = current->settings.find(key);
    const auto volume = [](const std::string& text) { return text.substr(0, text.find(',')); };
    if (found != current->settings.end() && volume(found->second) != volume(value))
      keep_as_unused(*current, found->second);
    if (asks_for_volume(value)) return allocate(vmid, value);
  }
  return value;  // of rootfs too, whatever it is
}

// --- volumes and life
// --------------------------------------------------------------------------------

Result<Json> FakePve::resize(int vmid, const Params& params) {
  Container& container = containers.at(vmid);
  const std::string disk = value_of(params, "disk");
  const std::string wanted = value_of(params, "size");
  const auto found = container.settings.find(disk);
  if (found == container.settings.end()) return say(500, "no such disk " + disk);
  std::string size;
  const std::string rest = without_size(found->second, &size);
  if (mib_of_size(wanted) < mib_of_size(size)) return say(500, "unable to shrink disk size");
  return begin("resize", vmid, container.node, [=, this]() -> Result<void> {
    containers.at(vmid).settings[disk] = rest + ",size=" + wanted;
    return {};
  });
}

Result<Json> FakePve::change_status(int vmid, const std::string& action) {
  Container& container = containers.at(vmid);
  const std::string ct = "CT " + std::to_string(vmid);
  if (action == "start" && container.running) return say(500, ct + " already running");
  if (action != "start" && !container.running) return say(500, ct + " not running");
  const bool runs = action == "start" || action == "reboot";
  const bool by_ha = ha.contains(vmid) && action != "reboot";
  const std::string type =
      (by_ha ? "ha" : "vz") + (action == "shutdown" && by_ha ? "stop" : action);
  return begin(type, vmid, container.node, [=, this]() -> Result<void> {
    Container& it = containers.at(vmid);
    it.running = runs;
    apply_pending(it);
    return {};
  });
}

Result<Json> FakePve::migrate(int vmid, const Params& params) {
  Container& container = containers.at(vmid);
  const std::string target = value_of(params, "target");
  if (std::find(nodes_.begin(), nodes_.end(), target) == nodes_.end())
    return say(500, "no such cluster node '" + target + "'");
  if (target == container.node) return refuse_parameter("target", "target is local node.");
  const bool restart = value_of(params, "restart") == "1";
  if (container.running && !restart)
    return say(500, "can't migrate running container without --online or --restart");
  const bool by_ha = ha.contains(vmid);
  return begin(by_ha ? "hamigrate" : "vzmigrate", vmid, container.node,
               [=, this]() -> Result<void> {
                 if (offline.contains(target))
                   return fail(Errc::unavailable, "no route to node '" + target + "'");
                 if (by_ha && ha_moves_after > 0) {
                   asked_to_move_[vmid] = target;
                   return {};
                 }
                 containers.at(vmid).node = target;
                 if (containers.at(vmid).running) apply_pending(containers.at(vmid));
                 return {};
               });
}

Json FakePve::interfaces(int vmid) {
  const Container& container = containers.at(vmid);
  if (!container.running) return {};
  const bool leased = addresses_after == 0;
  if (addresses_after > 0) --addresses_after;
  Json::Array list{Json::Object{
      {"name", "lo"},
      {"ip-addresses", Json::Array{Json::Object{{"ip-address", "127.0.0.1"}, {"prefix", "8"}}}}}};
  for (const auto& [key, value] : container.settings) {
    if (!is_numbered(key, "net")) continue;
    Json::Array addresses{Json::Object{{"ip-address", "fe80::1"}, {"prefix", "64"}}};
    std::string name;
    for (const auto part : split(value, ',')) {
      if (part.starts_with("name=")) name = part.substr(5);
      const bool ipv4 = part.starts_with("ip="), ipv6 = part.starts_with("ip6=");
      if (!ipv4 && !ipv6) continue;
      std::string address(part.substr(part.find('=') + 1));
      address = address.substr(0, address.find('/'));
      if (address == "dhcp" || address == "auto") {
        if (!leased) continue;
        address = (ipv4 ? "192.0.2." : "2001:db8::") + std::to_string(vmid % 250);
      }
      addresses.push_back(Json::Object{{"ip-address", address}, {"prefix", "24"}});
    }
    list.push_back(Json::Object{{"name", name}, {"ip-addresses", std::move(addresses)}});
  }
  return Json{std::move(list)};
}

Result<Json> FakePve::destroy(int vmid) {
  Container& container = containers.at(vmid);
  const std::string ct = "CT " + std::to_string(vmid);
  if (const auto lock = container.settings.find("lock"); lock != container.settings.end())
    return say(500, "CT is locked (" + lock->second + ")");
  if (container.settings.contains("protection") && container.settings["protection"] == "1")
    return say(500, "can't remove " + ct + " - protection mode enabled");
  if (container.running) return say(500, "unable to destroy " + ct + " - container is running");
  return begin("vzdestroy", vmid, container.node, [=, this]() -> Result<void> {
    containers.erase(vmid);
    ha.erase(vmid);
    return {};
  });
}

}  // namespace paas::fakes
