#include "libpaas/base/units.hpp"
#include "libpaas/blueprint/blueprint.hpp"

namespace paas::blueprint {
namespace {

using namespace model;

// A member that is as by default is left out.
template <class T>
void put(Json::Object& out, std::string_view name, const T& value, const T& by_default) {
  if (value != by_default) out.emplace(name, Json(value));
}

void put(Json::Object& out, std::string_view name, Seconds value, Seconds by_default) {
  if (value != by_default) out.emplace(name, std::to_string(value.count()) + "s");
}

void put(Json::Object& out, std::string_view name, const Texts& values) {
  if (!values.empty()) out.emplace(name, Json::Array(values.begin(), values.end()));
}

void put(Json::Object& out, std::string_view name, const std::optional<Texts>& values) {
  if (values) out.emplace(name, Json::Array(values->begin(), values->end()));
}

void put(Json::Object& out, std::string_view name, const TextMap& values) {
  if (!values.empty()) out.emplace(name, Json::Object(values.begin(), values.end()));
}

template <class T>
void put(Json::Object& out, std::string_view name, const std::vector<T>& values,
         Json::Object (*object_of)(const T&)) {
  if (values.empty()) return;
  Json::Array list;
  for (const T& value : values) list.emplace_back(object_of(value));
  out.emplace(name, std::move(list));
}

std::string mib_text(std::uint64_t mib) {
  return size_text(mib, Plain::mib);
}

Json::Object port_json(const Port& port) {
  Json::Object out{{"port", int{port.container}}};
  put(out, "name", port.name, {});
  if (port.protocol == Protocol::udp) out.emplace("protocol", "udp");
  if (port.host) out.emplace("host_port", int{*port.host});
  put(out, "host_address", port.host_address, {});
  return out;
}

Json::Object mount_json(const Mount& mount) {
  Json::Object out{{"target", mount.target}};
  if (mount.kind == MountKind::tmpfs) {
    out.emplace("tmpfs", true);
  } else {
    out.emplace(mount.kind == MountKind::bind ? "bind" : "volume", mount.source);
  }
  put(out, "shared", mount.shared, false);
  put(out, "read_only", mount.read_only, false);
  if (mount.size_mib) out.emplace("size", mib_text(*mount.size_mib));
  return out;
}

Json::Object secret_json(const SecretFile& secret) {
  return {{"source", secret.source}, {"target", secret.target}};
}

Json::Object device_json(const Device& device) {
  return {{"host", device.host}, {"container", device.container}, {"access", device.access}};
}

Json::Object limits_json(const Limits& limits) {
  const Limits usual;
  Json::Object out;
  if (limits.memory_mib) out.emplace("memory", mib_text(*limits.memory_mib));
  if (limits.cpu_milli) out.emplace("cpu", std::to_string(*limits.cpu_milli) + "m");
  put(out, "pids", limits.pids, usual.pids);
  if (limits.open_files) out.emplace("open_files", *limits.open_files);
  if (limits.log_mib != usual.log_mib) out.emplace("log", mib_text(limits.log_mib));
  return out;
}

Json::Object probe_json(const Probe& probe) {
  const Probe usual;
  Json::Object out;
  if (probe.kind == ProbeKind::http) {
    Json::Object http{{"port", int{probe.port}}};
    put(http, "path", probe.path, usual.path);
    put(http, "headers", probe.headers);
    put(http, "lowest_status", probe.lowest_status, usual.lowest_status);
    put(http, "highest_status", probe.highest_status, usual.highest_status);
    out.emplace("http", std::move(http));
  }
  if (probe.kind == ProbeKind::tcp) out.emplace("tcp", Json::Object{{"port", int{probe.port}}});
  put(out, "command", probe.command);
  put(out, "start_period", probe.start_period, usual.start_period);
  put(out, "interval", probe.interval, usual.interval);
  put(out, "timeout", probe.timeout, usual.timeout);
  put(out, "failures", probe.failures, usual.failures);
  put(out, "successes", probe.successes, usual.successes);
  return out;
}

Json::Object container_json(const Container& one) {
  const Container usual;
  Json::Object out{{"image", one.image}};
  if (one.pull != usual.pull)
    out.emplace("pull", one.pull == PullPolicy::always ? "always" : "never");
  put(out, "platform", one.platform, {});
  put(out, "entrypoint", one.entrypoint);
  put(out, "command", one.command);
  put(out, "user", one.user, {});
  put(out, "working_dir", one.working_dir, {});
  put(out, "hostname", one.hostname, {});
  put(out, "env", one.environment);
  put(out, "env_from", one.environment_from);
  put(out, "secrets", one.secrets, secret_json);
  put(out, "ports", one.ports, port_json);
  put(out, "mounts", one.mounts, mount_json);
  put(out, "devices", one.devices, device_json);
  put(out, "capabilities", one.capabilities);
  put(out, "privileged", one.privileged, usual.privileged);
  put(out, "read_only", one.read_only_root, usual.read_only_root);
  put(out, "new_privileges", one.new_privileges, usual.new_privileges);
  put(out, "init", one.init, usual.init);
  put(out, "sysctls", one.sysctls);
  if (auto limits = limits_json(one.limits); !limits.empty()) {
    out.emplace("resources", std::move(limits));
  }
  put(out, "stop_signal", one.stop_signal, usual.stop_signal);
  put(out, "stop_grace", one.stop_grace, usual.stop_grace);
  if (one.readiness) out.emplace("readiness", probe_json(*one.readiness));
  if (one.liveness) out.emplace("liveness", probe_json(*one.liveness));
  put(out, "labels", one.labels);
  return out;
}

Json::Object update_json(const Update& update) {
  const Update usual;
  Json::Object out;
  if (update.order != usual.order) {
    out.emplace("order", update.order == UpdateOrder::start_first ? "start-first" : "stop-first");
  }
  put(out, "at_once", update.at_once, usual.at_once);
  put(out, "healthy_within", update.healthy_within, usual.healthy_within);
  put(out, "drain", update.drain, usual.drain);
  if (update.on_failure == OnFailure::pause) out.emplace("on_failure", "pause");
  put(out, "keep_releases", update.keep_releases, usual.keep_releases);
  return out;
}

Json::Object app_json(const App& app) {
  const App usual;
  Json::Object out = container_json(app.container);
  out.emplace("name", app.name);
  put(out, "project", app.project, usual.project);
  put(out, "replicas", app.replicas, usual.replicas);
  if (auto update = update_json(app.update); !update.empty()) {
    out.emplace("update", std::move(update));
  }
  return out;
}

Json::Object job_json(const Job& job) {
  const Job usual;
  Json::Object out = container_json(job.container);
  out.emplace("name", job.name);
  put(out, "project", job.project, usual.project);
  put(out, "schedule", job.schedule, usual.schedule);
  put(out, "time_zone", job.time_zone, usual.time_zone);
  if (job.overlap != usual.overlap) {
    out.emplace("overlap", job.overlap == Overlap::queue ? "queue" : "replace");
  }
  put(out, "timeout", job.timeout, usual.timeout);
  put(out, "retry", job.retry, usual.retry);
  put(out, "history", job.history, usual.history);
  put(out, "catch_up", job.catch_up, usual.catch_up);
  return out;
}

Json::Object registry_json(const Registry& registry) {
  Json::Object out{{"host", registry.host}};
  put(out, "username", registry.username, {});
  put(out, "password_file", registry.password_file, {});
  put(out, "ca_file", registry.ca_file, {});
  put(out, "insecure", registry.insecure, false);
  return out;
}

}  // namespace

Json to_json(const Container& container) {
  return container_json(container);
}

Json to_json(const Update& update) {
  return update_json(update);
}

Json to_json(const Blueprint& blueprint) {
  Json::Array apps;
  for (const App& app : blueprint.apps) apps.emplace_back(app_json(app));
  Json::Object out{{"apps", std::move(apps)}};
  put(out, "registries", blueprint.registries, registry_json);
  put(out, "jobs", blueprint.jobs, job_json);
  if (blueprint.dns_ttl != Blueprint{}.dns_ttl) {
    out.emplace("dns", Json::Object{{"ttl", std::to_string(blueprint.dns_ttl.count()) + "s"}});
  }
  return out;
}

}  // namespace paas::blueprint
