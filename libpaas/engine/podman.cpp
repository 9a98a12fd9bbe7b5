// Podman's own interface ("libpod"). Its Docker-compatible one would do half of what we need: there
// a network always gets Podman's name server, and a container's MAC address is dropped.

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"
#include "libpaas/engine/create.hpp"
#include "libpaas/engine/dialect.hpp"

namespace paas::engine {
namespace {

constexpr std::int64_t cpu_period_us = 100'000;

model::EngineInfo podman_info(const Json& answer) {
  const Json& host = answer["host"];
  return {"podman", text_of(answer["version"]["Version"]),
          text_of(host["os"]) + "/" + text_of(host["arch"]), text_of(answer["store"]["graphRoot"])};
}

Call podman_pull(const model::PullSpec& spec) {
  Call call{"POST", "/images/pull?policy=always&reference=" + escaped(spec.reference)};
  if (spec.insecure) call.path += "&tlsVerify=false";
  const auto parts = split(spec.platform, '/');
  if (parts.size() >= 2) {
    call.path += "&OS=" + escaped(parts[0]) + "&Arch=" + escaped(parts[1]);
    if (parts.size() > 2) call.path += "&Variant=" + escaped(parts[2]);
  }
  return call;
}

Json podman_network(const model::NetworkSpec& spec) {
  return Json::Object{
      {"name", spec.name},
      {"driver", "bridge"},
      {"network_interface", spec.bridge},
      {"dns_enabled", false},
      {"ipv6_enabled", false},
      {"subnets", Json::Array{Json::Object{{"subnet", spec.subnet}, {"gateway", spec.gateway}}}},
      // What a bridge of Docker's does unasked: other bridges do not reach it.
      {"options", Json::Object{{"mtu", std::to_string(spec.mtu)}, {"isolate", "true"}}},
      {"labels", json_of(spec.labels)}};
}

Result<std::vector<model::NetworkInfo>> podman_networks(const Json& answer) {
  std::vector<model::NetworkInfo> all;
  const Json::Array* list = answer.array();
  if (list == nullptr && !answer.is_null()) {
    return fail(Errc::internal, "the engine's answer holds no list of networks");
  }
  if (list == nullptr) return all;
  for (const Json& item : *list) {
    if (text_of(item["driver"]) != "bridge") continue;
    model::NetworkInfo info;
    info.id = text_of(item["id"]);
    info.spec.name = text_of(item["name"]);
    info.spec.bridge = text_of(item["network_interface"]);
    if (const Json::Array* subnets = item["subnets"].array(); subnets && !subnets->empty()) {
      info.spec.subnet = text_of(subnets->front()["subnet"]);
      info.spec.gateway = text_of(subnets->front()["gateway"]);
    }
    info.spec.mtu = parse_integer<int>(text_of(item["options"]["mtu"])).value_or(1500);
    info.spec.labels = text_map(item["labels"]);
    const bool* names = item["dns_enabled"].boolean();
    info.has_own_dns = names != nullptr && *names;
    all.push_back(std::move(info));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.spec.name < b.spec.name; });
  return all;
}

Json podman_volume(const std::string& name, const model::TextMap& labels) {
  return Json::Object{{"Name", name}, {"Label", json_of(labels)}};
}

// Podman counts no shared layers, so that this is what all images would take apart.
Result<std::uint64_t> podman_disk_use(const Json& answer) {
  const Json::Array* images = answer["Images"].array();
  if (images == nullptr)
    return fail(Errc::internal, "the engine does not say what its images take");
  model::TextMap seen;  // one image stands there once for each of its names
  std::uint64_t bytes = 0;
  for (const Json& image : *images) {
    if (!seen.emplace(text_of(image["ImageID"]), "").second) continue;
    bytes += natural_of(image["UniqueSize"]);
  }
  return bytes;
}

Json rlimit(const char* name, std::uint64_t value) {
  return Json::Object{{"type", name}, {"soft", value}, {"hard", value}};
}

void put_limits(const model::ContainerSpec& spec, const HostFacts& host, Json::Object& body) {
  const model::Limits& limits = spec.container.limits;
  Json::Object resources;
  if (limits.memory_mib) {
    const std::uint64_t bytes = *limits.memory_mib << 20;
    resources.emplace("memory", Json::Object{{"limit", bytes}, {"swap", bytes}});  // no swap
  }
  if (limits.cpu_milli) {
    const auto quota = static_cast<std::int64_t>(*limits.cpu_milli) * cpu_period_us / 1000;
    resources.emplace("cpu", Json::Object{{"quota", quota}, {"period", cpu_period_us}});
  }
  if (limits.pids > 0) resources.emplace("pids", Json::Object{{"limit", limits.pids}});
  body.emplace("resource_limits", std::move(resources));
  body.emplace("r_limits",
               Json::Array{rlimit("NOFILE", limits.open_files.value_or(host.open_files)),
                           rlimit("NPROC", host.processes)});
  const std::uint64_t log_bytes = std::max<std::uint64_t>(limits.log_mib, 1) << 20;
  body.emplace("log_configuration", Json::Object{{"driver", "k8s-file"}, {"size", log_bytes}});
}

Result<void> put_rights(const model::Container& container, Json::Object& body) {
  Json::Array kept;
  for (const std::string& name : container.capabilities) {
    kept.emplace_back(TRY(capability_name(name)));
  }
  if (container.privileged) {
    body.emplace("privileged", true);
  } else {
    body.emplace("cap_drop", Json::Array{"ALL"});
    body.emplace("cap_add", std::move(kept));
  }
  body.emplace("no_new_privileges", !container.new_privileges && !container.privileged);
  body.emplace("read_only_filesystem", container.read_only_root);
  body.emplace("read_write_tmpfs", false);  // what is writable is said, not guessed
  if (!container.user.empty()) body.emplace("user", container.user);
  Json::Array devices;
  for (const model::Device& device : container.devices) {
    devices.emplace_back(
        Json::Object{{"path", device.host + ":" + device.container + ":" + device.access}});
  }
  if (!devices.empty()) body.emplace("devices", std::move(devices));
  return {};
}

Json bind(const std::string& source, const std::string& target, bool read_only) {
  return Json::Object{{"type", "bind"},
                      {"source", source},
                      {"destination", target},
                      {"options", Json::Array{"rbind", "rprivate", read_only ? "ro" : "rw"}}};
}

void put_mounts(const model::ContainerSpec& spec, Json::Object& body) {
  Json::Array mounts, volumes;
  for (const model::Mount& mount : spec.container.mounts) {
    switch (mount.kind) {
      case model::MountKind::volume:
        volumes.emplace_back(Json::Object{{"Name", mount.source},
                                          {"Dest", mount.target},
                                          {"Options", Json::Array{mount.read_only ? "ro" : "rw"}}});
        break;
      case model::MountKind::bind:
        mounts.push_back(bind(mount.source, mount.target, mount.read_only));
        break;
      case model::MountKind::tmpfs: {
        // Without `notmpcopyup` the image's files at that place are copied in, and count.
        Json::Array options{mount.read_only ? "ro" : "rw", "nosuid", "nodev", "mode=1777",
                            "notmpcopyup"};
        if (mount.size_mib) options.emplace_back("size=" + std::to_string(*mount.size_mib) + "m");
        mounts.emplace_back(Json::Object{{"type", "tmpfs"},
                                         {"source", "tmpfs"},
                                         {"destination", mount.target},
                                         {"options", std::move(options)}});
        break;
      }
    }
  }
  for (const auto& [target, source] : spec.secret_files)
    mounts.push_back(bind(source, target, true));
  if (!mounts.empty()) body.emplace("mounts", std::move(mounts));
  if (!volumes.empty()) body.emplace("volumes", std::move(volumes));
}

Result<void> put_network(const model::ContainerSpec& spec, Json::Object& body) {
  body.emplace("base_hosts_file", "none");  // the host's /etc/hosts is the host's business
  body.emplace("sysctl", json_of(sysctls_of(spec)));
  if (spec.network.empty()) {
    body.emplace("netns", Json::Object{{"nsmode", "none"}});
    return {};
  }
  Json::Object options;
  if (!spec.address.empty()) options.emplace("static_ips", Json::Array{spec.address});
  if (const std::string mac = TRY(mac_of(spec)); !mac.empty()) options.emplace("static_mac", mac);
  body.emplace("netns", Json::Object{{"nsmode", "bridge"}});
  body.emplace("Networks", Json::Object{{spec.network, std::move(options)}});
  if (!spec.dns_servers.empty()) {
    body.emplace("dns_server", json_of(spec.dns_servers));
    body.emplace("dns_search", Json::Array{"."});  // or the host's search list would be copied
  }
  Json::Array ports;
  for (const model::Port& port : spec.container.ports) {
    if (!port.host) continue;
    ports.emplace_back(Json::Object{
        {"container_port", port.container},
        {"host_port", *port.host},
        {"host_ip", port.host_address.empty() ? std::string("127.0.0.1") : port.host_address},
        {"protocol", port.protocol == model::Protocol::udp ? "udp" : "tcp"}});
  }
  if (!ports.empty()) body.emplace("portmappings", std::move(ports));
  return {};
}

Result<Call> podman_create(const model::ContainerSpec& spec, const HostFacts& host) {
  TRY(checked(spec));
  const model::Container& container = spec.container;
  std::string_view image = spec.image_id;
  if (image.starts_with("sha256:")) image.remove_prefix(7);
  Json::Object body{{"name", spec.name},
                    {"image", image},
                    {"env", json_of(environment_of(spec))},
                    {"httpproxy", false},  // or the service's own variables would be passed on
                    {"init", container.init},
                    {"stop_signal", TRY(signal_number(container.stop_signal))},
                    {"stop_timeout", container.stop_grace.count()},
                    {"restart_policy", "no"},
                    {"systemd", "false"},
                    {"image_volume_mode", "anonymous"},
                    {"create_working_dir", true}};
  model::TextMap labels = container.labels;
  for (const auto& [key, value] : spec.labels) labels.insert_or_assign(key, value);
  body.emplace("labels", json_of(labels));
  const Run run = run_of(spec, host);
  if (run.entrypoint) body.emplace("entrypoint", json_of(*run.entrypoint));
  if (run.command) body.emplace("command", json_of(*run.command));
  if (!container.working_dir.empty()) body.emplace("work_dir", container.working_dir);
  if (!container.hostname.empty()) body.emplace("hostname", container.hostname);
  put_limits(spec, host, body);
  TRY(put_rights(container, body));
  put_mounts(spec, body);
  TRY(put_network(spec, body));
  return Call{"POST", "/containers/create", Json(std::move(body))};
}

}  // namespace

const Dialect& podman() {
  static const Dialect dialect{
      .name = "podman",
      .prefix = "/v4.0.0/libpod",
      .networks = "/networks/json",
      .volumes = "/volumes/json",
      .grace_parameter = "timeout",
      .needs_resolv_conf = false,
      .loads_oci = true,
      .starts_with_size = true,
      .info = podman_info,
      .pull = podman_pull,
      .network = podman_network,
      .volume = podman_volume,
      .create = podman_create,
      .parse_networks = podman_networks,
      .parse_disk_use = podman_disk_use,
  };
  return dialect;
}

}  // namespace paas::engine
