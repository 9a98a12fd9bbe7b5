// The Docker Engine API, version 1.41 and later.

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"
#include "libpaas/engine/create.hpp"
#include "libpaas/engine/dialect.hpp"

namespace paas::engine {
namespace {

// "x86_64" in Go's words, which images use.
std::string go_architecture(const std::string& machine) {
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  return machine;
}

model::EngineInfo docker_info(const Json& answer) {
  return {"docker", text_of(answer["ServerVersion"]),
          text_of(answer["OSType"]) + "/" + go_architecture(text_of(answer["Architecture"])),
          text_of(answer["DockerRootDir"])};
}

Call docker_pull(const model::PullSpec& spec) {
  // "host:5000/name:tag": what stands behind the last '/' may hold a tag, or '@' and a digest.
  const std::string& reference = spec.reference;
  std::string name = reference, tag = "latest";
  const auto digest = reference.find('@');
  const auto slash = reference.rfind('/', digest);
  const auto colon = reference.find(':', slash == std::string::npos ? 0 : slash);
  if (digest != std::string::npos) {
    name = reference.substr(0, std::min(digest, colon));
    tag = reference.substr(digest + 1);
  } else if (colon != std::string::npos) {
    name = reference.substr(0, colon);
    tag = reference.substr(colon + 1);
  }
  Call call{"POST", "/images/create?fromImage=" + escaped(name) + "&tag=" + escaped(tag)};
  if (!spec.platform.empty()) call.path += "&platform=" + escaped(spec.platform);
  return call;
}

Json docker_network(const model::NetworkSpec& spec) {
  return Json::Object{
      {"Name", spec.name},
      {"CheckDuplicate", true},  // two of one name are possible otherwise
      {"Driver", "bridge"},
      {"EnableIPv6", false},
      {"IPAM", Json::Object{{"Driver", "default"},
                            {"Config", Json::Array{Json::Object{{"Subnet", spec.subnet},
                                                                {"Gateway", spec.gateway}}}}}},
      {"Options", Json::Object{{"com.docker.network.bridge.name", spec.bridge},
                               {"com.docker.network.driver.mtu", std::to_string(spec.mtu)}}},
      {"Labels", json_of(spec.labels)}};
}

Result<std::vector<model::NetworkInfo>> docker_networks(const Json& answer) {
  std::vector<model::NetworkInfo> all;
  const Json::Array* list = answer.array();
  if (list == nullptr) return fail(Errc::internal, "the engine's answer holds no list of networks");
  for (const Json& item : *list) {
    if (text_of(item["Driver"]) != "bridge") continue;
    model::NetworkInfo info;
    info.id = text_of(item["Id"]);
    info.spec.name = text_of(item["Name"]);
    const Json& options = item["Options"];
    info.spec.bridge = text_of(options["com.docker.network.bridge.name"]);
    if (const Json::Array* subnets = item["IPAM"]["Config"].array(); subnets && !subnets->empty()) {
      info.spec.subnet = text_of(subnets->front()["Subnet"]);
      info.spec.gateway = text_of(subnets->front()["Gateway"]);
    }
    info.spec.mtu =
        parse_integer<int>(text_of(options["com.docker.network.driver.mtu"])).value_or(1500);
    info.spec.labels = text_map(item["Labels"]);
    info.has_own_dns = info.spec.name != "bridge";
    all.push_back(std::move(info));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.spec.name < b.spec.name; });
  return all;
}

Json docker_volume(const std::string& name, const model::TextMap& labels) {
  return Json::Object{{"Name", name}, {"Driver", "local"}, {"Labels", json_of(labels)}};
}

Result<std::uint64_t> docker_disk_use(const Json& answer) {
  if (!answer["LayersSize"].integer()) {
    return fail(Errc::internal, "the engine does not say what its images take");
  }
  return natural_of(answer["LayersSize"]);
}

void put_docker_limits(const model::Limits& limits, Json::Object& host) {
  if (limits.memory_mib) {
    host.emplace("Memory", *limits.memory_mib << 20);
    host.emplace("MemorySwap", *limits.memory_mib << 20);  // no swap
  }
  if (limits.cpu_milli) host.emplace("NanoCpus", *limits.cpu_milli * 1'000'000);
  if (limits.pids > 0) host.emplace("PidsLimit", limits.pids);
  if (limits.open_files) {
    host.emplace("Ulimits", Json::Array{Json::Object{{"Name", "nofile"},
                                                     {"Soft", *limits.open_files},
                                                     {"Hard", *limits.open_files}}});
  }
  // Three files, so that a full one does not take all that was said with it.
  const std::uint64_t file_kib = std::max<std::uint64_t>(limits.log_mib, 1) * 1024 / 3;
  host.emplace("LogConfig",
               Json::Object{{"Type", "json-file"},
                            {"Config", Json::Object{{"max-size", std::to_string(file_kib) + "k"},
                                                    {"max-file", "3"}}}});
}

Result<void> put_docker_rights(const model::Container& container, Json::Object& host) {
  Json::Array kept;
  for (const std::string& name : container.capabilities) {
    kept.emplace_back(TRY(capability_name(name)));
  }
  if (container.privileged) {
    host.emplace("Privileged", true);
  } else {
    host.emplace("CapDrop", Json::Array{"ALL"});
    host.emplace("CapAdd", std::move(kept));
    if (!container.new_privileges) host.emplace("SecurityOpt", Json::Array{"no-new-privileges"});
  }
  host.emplace("ReadonlyRootfs", container.read_only_root);
  Json::Array devices;
  for (const model::Device& device : container.devices) {
    devices.emplace_back(Json::Object{{"PathOnHost", device.host},
                                      {"PathInContainer", device.container},
                                      {"CgroupPermissions", device.access}});
  }
  if (!devices.empty()) host.emplace("Devices", std::move(devices));
  return {};
}

Json docker_bind(const std::string& source, const std::string& target, bool read_only) {
  return Json::Object{{"Type", "bind"},
                      {"Source", source},
                      {"Target", target},
                      {"ReadOnly", read_only},
                      {"BindOptions", Json::Object{{"Propagation", "rprivate"}}}};
}

void put_docker_mounts(const model::ContainerSpec& spec, const HostFacts& facts,
                       Json::Object& host) {
  Json::Array mounts;
  Json::Object tmpfs;
  for (const model::Mount& mount : spec.container.mounts) {
    switch (mount.kind) {
      case model::MountKind::volume:
        mounts.emplace_back(Json::Object{{"Type", "volume"},
                                         {"Source", mount.source},
                                         {"Target", mount.target},
                                         {"ReadOnly", mount.read_only}});
        break;
      case model::MountKind::bind:
        mounts.push_back(docker_bind(mount.source, mount.target, mount.read_only));
        break;
      case model::MountKind::tmpfs: {
        // Docker adds noexec where nothing is said.
        std::string options = mount.read_only ? "ro" : "rw";
        options += ",exec,nosuid,nodev,mode=1777";
        if (mount.size_mib) options += ",size=" + std::to_string(*mount.size_mib) + "m";
        tmpfs.emplace(mount.target, options);
        break;
      }
    }
  }
  for (const auto& [target, source] : spec.secret_files) {
    mounts.push_back(docker_bind(source, target, true));
  }
  if (!spec.network.empty() && !spec.dns_servers.empty() && !facts.resolv_conf.empty()) {
    mounts.push_back(docker_bind(facts.resolv_conf, "/etc/resolv.conf", true));
  }
  if (!mounts.empty()) host.emplace("Mounts", std::move(mounts));
  if (!tmpfs.empty()) host.emplace("Tmpfs", std::move(tmpfs));
}

Result<void> put_docker_network(const model::ContainerSpec& spec, Json::Object& body,
                                Json::Object& host) {
  host.emplace("Sysctls", json_of(sysctls_of(spec)));
  if (spec.network.empty()) {
    host.emplace("NetworkMode", "none");
    return {};
  }
  host.emplace("NetworkMode", spec.network);
  if (!spec.dns_servers.empty()) {
    host.emplace("Dns", json_of(spec.dns_servers));
    host.emplace("DnsSearch", Json::Array{"."});
  }
  Json::Object endpoint;
  if (!spec.address.empty()) {
    endpoint.emplace("IPAMConfig", Json::Object{{"IPv4Address", spec.address}});
  }
  if (const std::string mac = TRY(mac_of(spec)); !mac.empty()) {
    body.emplace("MacAddress", mac);      // up to 1.43
    endpoint.emplace("MacAddress", mac);  // from 1.44
  }
  body.emplace(
      "NetworkingConfig",
      Json::Object{{"EndpointsConfig", Json::Object{{spec.network, std::move(endpoint)}}}});
  Json::Object exposed, published;
  for (const model::Port& port : spec.container.ports) {
    if (!port.host) continue;
    const std::string key =
        std::to_string(port.container) + (port.protocol == model::Protocol::udp ? "/udp" : "/tcp");
    exposed.emplace(key, Json::Object{});
    const std::string address = port.host_address.empty() ? "127.0.0.1" : port.host_address;
    Json& list = published.try_emplace(key, Json::Array{}).first->second;
    list.array()->emplace_back(
        Json::Object{{"HostIp", address}, {"HostPort", std::to_string(*port.host)}});
  }
  if (!exposed.empty()) {
    body.emplace("ExposedPorts", std::move(exposed));
    host.emplace("PortBindings", std::move(published));
  }
  return {};
}

Result<Call> docker_create(const model::ContainerSpec& spec, const HostFacts& facts) {
  TRY(checked(spec));
  const model::Container& container = spec.container;
  TRY(signal_number(container.stop_signal));
  model::TextMap labels = container.labels;
  for (const auto& [key, value] : spec.labels) labels.insert_or_assign(key, value);
  Json::Array environment;
  for (const auto& [name, value] : environment_of(spec))
    environment.emplace_back(name + "=" + value);
  Json::Object body{{"Image", spec.image_id},
                    {"Env", std::move(environment)},
                    {"Labels", json_of(labels)},
                    {"StopSignal", container.stop_signal},
                    {"StopTimeout", container.stop_grace.count()}};
  const Run run = run_of(spec, facts);
  if (run.entrypoint) body.emplace("Entrypoint", json_of(*run.entrypoint));
  if (run.command) body.emplace("Cmd", json_of(*run.command));
  if (!container.user.empty()) body.emplace("User", container.user);
  if (!container.working_dir.empty()) body.emplace("WorkingDir", container.working_dir);
  if (!container.hostname.empty()) body.emplace("Hostname", container.hostname);
  Json::Object host{{"Init", container.init}, {"RestartPolicy", Json::Object{{"Name", "no"}}}};
  put_docker_limits(container.limits, host);
  TRY(put_docker_rights(container, host));
  put_docker_mounts(spec, facts, host);
  TRY(put_docker_network(spec, body, host));
  body.emplace("HostConfig", std::move(host));
  return Call{"POST", "/containers/create?name=" + escaped(spec.name), Json(std::move(body))};
}

}  // namespace

const Dialect& docker() {
  static const Dialect dialect{
      .name = "docker",
      .prefix = "/v1.41",
      .networks = "/networks",
      .volumes = "/volumes",
      .grace_parameter = "t",
      .needs_resolv_conf = true,
      .loads_oci = false,
      .starts_with_size = false,
      .info = docker_info,
      .pull = docker_pull,
      .network = docker_network,
      .volume = docker_volume,
      .create = docker_create,
      .parse_networks = docker_networks,
      .parse_disk_use = docker_disk_use,
  };
  return dialect;
}

}  // namespace paas::engine
