#include "provider/resources/lxc/rules.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/container.hpp"
#include "provider/checks/checks.hpp"

namespace paas::lxc {
namespace {

using tf::at;
using tf::Diagnostics;
using tf::Path;
using tf::Value;

Result<void> must_be(const std::string& what) {
  return fail(Errc::invalid, "must be " + what);
}

bool all_of_these(std::string_view text, std::string_view extra) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

// The areas of the time zone database whose zones Proxmox knows.
constexpr std::string_view zone_areas[] = {"Africa", "America",  "Antarctica", "Arctic",
                                           "Asia",   "Atlantic", "Australia",  "Etc",
                                           "Europe", "Indian",   "Pacific"};

bool is_key_type(std::string_view word) {
  for (const std::string_view known : {"ssh-ed25519", "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp",
                                       "sk-ssh-ed25519@", "sk-ecdsa-sha2-nistp256@"})
    if (word.starts_with(known)) return true;
  return false;
}

// The type of a key and the key in base64, which begins with the length of the type in four bytes:
// "AAAA" (RFC 4253, section 6.6); options may stand before, a comment behind.
bool holds_public_key(std::string_view line) {
  const auto parts = words(line);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i)
    if (is_key_type(parts[i])) return parts[i + 1].starts_with("AAAA");
  return false;
}

bool is_true(const Value& value) {
  return value.as<bool>() && *value.as<bool>();
}
bool is_false(const Value& value) {
  return value.as<bool>() && !*value.as<bool>();
}

// Says so where two elements of a map have the same text at `attribute`, compared after `form`.
void each_once(const Value& config, const std::string& map_name, const std::string& attribute,
               const std::string& noun, std::string (*form)(std::string_view), Diagnostics& out) {
  const tf::Map* elements = at(config, map_name).as<tf::Map>();
  std::map<std::string, std::string> first;
  if (!elements) return;
  for (const auto& [key, element] : *elements) {
    const std::string* text = text_at(element, attribute);
    const std::string normal = text ? form(*text) : "";
    if (normal.empty()) continue;
    const auto [before, is_new] = first.emplace(normal, key);
    if (is_new) continue;
    out.push_back(tf::error_at(Path(map_name).key(key).attribute(attribute), "duplicate " + noun,
                               to_text(Path(map_name).key(before->second)) + " and " +
                                   to_text(Path(map_name).key(key)) + " have the same " + noun +
                                   ", " + *text + ". Give each its own."));
  }
}

std::string static_address(std::string_view text) {
  const auto cidr = parse_cidr4(text);
  if (cidr) return to_text(cidr->address);
  const auto cidr6 = parse_cidr6(text);
  return cidr6 ? to_text(cidr6->address) : "";
}

std::string trimmed_path(std::string_view text) {
  while (text.size() > 1 && text.back() == '/') text.remove_suffix(1);
  return std::string(text);
}

std::string as_written(std::string_view text) {
  return std::string(text);
}

void unique_rule(const Path&, const Value& config, Diagnostics& out) {
  each_once(config, "networks", "ipv4", "IPv4 address", static_address, out);
  each_once(config, "networks", "ipv6", "IPv6 address", static_address, out);
  each_once(config, "networks", "name", "interface name", as_written, out);
  each_once(config, "networks", "mac", "MAC address", upper, out);
  each_once(config, "mount_points", "path", "path", trimmed_path, out);
}

void started_rule(const Path&, const Value& config, Diagnostics& out) {
  const Value& started = at(config, "started");
  const bool runs = is_true(started) || (started.is_null() && !is_true(at(config, "is_template")));
  if (is_true(at(config, "is_template"))) {
    if (is_true(started))
      out.push_back(tf::error_at(Path("started"), "a template cannot run",
                                 "is_template is true. Leave started out or set it to false."));
    if (at(config, "ha").as<tf::Map>())
      out.push_back(tf::error_at(Path("ha"), "a template cannot be highly available",
                                 "is_template is true. Leave ha out."));
  }
  const std::string* state = text_at(at(config, "ha"), "state");
  const bool ha_known =
      at(config, "ha").as<tf::Map>() && !at(at(config, "ha"), "state").is_unknown();
  const std::string wanted = state ? *state : "started";
  const Path path = Path("ha").attribute("state");
  if (ha_known && wanted == "started" && is_false(started))
    out.push_back(tf::error_at(path, "contradicting states",
                               "ha.state is \"started\" but started is false. Set ha.state to "
                               "\"stopped\", or leave started out."));
  if (ha_known && (wanted == "stopped" || wanted == "disabled") && runs && !started.is_unknown())
    out.push_back(tf::error_at(
        path, "contradicting states",
        "ha.state is \"" + wanted + "\" but the container is to run. Set started to false."));
  const Value& wait = at(config, "wait_for_ip");
  if ((is_true(at(wait, "ipv4")) || is_true(at(wait, "ipv6"))) && is_false(started))
    out.push_back(tf::error_at(Path("wait_for_ip"), "no address to wait for",
                               "started is false. Leave wait_for_ip out, or let it start."));
}

void clone_rule(const Path&, const Value& config, Diagnostics& out) {
  const Value& clone = at(config, "clone");
  if (clone.as<tf::Map>())
    for (const char* secret : {"password_wo", "ssh_keys_wo"})
      if (!at(config, secret).is_null())
        out.push_back(tf::error_at(Path(secret), "not possible for a clone",
                                   "Proxmox can set it only while it unpacks a template: a clone "
                                   "has what its source has. Leave " +
                                       std::string(secret) + " out."));
  if (is_false(at(clone, "full")) && text_at(clone, "storage"))
    out.push_back(
        tf::error_at(Path("clone").attribute("storage"), "storage of a linked clone",
                     "A linked clone stays on the storage of its source. Leave storage out, "
                     "or set full to true."));
}

template <class Cidr, class Address>
void gateway_rule(const Path& path, const std::string& family, const std::string& configured,
                  const Result<Cidr>& network, const Result<Address>& gateway, Diagnostics& out) {
  if (!gateway) return;  // its own check speaks
  const Path here = path.attribute(family + "_gateway");
  if (!network) {
    out.push_back(tf::warning_at(here, "gateway without a static address",
                                 family + " is " +
                                     (configured.empty() ? "not set" : '"' + configured + '"') +
                                     ": the gateway has no effect."));
  } else if (network->address == *gateway) {
    out.push_back(tf::error_at(here, "gateway is the container itself",
                               "The gateway and " + family + " are the same address."));
  } else if (!network->contains(*gateway)) {
    out.push_back(tf::warning_at(here, "gateway outside the network",
                                 to_text(*gateway) + " is not in the network of " +
                                     to_text(*network) +
                                     ": it can only be reached if the bridge knows the way."));
  }
}

}  // namespace

