#include "libpaas/blueprint/host.hpp"

#include <algorithm>

#include "libpaas/base/field_reader.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/paths.hpp"

namespace paas::blueprint {
namespace host_form {

using namespace model;

constexpr DocumentLimits limits{
    .max_bytes = std::size_t{1} << 20, .max_depth = 16, .max_nodes = 20'000};
constexpr std::string_view archive = "oci-archive:";

// "443", "8000-8999"
Result<PortRange> parse_range(std::string_view text) {
  const auto ends = split(text, '-');
  const auto first = parse_integer<std::uint16_t>(ends[0]);
  const auto last = ends.size() == 2 ? parse_integer<std::uint16_t>(ends[1]) : first;
  if (ends.size() > 2 || !first || !last || *first == 0 || *first > *last) {
    return fail(Errc::invalid, "must be a port or a range of ports, like 443 or 8000-8999");
  }
  return PortRange{*first, *last};
}

// Complains about each text of a list that is not as `good` has it.
template <class Good>
void judge(FieldReader& in, std::string_view name, const Texts& texts, const Good& good,
           const std::string& message) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!good(texts[i])) in.flaw_of_item(name, i, message);
  }
}

bool is_folder(const std::string& path) {
  return path == "/" || is_path(path);
}

bool is_device_pattern(const std::string& path) {
  return is_path(path) && path.starts_with("/dev/");
}

bool is_capability(const std::string& name) {
  return !name.empty() && !name.starts_with("CAP_") &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == name.npos;
}

// A host with a port if need be; '*' alone, or in place of its first labels.
bool is_registry_pattern(const std::string& text) {
  std::string_view host = text;
  if (host == "*") return true;
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]_") == host.npos;
}

bool is_sysctl(const std::string& name) {
  return !name.empty() && name.size() <= 256 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

void read_rules(FieldReader& in, HostRules& out) {
  int format = 1;
  in.integer("format", format, {1, 1});
  in.texts("bind_roots", out.bind_roots);
  judge(in, "bind_roots", out.bind_roots, is_folder,
        "must be an absolute path without \"..\", and without '/' at its end");
  in.texts("capabilities", out.capabilities);
  judge(in, "capabilities", out.capabilities, is_capability,
        "must be a capability in upper case without CAP_, like NET_ADMIN");
  in.texts("devices", out.devices);
  judge(in, "devices", out.devices, is_device_pattern,
        "must be a path below /dev, in which '*' stands for a part of a name");
  in.flag("privileged", out.privileged);
  in.flag("new_privileges", out.new_privileges);
  if (in.has("registries")) out.registries.clear();
  in.texts("registries", out.registries);
  judge(in, "registries", out.registries, is_registry_pattern,
        "must be a host in lower case, *.example.org for all below it, or *");
  in.texts("archive_roots", out.archive_roots);
  judge(in, "archive_roots", out.archive_roots, is_folder,
        "must be an absolute path without \"..\", and without '/' at its end");
  Texts ranges;
  in.texts("ports", ranges);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (auto range = parse_range(ranges[i])) {
      out.ports.push_back(*range);
    } else {
      in.flaw_of_item("ports", i, range.error().message);
    }
  }
  in.flag("public_ports", out.public_ports);
  in.texts("sysctls", out.sysctls);
  judge(in, "sysctls", out.sysctls, is_sysctl, "must be the name of a kernel parameter");
  in.flag("require_signed_commits", out.require_signed_commits);
}

// Where an image is fetched, as engines read a reference; empty for one that is named by its id.
std::string registry_of(std::string_view image) {
  const auto slash = image.find('/');
  const std::string_view first = image.substr(0, slash);
  const bool is_id =
      image.starts_with("sha256:") ||
      (image.size() == 64 && image.find_first_not_of("0123456789abcdef") == image.npos);
  if (is_id) return {};
  if (slash == image.npos) return "docker.io";
  return first.find_first_of(".:") != first.npos || first == "localhost" ? lower(first)
                                                                         : "docker.io";
}

bool is_registry_allowed(const std::string& host, const HostRules& rules) {
  return std::any_of(rules.registries.begin(), rules.registries.end(), [&](const auto& pattern) {
    if (pattern == "*" || pattern == host) return true;
    return pattern.starts_with("*.") && host.size() > pattern.size() - 1 &&
           host.ends_with(std::string_view(pattern).substr(1));
  });
}

bool is_loopback(const std::string& address) {
  if (address.empty() || address == "::1") return true;
  const auto v4 = parse_ipv4(address);
  if (v4) return v4->bits >> 24 == 127;
  const auto v6 = parse_ipv6(address);
  return v6 && *v6 == *parse_ipv6("::1");
}

class Judge {
 public:
  explicit Judge(const HostRules& rules) : rules_(rules) {}

