#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "libpaas/base/document.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/blueprint/paths.hpp"
#include "libpaas/blueprint/schedule.hpp"

namespace paas::blueprint {
namespace {

using namespace model;

constexpr std::size_t most_mistakes = 1000;
constexpr std::size_t longest_value = std::size_t{128} << 10;  // Linux: MAX_ARG_STRLEN

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Of an environment variable (POSIX, "portable"; both cases as people use them).
bool is_variable(std::string_view name) {
  return !name.empty() && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

// Of a file below a folder of ours: one path segment that cannot leave it.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && name[0] != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; });
}

class Judge {
 public:
  std::vector<Mistake> found;

  void add(std::string path, std::string message) {
    if (found.size() < most_mistakes) found.push_back({std::move(path), std::move(message)});
  }

  void container(const std::string& path, const Container& one) {
    image(path + ".image", one);
    if (one.command && one.command->empty() && one.entrypoint && one.entrypoint->empty()) {
      add(path + ".command", "is empty, and so is the entrypoint: nothing is left to run");
    }
    environment(path, one);
    ports(path, one);
    mounts(path, one);
    devices(path, one);
    for (std::size_t i = 0; i < one.capabilities.size(); ++i) {
      const std::string& name = one.capabilities[i];
      if (name.starts_with("CAP_") ||
          !std::all_of(name.begin(), name.end(), [](char c) { return c == '_' || is_letter(c); }) ||
          name != upper(name) || name.empty()) {
        add(item_path(path + ".capabilities", i),
            "must be a capability in upper case without CAP_, like NET_BIND_SERVICE");
      }
    }
    if (!one.hostname.empty() && !is_label(one.hostname)) {
      add(path + ".hostname", "must be a DNS label: a-z, 0-9 and '-' inside, at most 63");
    }
    if (!one.working_dir.empty() && one.working_dir != "/" && !is_path(one.working_dir)) {
      add(path + ".working_dir", "must be an absolute path");
    }
    signal(path, one.stop_signal);
    if (one.stop_grace > Seconds{3600}) add(path + ".stop_grace", "must be at most 1h");
    limits(path + ".resources", one.limits);
    if (one.readiness) probe(path + ".readiness", *one.readiness);
    if (one.liveness) probe(path + ".liveness", *one.liveness);
  }