std::vector<std::string> mount_option_words() {
  return {"discard", "lazytime", "noatime", "nodev", "noexec", "nosuid"};
}

tf::Check volume_or_host_path() {
  return [volume = checks::volume_id(), path = checks::absolute_path()](const Value& value) {
    if (volume(value) || path(value)) return Result<void>();
    return must_be("a volume id like \"local-lvm:vm-104-disk-1\" or an absolute path on the host");
  };
}

tf::Check octal_mode() {
  return [](const Value& value) {
    const std::string* text = value.as<std::string>();
    const bool fits = text && text->size() == 4 && text->front() == '0' &&
                      text->find_first_not_of("01234567") == std::string::npos;
    return fits ? Result<void>() : must_be("four octal digits, the first 0: \"0666\"");
  };
}

tf::Check pool_name() {
  return [](const Value& value) {
    const std::string* text = value.as<std::string>();
    const auto parts = split(text ? std::string_view(*text) : std::string_view(), '/');
    const bool fits = parts.size() <= 3 && std::all_of(parts.begin(), parts.end(), [](auto part) {
                        return all_of_these(part, ".-_");
                      });
    return fits ? Result<void>()
                : must_be(
                      "a pool: up to three names of letters, digits, '.', '-' and '_' with '/' "
                      "between them");
  };
}

tf::Check time_zone() {
  return [](const Value& value) {
    const std::string* text = value.as<std::string>();
    if (text && (*text == "host" || *text == "UTC")) return Result<void>();
    const auto parts = split(text ? std::string_view(*text) : std::string_view(), '/');
    const bool fits =
        parts.size() >= 2 && parts.size() <= 3 &&
        std::find(std::begin(zone_areas), std::end(zone_areas), parts[0]) != std::end(zone_areas) &&
        std::all_of(parts.begin(), parts.end(),
                    [](auto part) { return all_of_these(part, "_+-"); });
    return fits ? Result<void>()
                : must_be("\"host\", \"UTC\" or a time zone like \"Europe/Berlin\": " +
                          join({std::begin(zone_areas), std::end(zone_areas)}, ", ") +
                          ", then '/' and a place");
  };
}

