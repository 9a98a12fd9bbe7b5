#include <algorithm>
#include <map>
#include <set>

#include "libpaas/base/field_reader.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"
#include "libpaas/blueprint/blueprint.hpp"

namespace paas::blueprint {
namespace {

using namespace model;

constexpr DocumentLimits file_limits{
    .max_bytes = std::size_t{4} << 20, .max_depth = 32, .max_nodes = 500'000};

FieldReader::ReadText into(Seconds& target) {
  return [&target](std::string_view text) -> Result<void> {
    const auto duration = TRY(parse_duration(text));
    target = std::chrono::duration_cast<Seconds>(duration);
    if (target != duration) return fail(Errc::invalid, "must be whole seconds");
    return {};
  };
}

FieldReader::ReadText into_mib(std::optional<std::uint64_t>& target) {
  return [&target](std::string_view text) -> Result<void> {
    target = TRY(parse_size_mib(text, Plain::mib));
    return {};
  };
}

// Cores with at most three digits behind the point, or thousandths: "0.5", "500m".
Result<std::uint64_t> parse_cores(std::string_view text) {
  const auto error = fail(Errc::invalid, "must be a number of cores, like 2, 0.5 or 500m");
  if (text.ends_with('m')) {
    const auto milli = parse_integer<std::uint64_t>(text.substr(0, text.size() - 1));
    if (!milli || *milli > 1'000'000) return error;
    return *milli;
  }
  const auto parts = split(text, '.');
  const auto whole = parse_integer<std::uint64_t>(parts[0]);
  if (!whole || *whole > 1000 || parts.size() > 2) return error;
  std::uint64_t milli = *whole * 1000;
  if (parts.size() == 2) {
    std::string digits(parts[1]);
    if (digits.empty() || digits.size() > 3) return error;
    digits.resize(3, '0');
    const auto fraction = parse_integer<std::uint64_t>(digits);
    if (!fraction || digits[0] == '-') return error;
    milli += *fraction;
  }
  return milli;
}

void read_ports(FieldReader& in, std::vector<Port>& out) {
  in.each("ports", [&](FieldReader& port) {
    Port& one = out.emplace_back();
    port.require({"port"});
    port.text("name", one.name);
    port.integer("port", one.container, {1, 65535});
    port.word("protocol", one.protocol, {{"tcp", Protocol::tcp}, {"udp", Protocol::udp}});
    port.integer("host_port", one.host, {1, 65535});
    port.text("host_address", one.host_address);
  });
}

void read_mounts(FieldReader& in, std::vector<Mount>& out) {
  in.each("mounts", [&](FieldReader& mount) {
    Mount& one = out.emplace_back();
    mount.require({"target"});
    std::string volume, bind;
    bool tmpfs = false;
    mount.text("volume", volume);
    mount.text("bind", bind);
    mount.flag("tmpfs", tmpfs);
    mount.flag("shared", one.shared);
    mount.text("target", one.target);
    mount.flag("read_only", one.read_only);
    mount.parsed("size", into_mib(one.size_mib));
    const int kinds = (volume.empty() ? 0 : 1) + (bind.empty() ? 0 : 1) + (tmpfs ? 1 : 0);
    if (kinds != 1) mount.flaw("needs exactly one of volume, bind and tmpfs");
    one.kind = tmpfs ? MountKind::tmpfs : bind.empty() ? MountKind::volume : MountKind::bind;
    one.source = bind.empty() ? volume : bind;
  });
}

void read_probe(FieldReader& in, Probe& out) {
  int kinds = 0;
  in.one("http", [&](FieldReader& http) {
    ++kinds;
    out.kind = ProbeKind::http;
    http.require({"port"});
    http.integer("port", out.port, {1, 65535});
    http.text("path", out.path);
    http.text_map("headers", out.headers);
    http.integer("lowest_status", out.lowest_status, {100, 599});
    http.integer("highest_status", out.highest_status, {100, 599});
  });
  in.one("tcp", [&](FieldReader& tcp) {
    ++kinds;
    out.kind = ProbeKind::tcp;
    tcp.require({"port"});
    tcp.integer("port", out.port, {1, 65535});
  });
  if (in.has("command")) {
    ++kinds;
    out.kind = ProbeKind::command;
  }
  in.texts("command", out.command);
  in.parsed("start_period", into(out.start_period));
  in.parsed("interval", into(out.interval));
  in.parsed("timeout", into(out.timeout));
  in.integer("failures", out.failures, {1, 100});
  in.integer("successes", out.successes, {1, 100});
  if (kinds != 1) in.flaw("needs exactly one of http, tcp and command");
}

void read_limits(FieldReader& in, Limits& out) {
  in.parsed("memory", into_mib(out.memory_mib));
  in.parsed("cpu", [&](std::string_view text) -> Result<void> {
    out.cpu_milli = TRY(parse_cores(text));
    return {};
  });
  in.integer("pids", out.pids, {1, 4'194'304});
  in.integer("open_files", out.open_files, {1, 1'048'576});
  in.parsed("log", [&](std::string_view text) -> Result<void> {
    out.log_mib = TRY(parse_size_mib(text, Plain::mib));
    return {};
  });
}

void read_texts(FieldReader& in, std::string_view name, std::optional<Texts>& out) {
  Texts read;
  in.texts(name, read);
  if (in.has(name)) out = std::move(read);
}

void read_rights(FieldReader& in, Container& out) {
  in.texts("capabilities", out.capabilities);
  in.flag("privileged", out.privileged);
  in.flag("read_only", out.read_only_root);
  in.flag("new_privileges", out.new_privileges);
  in.flag("init", out.init);
  in.text_map("sysctls", out.sysctls);
  in.each("devices", [&](FieldReader& device) {
    Device& one = out.devices.emplace_back();
    device.require({"host"});
    device.text("host", one.host);
    one.container = one.host;
    device.text("container", one.container);
    device.text("access", one.access);
  });
}

}  // namespace

void read_container(FieldReader& in, Container& out) {
  in.text("image", out.image);
  in.word("pull", out.pull,
          {{"missing", PullPolicy::missing},
           {"always", PullPolicy::always},
           {"never", PullPolicy::never}});
  in.text("platform", out.platform);
  read_texts(in, "entrypoint", out.entrypoint);
  read_texts(in, "command", out.command);
  in.text("user", out.user);
  in.text("working_dir", out.working_dir);
  in.text("hostname", out.hostname);
  in.text_map("env", out.environment);
  in.text_map("env_from", out.environment_from);
  in.each("secrets", [&](FieldReader& secret) {
    SecretFile& one = out.secrets.emplace_back();
    secret.require({"source"});
    secret.text("source", one.source);
    one.target = "/run/secrets/" + one.source;
    secret.text("target", one.target);
  });
  read_ports(in, out.ports);
  read_mounts(in, out.mounts);
  read_rights(in, out);
  in.one("resources", [&](FieldReader& limits) { read_limits(limits, out.limits); });
  in.text("stop_signal", out.stop_signal);
  in.parsed("stop_grace", into(out.stop_grace));
  in.one("readiness", [&](FieldReader& probe) { read_probe(probe, out.readiness.emplace()); });
  in.one("liveness", [&](FieldReader& probe) { read_probe(probe, out.liveness.emplace()); });
  in.text_map("labels", out.labels);
}

void read_update(FieldReader& in, Update& out) {
  in.word("order", out.order,
          {{"automatic", UpdateOrder::automatic},
           {"start-first", UpdateOrder::start_first},
           {"stop-first", UpdateOrder::stop_first}});
  in.integer("at_once", out.at_once, {1, 1000});
  in.parsed("healthy_within", into(out.healthy_within));
  in.parsed("drain", into(out.drain));
  in.word("on_failure", out.on_failure,
          {{"roll-back", OnFailure::roll_back}, {"pause", OnFailure::pause}});
  in.integer("keep_releases", out.keep_releases, {1, 100});
}

namespace {

void read_app(FieldReader& in, App& out) {
  in.require({"name", "image"});
  in.text("name", out.name);
  in.text("project", out.project);
  in.integer("replicas", out.replicas, {0, 1000});
  read_container(in, out.container);
  in.one("update", [&](FieldReader& update) { read_update(update, out.update); });
}

void read_job(FieldReader& in, Job& out) {
  in.require({"name", "image"});
  in.text("name", out.name);
  in.text("project", out.project);
  read_container(in, out.container);
  in.text("schedule", out.schedule);
  in.text("time_zone", out.time_zone);
  in.word("overlap", out.overlap,
          {{"skip", Overlap::skip}, {"queue", Overlap::queue}, {"replace", Overlap::replace}});
  in.parsed("timeout", into(out.timeout));
  in.integer("retry", out.retry, {0, 100});
  in.integer("history", out.history, {1, 1000});
  in.flag("catch_up", out.catch_up);
}

void read_blueprint(FieldReader& in, Blueprint& out) {
  int format = 1;
  in.integer("format", format, {1, 1});
  in.each("registries", [&](FieldReader& registry) {
    Registry& one = out.registries.emplace_back();
    registry.require({"host"});
    registry.text("host", one.host);
    registry.text("username", one.username);
    registry.text("password_file", one.password_file);
    registry.text("ca_file", one.ca_file);
    registry.flag("insecure", one.insecure);
  });
  in.each("apps", [&](FieldReader& app) { read_app(app, out.apps.emplace_back()); });
  in.each("jobs", [&](FieldReader& job) { read_job(job, out.jobs.emplace_back()); });
  in.one("dns", [&](FieldReader& dns) { dns.parsed("ttl", into(out.dns_ttl)); });
}

Flaws flaws_of(const Blueprint& blueprint, Flaws flaws, const Document& document,
               std::string_view file) {
  std::set<std::string> complained;
  for (const Flaw& flaw : flaws) complained.insert(flaw.path);
  for (const Mistake& mistake : mistakes(blueprint)) {
    if (complained.contains(mistake.path)) continue;
    flaws.push_back(
        {std::string(file), place_of(document, mistake.path), mistake.path, mistake.message});
  }
  std::stable_sort(flaws.begin(), flaws.end(),
                   [](const Flaw& a, const Flaw& b) { return a.place < b.place; });
  return flaws;
}

// Names that two files use, or that would call their containers alike.
void add_doubles(const Blueprint& whole, const Blueprint& part, const Document& document,
                 const std::string& file, Flaws& flaws) {
  std::map<std::string, std::pair<std::string_view, std::string_view>> taken;
  const auto take = [&](const std::string& project, const std::string& name) {
    taken.try_emplace(project + "-" + name, project, name);
  };
  for (const App& app : whole.apps) take(app.project, app.name);
  for (const Job& job : whole.jobs) take(job.project, job.name);
  const auto judge = [&](std::string_view list, std::size_t index, const std::string& project,
                         const std::string& name) {
    const auto found = taken.find(project + "-" + name);
    if (found == taken.end()) return;
    const auto& [its_project, its_name] = found->second;
    const std::string path = item_path(list, index) + ".name";
    flaws.push_back({file, place_of(document, path), path,
                     "another file declares \"" + std::string(its_name) + "\" in project \"" +
                         std::string(its_project) + "\"" +
                         (its_name == name ? "" : ", whose containers would be called alike")});
  };
  for (std::size_t i = 0; i < part.apps.size(); ++i) {
    judge("apps", i, part.apps[i].project, part.apps[i].name);
  }
  for (std::size_t i = 0; i < part.jobs.size(); ++i) {
    judge("jobs", i, part.jobs[i].project, part.jobs[i].name);
  }
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Checked<Blueprint> parse(std::string_view text, std::string_view file) {
  return parse_all({{std::string(file), std::string(text)}});
}

Checked<Blueprint> parse_all(const std::vector<Source>& sources) {
  Blueprint whole;
  Flaws flaws;
  bool says_apps = false;
  for (const Source& source : sources) {
    const auto document = parse_document(source.text, source.file, file_limits);
    if (!document) {
      flaws.insert(flaws.end(), document.error().begin(), document.error().end());
      continue;
    }
    Blueprint part;
    Flaws found = read_fields(*document, source.file, [&](FieldReader& in) {
      says_apps = says_apps || in.has("apps");
      read_blueprint(in, part);
    });
    found = flaws_of(part, std::move(found), *document, source.file);
    add_doubles(whole, part, *document, source.file, found);
    flaws.insert(flaws.end(), found.begin(), found.end());
    append(whole.registries, part.registries);
    append(whole.apps, part.apps);
    append(whole.jobs, part.jobs);
    if (part.dns_ttl != Blueprint{}.dns_ttl) whole.dns_ttl = part.dns_ttl;
  }
  if (flaws.empty() && !says_apps) {
    const std::string file = sources.empty() ? "" : sources.front().file;
    flaws.push_back({file, {}, "apps", "is missing; where none shall run, say \"apps: []\""});
  }
  if (!flaws.empty()) return tl::unexpected<Flaws>(std::move(flaws));
  return whole;
}

}  // namespace paas::blueprint