  void registry(const std::string& path, const std::string& host) {
    if (is_registry_allowed(lower(host), rules_)) return;
    add(path, "registry", host.empty() ? "that an image is named by its id" : host, "registries");
  }

  void container(const std::string& path, const Container& one) {
    image(path + ".image", one.image);
    for (std::size_t i = 0; i < one.mounts.size(); ++i) {
      const Mount& mount = one.mounts[i];
      if (mount.kind != MountKind::bind) continue;
      if (is_below(mount.source, rules_.bind_roots)) continue;
      add(item_path(path + ".mounts", i) + ".bind", "mount of", mount.source, "bind_roots");
    }
    for (std::size_t i = 0; i < one.devices.size(); ++i) {
      const auto device = resolved(one.devices[i].host);
      const bool allowed =
          device && std::any_of(rules_.devices.begin(), rules_.devices.end(),
                                [&](const auto& pattern) { return fits(*device, pattern); });
      if (allowed) continue;
      add(item_path(path + ".devices", i) + ".host", "device", one.devices[i].host, "devices");
    }
    rights(path, one);
    ports(path, one);
  }

  std::vector<Mistake> found{};

 private:
  void add(std::string path, const std::string& what, const std::string& asked,
           const std::string& rule) {
    found.push_back({std::move(path), "this host allows no " + what +
                                          (asked.empty() ? "" : " " + shortened(asked, 200)) +
                                          ": " + rule + " of the host file"});
  }

  static bool is_below(std::string_view path, const std::vector<std::string>& roots) {
    const auto real = resolved(path);
    return real && std::any_of(roots.begin(), roots.end(),
                               [&](const auto& root) { return is_within(*real, root); });
  }
  static bool holds(const std::vector<std::string>& list, std::string_view text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  }

  void image(const std::string& path, std::string_view image) {
    if (!image.starts_with(archive)) return registry(path, registry_of(image));
    const std::string_view file = image.substr(archive.size());
    if (is_below(file, rules_.archive_roots)) return;
    add(path, "archive", std::string(file), "archive_roots");
  }

  void rights(const std::string& path, const Container& one) {
    for (std::size_t i = 0; i < one.capabilities.size(); ++i) {
      const std::string& name = one.capabilities[i];
      if (holds(rules_.capabilities, name) || holds(rules_.capabilities, "ALL")) continue;
      add(item_path(path + ".capabilities", i), "capability", name, "capabilities");
    }
    if (one.privileged && !rules_.privileged) {
      add(path + ".privileged", "container with all rights", "", "privileged");
    }
    if (one.new_privileges && !rules_.new_privileges) {
      add(path + ".new_privileges", "container that may gain rights", "", "new_privileges");
    }
    for (const auto& [name, value] : one.sysctls) {
      if (holds(rules_.sysctls, name)) continue;
      add(member_path(path + ".sysctls", name), "kernel parameter", name, "sysctls");
    }
  }

  void ports(const std::string& path, const Container& one) {
    for (std::size_t i = 0; i < one.ports.size(); ++i) {
      const Port& port = one.ports[i];
      if (!port.host) continue;
      const std::string at = item_path(path + ".ports", i);
      const bool allowed =
          std::any_of(rules_.ports.begin(), rules_.ports.end(), [&](const PortRange& range) {
            return range.first <= *port.host && *port.host <= range.last;
          });
      if (!allowed) add(at + ".host_port", "port", std::to_string(*port.host), "ports");
      if (!rules_.public_ports && !is_loopback(port.host_address)) {
        add(at + ".host_address", "port on", port.host_address, "public_ports");
      }
    }
  }

  const HostRules& rules_;
};

}  // namespace host_form

Checked<HostRules> parse_host_rules(std::string_view text, std::string_view file) {
  const auto document = parse_document(text, file, host_form::limits);
  if (!document) return tl::unexpected<Flaws>(document.error());
  HostRules out;
  Flaws flaws =
      read_fields(*document, file, [&](FieldReader& in) { host_form::read_rules(in, out); });
  if (!flaws.empty()) return tl::unexpected<Flaws>(std::move(flaws));
  return out;
}

std::vector<Mistake> breaches(const model::Blueprint& blueprint, const HostRules& rules) {
  host_form::Judge judge(rules);
  for (std::size_t i = 0; i < blueprint.registries.size(); ++i) {
    judge.registry(item_path("registries", i) + ".host", blueprint.registries[i].host);
  }
  for (std::size_t i = 0; i < blueprint.apps.size(); ++i) {
    judge.container(item_path("apps", i), blueprint.apps[i].container);
  }
  for (std::size_t i = 0; i < blueprint.jobs.size(); ++i) {
    judge.container(item_path("jobs", i), blueprint.jobs[i].container);
  }
  return std::move(judge.found);
}

}  // namespace paas::blueprint