tf::Check device_path() {
  return [path = checks::absolute_path()](const Value& value) {
    const std::string* text = value.as<std::string>();
    return text && path(value) && text->starts_with("/dev/") && text->back() != '/'
               ? Result<void>()
               : must_be("the path of a device below /dev, like \"/dev/net/tun\"");
  };
}

tf::Check ssh_key() {
  return [line = checks::one_line()](const Value& value) {
    const std::string* text = value.as<std::string>();
    return text && line(value) && holds_public_key(*text)
               ? Result<void>()
               : must_be(
                     "a public key as in an authorized_keys file, on one line: \"ssh-ed25519 "
                     "AAAA…\"");
  };
}

tf::Check environment_variables() {
  const tf::Check name = [](const Value& value) {
    const std::string* text = value.as<std::string>();
    const bool fits =
        text && all_of_these(*text, "_") && !(text->front() >= '0' && text->front() <= '9');
    return fits ? Result<void>()
                : must_be("a name of letters, digits and '_' that starts with no digit");
  };
  const tf::Check content = [](const Value& value) -> Result<void> {
    const std::string* text = value.as<std::string>();
    if (!text || text->find_first_of(std::string_view("\n\r\0", 3)) == std::string::npos) return {};
    return fail(Errc::invalid, "must have no line break");
  };
  return tf::all_of({tf::each_key(name), tf::each(content)});
}

tf::Same same_tags() {
  const auto normal = [](const Value& value) {
    std::vector<std::string> tags;
    if (const tf::List* list = value.as<tf::List>())
      for (const Value& tag : *list)
        if (const std::string* text = tag.as<std::string>()) tags.push_back(*text);
    return proxmox::normalised_tags(tags);
  };
  return
      [normal](const Value& prior, const Value& config) { return normal(prior) == normal(config); };
}

void mount_point_rule(const Path& path, const Value& mount_point, Diagnostics& out) {
  const Value& volume = at(mount_point, "volume");
  const Value& storage = at(mount_point, "storage");
  if (volume.is_null()) {
    const bool stored = !storage.is_null(), sized = !at(mount_point, "size").is_null();
    if (stored && sized) return;
    const std::string missing = stored  ? "no size"
                                : sized ? "no storage"
                                        : "no storage and no size";
    out.push_back(tf::error_at(path.attribute(stored ? "size" : "storage"),
                               "incomplete mount point",
                               to_text(path) + " has " + missing +
                                   ". A new volume needs both. Set them, or name an existing "
                                   "volume with volume."));
    return;
  }
  const std::string* named = volume.as<std::string>();
  if (!named) return;
  if (named->starts_with('/')) {
    for (const char* needless : {"storage", "size"})
      if (!at(mount_point, needless).is_null())
        out.push_back(tf::error_at(path.attribute(needless), "bind mount with a size or storage",
                                   "volume is a path on the host. Leave storage and size out."));
    return;
  }
  const std::string* stored_on = storage.as<std::string>();
  if (stored_on && !named->starts_with(*stored_on + ":"))
    out.push_back(tf::error_at(
        path.attribute("storage"), "volume on another storage",
        "volume is \"" + *named + "\", which is not on " + *stored_on + ". Leave storage out."));
}

void network_rule(const Path& path, const Value& device, Diagnostics& out) {
  const std::string* gateway4 = text_at(device, "ipv4_gateway");
  const std::string* gateway6 = text_at(device, "ipv6_gateway");
  const Value& ipv4 = at(device, "ipv4");
  const Value& ipv6 = at(device, "ipv6");
  const auto words_of = [](const Value& value) {
    const std::string* text = value.as<std::string>();
    return text ? *text : std::string();
  };
  if (gateway4 && ipv4.is_known())
    gateway_rule(path, "ipv4", words_of(ipv4), parse_cidr4(words_of(ipv4)), parse_ipv4(*gateway4),
                 out);
  if (gateway6 && ipv6.is_known() && !gateway6->starts_with("fe80:"))
    gateway_rule(path, "ipv6", words_of(ipv6), parse_cidr6(words_of(ipv6)), parse_ipv6(*gateway6),
                 out);
}

std::vector<tf::ObjectCheck> lxc_rules() {
  return {tf::at_most_one_of({"template", "clone"}), unique_rule, started_rule, clone_rule};
}

}  // namespace paas::lxc
