#include "tests/fake-pve/formats.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <map>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using Problem = std::optional<std::string>;
using Check = std::function<Problem(std::string_view)>;

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool is_alpha(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

bool all_of_set(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alnum(c) || extra.find(c) != std::string_view::npos;
  });
}

Problem unless(bool fine, std::string message) {
  if (fine) return {};
  return message;
}

bool is_cidr(std::string_view text, bool (*is_address)(std::string_view), std::int64_t longest) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !is_address(text.substr(0, slash))) return false;
  const auto bits = to_integer(text.substr(slash + 1));
  return bits && *bits > 7 && *bits <= longest;
}
bool is_cidr4(std::string_view text) {
  return is_cidr(text, is_ipv4, 32);
}
bool is_cidr6(std::string_view text) {
  return is_cidr(text, is_ipv6, 128);
}

bool is_label(std::string_view text) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) && all_of_set(text, "-");
}

Problem check_id(std::string_view text, const std::string& kind) {
  const std::string quoted = kind + " ID '" + std::string(text) + "'";
  if (text.size() < 2) return quoted + " cannot be shorter than 2 characters";
  const bool fine = is_alpha(text.front()) && is_alnum(text.back()) && all_of_set(text, "-_.");
  return unless(fine, quoted + " contains illegal characters");
}

Problem check_mac(std::string_view text) {
  const auto bytes = split_fields(text, ':');
  bool fine = bytes.size() == 6;
  for (const std::string& byte : bytes)
    fine = fine && byte.size() == 2 &&
           byte.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  fine = fine && std::string_view("02468aceACE").find(text[1]) != std::string_view::npos;
  return unless(fine, "value does not look like a valid unicast MAC address");
}

Problem check_vmid(std::string_view text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  const bool fine = digits && text.size() >= 3 && text.size() <= 9 && text.front() != '0';
  return unless(fine, "value does not look like a valid VM ID");
}

Problem check_config_id(std::string_view text) {
  const bool fine = text.size() >= 2 && is_alpha(text.front()) && all_of_set(text, "-_");
  return unless(fine, "invalid configuration ID '" + std::string(text) + "'");
}

Problem check_volume_id(std::string_view text) {
  const auto colon = text.find(':');
  const bool fine = colon != std::string_view::npos && colon + 1 < text.size() &&
                    !check_id(text.substr(0, colon), "storage");
  return unless(fine, "unable to parse volume ID '" + std::string(text) + "'\n");
}

Problem check_startup(std::string_view text) {
  bool fine = !text.empty();
  for (const std::string& word : split_words(text, ",")) {
    const auto equals = word.find('=');
    const std::string key = equals == std::string::npos ? "order" : word.substr(0, equals);
    const auto number = to_integer(equals == std::string::npos ? word : word.substr(equals + 1));
    fine = fine && number && *number >= 0 && (key == "order" || key == "up" || key == "down");
  }
  return unless(fine, "unable to parse startup options");
}

Problem check_tag(std::string_view text) {
  const bool fine =
      !text.empty() && (is_alnum(text.front()) || text.front() == '_') && all_of_set(text, "_-+.");
  return unless(fine, "invalid characters in tag");
}

Problem check_path_like(std::string_view text) {
  const std::string padded = std::string(text) + '/';
  const bool bad = padded.find("/./") != std::string::npos ||
                   padded.find("/../") != std::string::npos || text.starts_with("../");
  return unless(!bad, std::string(text) + " contains illegal character sequences");
}

Problem check_device(std::string_view text) {
  if (const auto problem = check_path_like(text)) return problem;
  return unless(text.starts_with("/dev/"), std::string(text) + " is not a valid device path");
}

Problem check_ip(std::string_view text) {
  return unless(is_ipv4(text) || is_ipv6(text), "value does not look like a valid IP address");
}

Problem check_nameserver(std::string_view text) {
  const auto percent = text.find('%');
  const bool link_local = percent != std::string_view::npos && percent + 1 < text.size() &&
                          is_ipv6(text.substr(0, percent)) && lower(text).starts_with("fe80");
  return link_local ? Problem{} : check_ip(text);
}

Problem check_timezone(std::string_view text) {
  const bool fine = text == "host" || text == "UTC" || text.find('/') != std::string_view::npos;
  return unless(fine, "invalid time zone '" + std::string(text) + "'");
}

Problem check_ha_resource(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view id = colon == std::string_view::npos ? text : text.substr(colon + 1);
  const bool typed =
      colon == std::string_view::npos || text.starts_with("ct:") || text.starts_with("vm:");
  return unless(typed && !check_vmid(id),
                "unable to parse HA resource ID '" + std::string(text) + "'");
}

Problem check_storage_content(std::string_view text) {
  static constexpr std::array<std::string_view, 8> known = {"images", "rootdir",  "vztmpl", "iso",
                                                            "backup", "snippets", "import", "none"};
  const bool fine = std::find(known.begin(), known.end(), text) != known.end();
  return unless(fine, "invalid content type '" + std::string(text) + "'");
}

Problem check_urlencoded(std::string_view text) {
  return unless(all_of_set(text, "-%_.!~*'()"), "invalid urlencoded string: " + std::string(text));
}

Problem check_task_status(std::string_view text) {
  const std::string word = lower(text);
  const bool fine = word == "ok" || word == "error" || word == "warning" || word == "unknown";
  return unless(fine, "invalid status '" + std::string(text) + "'");
}