 private:
  void image(const std::string& path, const Container& one) {
    const std::string& image = one.image;
    if (image.empty() || image.size() > 1024 ||
        image.find_first_of(std::string_view(" \t\r\n\"\\\0", 7)) != std::string::npos) {
      add(path, "must be an image: registry/name:tag, registry/name@sha256:… or oci-archive:/path");
      return;
    }
    constexpr std::string_view archive = "oci-archive:";
    if (image.starts_with(archive)) {
      if (!is_path(std::string_view(image).substr(archive.size()))) {
        add(path, "oci-archive: needs the absolute path of an archive on the host");
      }
      return;
    }
    const auto at = image.find("@sha256:");
    if (image.find('@') != at) add(path, "a digest is written as @sha256: and 64 digits");
    if (at != std::string::npos) {
      const std::string_view digits = std::string_view(image).substr(at + 8);
      const bool good = digits.size() == 64 &&
                        std::all_of(digits.begin(), digits.end(),
                                    [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
      if (!good) add(path, "a digest is written as @sha256: and 64 digits");
    }
    std::string_view name = std::string_view(image).substr(0, at);
    const auto colon = name.rfind(':');  // of a tag, unless a '/' follows: then of a host's port
    if (colon != std::string_view::npos && name.find('/', colon) == std::string_view::npos) {
      name = name.substr(0, colon);
    }
    if (name != lower(name)) add(path, "the name of an image is written in lower case");
  }

  void environment(const std::string& path, const Container& one) {
    const auto judge = [&](const std::string& field, const TextMap& map) {
      for (const auto& [name, value] : map) {
        const std::string at = member_path(path + field, name);
        if (!is_variable(name)) add(at, "is no name of an environment variable");
        if (value.size() > longest_value) add(at, "must be at most 128 KiB");
        if (value.find('\0') != std::string::npos) add(at, "must not hold a zero byte");
      }
    };
    judge(".env", one.environment);
    judge(".env_from", one.environment_from);
    for (const auto& [name, source] : one.environment_from) {
      const std::string at = member_path(path + ".env_from", name);
      if (!is_file_name(source)) add(at, "must be the name of a secret of the host");
      if (one.environment.contains(name)) add(at, "env sets this variable, too");
    }
    for (std::size_t i = 0; i < one.secrets.size(); ++i) {
      const std::string at = item_path(path + ".secrets", i);
      if (!is_file_name(one.secrets[i].source)) {
        add(at + ".source", "must be the name of a secret of the host");
      }
      target(at + ".target", one.secrets[i].target);
    }
  }

  void ports(const std::string& path, const Container& one) {
    std::set<std::pair<std::uint16_t, Protocol>> numbers, hosts;
    std::set<std::string> names;
    for (std::size_t i = 0; i < one.ports.size(); ++i) {
      const Port& port = one.ports[i];
      const std::string at = item_path(path + ".ports", i);
      if (!numbers.emplace(port.container, port.protocol).second) {
        add(at + ".port", "is there already");
      }
      // RFC 6335, section 5.1.
      const auto letters = std::count_if(port.name.begin(), port.name.end(), is_letter);
      if (!port.name.empty() && (!is_label(port.name) || port.name.size() > 15 || letters == 0)) {
        add(at + ".name", "must be a service name: at most 15 of a-z, 0-9 and '-', one a letter");
      } else if (!port.name.empty() && !names.insert(port.name).second) {
        add(at + ".name", "is there already");
      }
      if (port.host && !hosts.emplace(*port.host, port.protocol).second) {
        add(at + ".host_port", "is there already");
      }
      if (!port.host_address.empty() && !parse_ipv4(port.host_address) &&
          !parse_ipv6(port.host_address)) {
        add(at + ".host_address", "must be an IP address");
      }
      if (!port.host_address.empty() && !port.host) {
        add(at + ".host_address", "says nothing without host_port");
      }
    }
  }

  void target(const std::string& path, const std::string& target) {
    if (!is_path(target)) {
      add(path, "must be an absolute path in the container, without \"..\", ':' and ','");
    } else if (!targets_.insert(target).second) {
      add(path, "something else is mounted there already");
    }
  }

  void mounts(const std::string& path, const Container& one) {
    for (std::size_t i = 0; i < one.mounts.size(); ++i) {
      const Mount& mount = one.mounts[i];
      const std::string at = item_path(path + ".mounts", i);
      target(at + ".target", mount.target);
      if (mount.kind == MountKind::volume && !mount.source.empty() && !is_label(mount.source)) {
        add(at + ".volume", "must be a name of a-z, 0-9 and '-' inside, at most 63");
      }
      if (mount.kind == MountKind::bind && !is_path(mount.source)) {
        add(at + ".bind", "must be an absolute path on the host, without \"..\", ':' and ','");
      }
      if (mount.shared && mount.kind != MountKind::volume) {
        add(at + ".shared", "only a volume can be shared");
      }
      if (mount.size_mib && mount.kind != MountKind::tmpfs) {
        add(at + ".size", "only a tmpfs has a size");
      }
    }
    targets_.clear();
  }

  void devices(const std::string& path, const Container& one) {
    for (std::size_t i = 0; i < one.devices.size(); ++i) {
      const Device& device = one.devices[i];
      const std::string at = item_path(path + ".devices", i);
      if (!is_path(device.host) || !device.host.starts_with("/dev/")) {
        add(at + ".host", "must be a path below /dev");
      }
      if (!is_path(device.container)) add(at + ".container", "must be an absolute path");
      if (device.access.empty() || device.access.find_first_not_of("rwm") != std::string::npos) {
        add(at + ".access", "must be made of r, w and m");
      }
    }
  }

  void signal(const std::string& path, const std::string& name) {
    static constexpr std::array<std::string_view, 12> known{
        "SIGTERM", "SIGINT",  "SIGQUIT", "SIGHUP",  "SIGKILL",    "SIGUSR1",
        "SIGUSR2", "SIGABRT", "SIGALRM", "SIGCONT", "SIGRTMIN+3", "SIGWINCH"};
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    add(path + ".stop_signal", "must be one of " + join({known.begin(), known.end()}, ", "));
  }

  void limits(const std::string& path, const Limits& one) {
    // Below that an engine cannot even start its own helper in the container.
    if (one.memory_mib && *one.memory_mib < 6) add(path + ".memory", "must be at least 6 MiB");
    if (one.cpu_milli && *one.cpu_milli < 10) add(path + ".cpu", "must be at least 0.01");
    if (one.log_mib < 1 || one.log_mib > 10240) add(path + ".log", "must be 1 MiB to 10 GiB");
  }

  void probe(const std::string& path, const Probe& one) {
    if (one.kind == ProbeKind::http) {
      if (!one.path.starts_with('/')) add(path + ".http.path", "must begin with '/'");
      if (one.lowest_status > one.highest_status) {
        add(path + ".http.lowest_status", "is above highest_status");
      }
      for (const auto& [name, value] : one.headers) {
        const std::string at = member_path(path + ".http.headers", name);
        if (name.empty() || name.find_first_of(" \t\r\n:") != std::string::npos) {
          add(at, "is no name of a header");
        }
        if (value.find_first_of("\r\n") != std::string::npos) add(at, "must be one line");
      }
    }
    if (one.kind == ProbeKind::command && one.command.empty()) {
      add(path + ".command", "must name a program");
    }
    if (one.interval < Seconds{1}) add(path + ".interval", "must be at least 1s");
    if (one.timeout < Seconds{1}) add(path + ".timeout", "must be at least 1s");
  }

  std::set<std::string> targets_;
};

// By what containers are called: "shop-web" is project "shop" and app "web".
using Names = std::map<std::string, std::pair<std::string, std::string>>;

void judge_name(Judge& judge, Names& names, const std::string& path, const std::string& project,
                const std::string& name) {
  if (!is_label(name)) {
    judge.add(path + ".name", "must be a DNS label: a-z, 0-9 and '-' inside, at most 63");
  }
  if (!is_label(project)) {
    judge.add(path + ".project", "must be a DNS label: a-z, 0-9 and '-' inside, at most 63");
  }
  const std::pair own{project, name};
  const auto [taken, is_new] = names.emplace(project + "-" + name, own);
  if (is_new) return;
  if (taken->second == own) {
    judge.add(path + ".name", "project \"" + project + "\" has an app or a job of that name");
  } else {
    judge.add(path + ".name", "its containers would be called as those of \"" +
                                  taken->second.second + "\" of project \"" + taken->second.first +
                                  "\"");
  }
}

}  // namespace

bool is_label(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name.front() != '-' && name.back() != '-' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

std::vector<Mistake> mistakes(const Blueprint& blueprint) {
  Judge judge;
  Names names;
  std::set<std::string> hosts;
  for (std::size_t i = 0; i < blueprint.registries.size(); ++i) {
    const Registry& registry = blueprint.registries[i];
    const std::string path = item_path("registries", i);
    if (registry.host.empty() || registry.host.find('/') != std::string::npos) {
      judge.add(path + ".host",
                "must be a host, with a port if need be: registry.example.com:5000");
    } else if (!hosts.insert(registry.host).second) {
      judge.add(path + ".host", "is there already");
    }
    if (registry.username.empty() != registry.password_file.empty()) {
      judge.add(path + ".password_file", "username and password_file go together");
    } else if (!registry.password_file.empty() && !is_file_name(registry.password_file)) {
      judge.add(path + ".password_file", "must be the name of a secret of the host");
    }
  }
  for (std::size_t i = 0; i < blueprint.apps.size(); ++i) {
    const App& app = blueprint.apps[i];
    const std::string path = item_path("apps", i);
    judge_name(judge, names, path, app.project, app.name);
    judge.container(path, app.container);
    const bool on_host = std::any_of(app.container.ports.begin(), app.container.ports.end(),
                                     [](const Port& port) { return port.host.has_value(); });
    if (on_host && app.replicas > 1) {
      judge.add(path + ".replicas", "must be 1 for an app with a port of the host");
    }
    if (on_host && app.update.order == UpdateOrder::start_first) {
      judge.add(path + ".update.order", "must not be start-first: a port of the host has one user");
    }
    if (app.update.healthy_within < Seconds{1}) {
      judge.add(path + ".update.healthy_within", "must be at least 1s");
    }
  }
  for (std::size_t i = 0; i < blueprint.jobs.size(); ++i) {
    const Job& job = blueprint.jobs[i];
    const std::string path = item_path("jobs", i);
    judge_name(judge, names, path, job.project, job.name);
    judge.container(path, job.container);
    if (job.container.readiness) judge.add(path + ".readiness", "a job is never ready: it ends");
    if (!job.schedule.empty()) {
      if (const auto read = parse_schedule(job.schedule); !read) {
        judge.add(path + ".schedule", read.error().message);
      }
    }
    if (!is_time_zone_name(job.time_zone)) {
      judge.add(path + ".time_zone",
                "must be a name of the time zone database, like Europe/Berlin");
    }
    if (job.timeout < Seconds{1}) judge.add(path + ".timeout", "must be at least 1s");
  }
  if (blueprint.dns_ttl < Seconds{1} || blueprint.dns_ttl > Seconds{3600}) {
    judge.add("dns.ttl", "must be 1s to 1h");
  }
  return std::move(judge.found);
}

}  // namespace paas::blueprint
