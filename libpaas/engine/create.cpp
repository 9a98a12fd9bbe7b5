#include "libpaas/engine/create.hpp"

#include <algorithm>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"

namespace paas::engine {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  if (text.empty() || text.size() > 255 || letters.find(text.front()) == letters.npos) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letters.find(c) != letters.npos || c == '_' || c == '.' || c == '-';
  });
}

bool is_path(std::string_view text) {
  return text.starts_with('/') && text.find('\0') == text.npos && text.size() < 4096;
}

bool is_variable(std::string_view name) {
  return !name.empty() && name.find('=') == name.npos && name.find('\0') == name.npos;
}

Result<void> checked_mount(const model::Mount& mount) {
  const std::string where = "the mount at " + excerpt(mount.target, 200);
  if (!is_path(mount.target)) return fail(Errc::invalid, where + " has no absolute path");
  const bool fits =
      mount.kind == model::MountKind::tmpfs ||
      (mount.kind == model::MountKind::bind ? is_path(mount.source) : is_name(mount.source));
  if (!fits) return fail(Errc::invalid, where + " has a source that is none");
  return {};
}

Result<void> checked_network(const model::ContainerSpec& spec) {
  if (spec.network.empty()) {
    if (spec.address.empty() && spec.mac.empty()) return {};
    return fail(Errc::invalid, "an address needs a network");
  }
  if (!is_name(spec.network)) return fail(Errc::invalid, "the network's name is none");
  if (!spec.address.empty()) TRY(parse_ipv4(spec.address));
  if (!spec.mac.empty()) TRY(parse_mac(spec.mac));
  for (const std::string& server : spec.dns_servers) {
    if (!parse_ipv4(server) && !parse_ipv6(server)) {
      return fail(Errc::invalid, excerpt(server, 60) + " is no address of a name server");
    }
  }
  return {};
}

}  // namespace

Result<void> checked(const model::ContainerSpec& spec) {
  if (!is_name(spec.name)) {
    return fail(Errc::invalid, excerpt(spec.name, 100) + " is no name for a container");
  }
  if (spec.image_id.empty()) return fail(Errc::invalid, "a container needs an image");
  for (const model::Mount& mount : spec.container.mounts) TRY(checked_mount(mount));
  for (const auto& [target, source] : spec.secret_files) {
    if (!is_path(target) || !is_path(source)) {
      return fail(Errc::invalid, "a secret's file needs absolute paths");
    }
  }
  for (const model::Device& device : spec.container.devices) {
    const bool plain = is_path(device.host) && is_path(device.container) &&
                       device.host.find(':') == std::string::npos &&
                       device.container.find(':') == std::string::npos;
    if (!plain || device.access.find_first_not_of("rwm") != std::string::npos) {
      return fail(Errc::invalid, "the device " + excerpt(device.host, 200) + " is none");
    }
  }
  for (const auto& [name, value] : environment_of(spec)) {
    if (!is_variable(name) || value.find('\0') != std::string::npos) {
      return fail(Errc::invalid, "the variable " + excerpt(name, 100) + " is none");
    }
  }
  return checked_network(spec);
}

model::TextMap environment_of(const model::ContainerSpec& spec) {
  model::TextMap all = spec.secret_environment;
  all.insert(spec.container.environment.begin(), spec.container.environment.end());
  return all;
}

Run run_of(const model::ContainerSpec& spec, const HostFacts& host) {
  Run run{spec.container.entrypoint, spec.container.command};
  if (run.entrypoint && run.entrypoint->empty()) run.entrypoint = model::Texts{""};
  if (!run.entrypoint && run.command && run.command->empty() && !host.image_entrypoint.empty()) {
    run.entrypoint = host.image_entrypoint;
  }
  return run;
}

Result<std::string> mac_of(const model::ContainerSpec& spec) {
  if (!spec.mac.empty()) return lower(to_text(TRY(parse_mac(spec.mac))));
  if (spec.address.empty()) return std::string();
  return stable_mac(spec.address);
}

model::TextMap sysctls_of(const model::ContainerSpec& spec) {
  model::TextMap all = spec.container.sysctls;
  all.emplace("net.ipv4.ip_unprivileged_port_start", "0");
  return all;
}

Json json_of(const model::TextMap& map) {
  Json::Object object;
  for (const auto& [key, value] : map) object.emplace(key, Json(value));
  return Json(std::move(object));
}

Json json_of(const model::Texts& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

}  // namespace paas::engine