Problem check_pair(std::string_view text) {
  for (const std::string& id : split_fields(text, ':'))
    if (id != "1" && check_id(id, "storage"))
      return "entry '" + std::string(text) + "' contains invalid ID";
  return {};
}

Problem check_network4(std::string_view text) {
  return unless(text == "dhcp" || text == "manual" || is_cidr4(text),
                "value does not look like a valid ipv4 network configuration");
}
Problem check_network6(std::string_view text) {
  return unless(text == "auto" || text == "dhcp" || text == "manual" || is_cidr6(text),
                "value does not look like a valid ipv6 network configuration");
}

Problem check_pool(std::string_view text) {
  const auto levels = split_fields(text, '/');
  bool fine = levels.size() <= 3;
  for (const std::string& level : levels) fine = fine && !level.empty() && all_of_set(level, "_.-");
  return unless(fine, "value '" + std::string(text) + "' does not look like a valid pool ID");
}

Problem check_realm(std::string_view text) {
  const bool fine = text.size() >= 2 && is_alpha(text.front()) && all_of_set(text, ".-_");
  return unless(fine, "value does not look like a valid realm");
}

Problem check_bridge(std::string_view text) {
  return unless(!text.empty() && all_of_set(text, "-_."),
                "invalid bridge ID '" + std::string(text) + "'");
}

Problem check_interface(std::string_view text) {
  const bool fine = text.size() >= 2 && is_alpha(text.front()) && all_of_set(text, "_:.");
  return unless(fine, "invalid network interface name '" + std::string(text) + "'");
}

const std::map<std::string, Check, std::less<>>& checks() {
  static const std::map<std::string, Check, std::less<>> known = {
      {"pve-node",
       [](auto v) { return unless(is_label(v), "value does not look like a valid node name"); }},
      {"pve-vmid", check_vmid},
      {"pve-configid", check_config_id},
      {"pve-storage-id", [](auto v) { return check_id(v, "storage"); }},
      {"pve-poolid", check_pool},
      {"pve-volume-id", check_volume_id},
      {"pve-realm", check_realm},
      {"pve-startup-order", check_startup},
      {"pve-tag", check_tag},
      {"pve-ct-timezone", check_timezone},
      {"pve-storage-content", check_storage_content},
      {"pve-lxc-mp-string", check_path_like},
      {"pve-lxc-dev-string", check_device},
      {"pve-ipv4-config", check_network4},
      {"pve-ipv6-config", check_network6},
      {"pve-ha-resource-or-vm-id", check_ha_resource},
      {"pve-task-status-type", check_task_status},
      {"pve-bridge-id", check_bridge},
      {"pve-iface", check_interface},
      {"storage-pair", check_pair},
      {"lxc-ip-with-ll-iface", check_nameserver},
      {"mac-addr", check_mac},
      {"urlencoded", check_urlencoded},
      {"ip", check_ip},
      {"ipv4",
       [](auto v) { return unless(is_ipv4(v), "value does not look like a valid IPv4 address"); }},
      {"ipv6",
       [](auto v) { return unless(is_ipv6(v), "value does not look like a valid IPv6 address"); }},
      {"CIDR",
       [](auto v) {
         return unless(is_cidr4(v) || is_cidr6(v), "value does not look like a valid CIDR network");
       }},
      {"dns-name",
       [](auto v) { return unless(is_dns_name(v), "value does not look like a valid DNS name"); }},
      {"disk-size",
       [](auto v) {
         return unless(parse_size(v).has_value(),
                       "value does not look like a valid disk size: " + std::string(v));
       }},
  };
  return known;
}

bool is_printable(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

bool is_assignment(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  return all_of_set(text.substr(0, equals), "_") &&
         (equals + 1 == text.size() || is_printable(text.substr(equals + 1)));
}

bool is_repository(std::string_view text) {
  for (const std::string& part : split_fields(text, '/'))
    if (part.empty() || !is_alnum(part.front()) || !is_alnum(part.back()) ||
        !all_of_set(part, "._-:"))
      return false;
  return lower(text) == text;
}

bool is_reference(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find('/', colon) != std::string_view::npos)
    return false;
  const std::string_view tag = text.substr(colon + 1);
  return is_repository(text.substr(0, colon)) && !tag.empty() && tag.size() <= 128 &&
         all_of_set(tag, "_.-");
}

}  // namespace

bool is_ipv4(std::string_view text) {
  in_addr address{};
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_dns_name(std::string_view text) {
  const auto labels = split_fields(text, '.');
  return std::all_of(labels.begin(), labels.end(), [](const auto& l) { return is_label(l); });
}

std::optional<std::string> format_problem(std::string_view format, std::string_view value) {
  if (format.ends_with("-list")) {
    for (const std::string& word : split_list(value))
      if (auto problem = format_problem(format.substr(0, format.size() - 5), word)) return problem;
    return {};
  }
  if (format.ends_with("-opt")) {
    if (value.empty()) return {};
    format.remove_suffix(4);
  }
  const auto check = checks().find(format);
  return check == checks().end() ? Problem{} : check->second(value);
}

bool has_shape(std::string_view shape, std::string_view value) {
  if (shape == "printable") return is_printable(value);
  if (shape == "oci-reference") return is_reference(value);
  if (shape == "oci-repository") return is_repository(value);
  const auto assignments = split_fields(value, '\0');
  return std::all_of(assignments.begin(), assignments.end(),
                     [](const std::string& one) { return is_assignment(one); });
}

}  // namespace paas::fake_pve
