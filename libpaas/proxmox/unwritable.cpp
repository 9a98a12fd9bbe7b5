// Which values of a configuration cannot be written, for want of a way to quote them.
#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/container.hpp"

namespace paas::proxmox {
namespace {

// Collects values that hold a character their place cannot carry.
class WritableCheck {
 public:
  // A setting of one line.
  void line(const std::string& attribute, std::string_view value) {
    if (has_control(value)) add(attribute, "holds a control character");
  }
  // A value inside a property string.
  void property(const std::string& attribute, std::string_view value) {
    if (value.find(',') != std::string_view::npos) add(attribute, "holds a comma");
    line(attribute, value);
  }
  // An element of a list inside a property string, separated by ';'.
  void element(const std::string& attribute, std::string_view value) {
    if (value.find_first_of("; ") != std::string_view::npos) add(attribute, "holds ';' or a blank");
    property(attribute, value);
  }
  // A word of a list separated by blanks, commas or ';'.
  void word(const std::string& attribute, std::string_view value) {
    if (value.empty() || value.find_first_of(";, ") != std::string_view::npos)
      add(attribute, "is empty, or holds ',', ';' or a blank");
    line(attribute, value);
  }
  void text(const std::string& attribute, std::string_view value) {
    if (value.find('\0') != std::string_view::npos) add(attribute, "holds a NUL character");
    if (!is_utf8(value)) add(attribute, "is not UTF-8");
  }
  void add(const std::string& attribute, std::string message) {
    found_.push_back({attribute, std::move(message)});
  }
  std::vector<Unwritable> found() && { return std::move(found_); }

 private:
  static bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  }

  std::vector<Unwritable> found_;
};

void check_mount(WritableCheck& check, const std::string& name, const Mount& mount) {
  check.property(name + ".volume", mount.volume);
  check.property(name + ".path", mount.path);
  for (const std::string& option : mount.mount_options)
    check.element(name + ".mount_options", option);
  // "local:8" would be read as a wish for a new volume of 8 GiB.
  const std::size_t colon = mount.volume.find(':');
  if (colon != std::string::npos && mount.volume[0] != '/' &&
      mount.volume.find_first_not_of("0123456789.", colon + 1) == std::string::npos)
    check.add(name + ".volume", "names a size where a volume belongs");
}

void check_network(WritableCheck& check, const std::string& name, const Network& network) {
  check.property(name + ".name", network.name);
  check.property(name + ".bridge", network.bridge);
  check.property(name + ".mac", network.mac);
  check.property(name + ".ipv4", network.ipv4);
  check.property(name + ".gateway4", network.gateway4);
  check.property(name + ".ipv6", network.ipv6);
  check.property(name + ".gateway6", network.gateway6);
  check.property(name + ".rate", network.rate.value_or(""));
}

void check_environment(WritableCheck& check, const ContainerConfig& config) {
  for (const auto& [name, value] : config.environment) {
    const std::string attribute = "environment." + name;
    if (name.empty() || name.find('=') != std::string::npos)
      check.add(attribute, "is no name of a variable");
    check.line(attribute, name);
    check.line(attribute, value);
  }
}

}  // namespace

std::vector<Unwritable> unwritable(const ContainerConfig& config) {
  WritableCheck check;
  const auto line = [&](const char* name, const std::optional<std::string>& value) {
    if (value) check.line(name, *value);
  };
  line("hostname", config.hostname);
  if (config.description) check.text("description", *config.description);
  line("arch", config.arch);
  line("os_type", config.os_type);
  line("cpu_limit", config.cpu_limit);
  line("dns_domain", config.dns_domain);
  line("timezone", config.timezone);
  line("console_mode", config.console_mode);
  line("hook_script", config.hook_script);
  line("entrypoint", config.entrypoint);
  for (const std::string& tag : config.tags) check.word("tags", tag);
  if (config.dns_servers)
    for (const std::string& server : *config.dns_servers) check.word("dns_servers", server);
  if (config.root) check_mount(check, "root", *config.root);
  for (const auto& [key, mount] : config.mounts) check_mount(check, "mounts." + key, mount);
  for (const auto& [key, network] : config.networks)
    check_network(check, "networks." + key, network);
  for (const auto& [key, device] : config.devices) {
    check.property("devices." + key + ".path", device.path);
    check.property("devices." + key + ".mode", device.mode.value_or(""));
  }
  if (config.features)
    for (const std::string& type : config.features->mount) check.element("features.mount", type);
  check_environment(check, config);
  return std::move(check).found();
}

}  // namespace paas::proxmox
