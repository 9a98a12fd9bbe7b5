#include "libpaas/proxmox/container.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::proxmox {
namespace {

constexpr std::uint64_t default_swap_mib = 512;
constexpr int default_tty_count = 2;

// "net12" → 12 for the prefix "net".
std::optional<int> index_of(std::string_view key, std::string_view prefix) {
  if (!key.starts_with(prefix)) return {};
  return parse_integer<int>(key.substr(prefix.size()));
}

// Reads settings that may come as text, number or boolean, whichever the server had at hand.
class SettingsReader {
 public:
  explicit SettingsReader(const Json& data) : data_(data) {}

  // What is empty is not set; but a flag may be false that way.
  std::optional<std::string> text(std::string_view key) const {
    auto value = text_of(data_[key]);
    return value && value->empty() ? std::nullopt : std::move(value);
  }

  Result<std::optional<bool>> flag(std::string_view key) const {
    const auto value = text_of(data_[key]);
    if (!value) return std::optional<bool>{};
    if (*value == "1" || *value == "true") return std::optional<bool>{true};
    if (*value == "0" || *value == "false" || value->empty()) return std::optional<bool>{false};
    return unreadable(key);
  }

  template <class Int>
  Result<std::optional<Int>> number(std::string_view key) const {
    const auto value = text(key);
    if (!value) return std::optional<Int>{};
    const auto number = parse_integer<Int>(plain_decimal(*value));
    if (!number) return unreadable(key);
    return std::optional<Int>{*number};
  }

  template <class T>
  Result<std::optional<T>> part(std::string_view key, Result<T> (*parse)(std::string_view)) const {
    const auto value = text(key);
    if (!value) return std::optional<T>{};
    auto parsed = parse(*value);
    if (!parsed) return fail_while("setting " + std::string(key), std::move(parsed));
    return std::optional<T>{std::move(parsed).take()};
  }

  // All of "mp0", "mp1", …
  template <class T>
  Result<std::map<std::string, T>> parts(std::string_view prefix,
                                         Result<T> (*parse)(std::string_view)) const {
    std::map<std::string, T> out;
    for (const auto& [key, value] : *data_.object()) {
      if (!index_of(key, prefix)) continue;
      if (auto one = TRY(part(key, parse))) out.emplace(key, std::move(*one));
    }
    return out;
  }

  static std::optional<std::string> text_of(const Json& value) {
    if (const std::string* text = value.string()) return *text;
    if (const auto* number = value.number()) return number->text;
    if (const bool* flag = value.boolean()) return *flag ? "1" : "0";
    return {};
  }

 private:
  static tl::unexpected<Error> unreadable(std::string_view key) {
    return fail(Errc::internal, "unable to understand setting " + std::string(key));
  }

  const Json& data_;
};

std::vector<std::string> word_list(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  for (const std::string_view word : words(text, separators)) out.emplace_back(word);
  return out;
}

// K=V texts with NUL between them.
std::map<std::string, std::string> parse_environment(std::string_view text) {
  std::map<std::string, std::string> out;
  for (const std::string_view entry : split(text, '\0')) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos && equals > 0)
      out.insert_or_assign(std::string(entry.substr(0, equals)),
                           std::string(entry.substr(equals + 1)));
  }
  return out;
}

std::string print_environment(const std::map<std::string, std::string>& environment) {
  std::string out;
  for (const auto& [name, value] : environment) {
    if (!out.empty()) out += '\0';
    out += name + "=" + value;
  }
  return out;
}

// The server keeps a description as lines and gives it back with one newline at its end.
std::string without_last_newlines(std::string_view text) {
  const std::size_t end = text.find_last_not_of('\n');
  return std::string(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
}

Result<void> parse_scalars(const SettingsReader& in, ContainerConfig& out) {
  out.hostname = in.text("hostname");
  if (const auto text = in.text("description")) out.description = without_last_newlines(*text);
  out.arch = in.text("arch");
  out.os_type = in.text("ostype");
  out.cores = TRY(in.number<int>("cores"));
  if (const auto text = in.text("cpulimit")) out.cpu_limit = plain_decimal(*text);
  out.cpu_units = TRY(in.number<int>("cpuunits"));
  out.memory_mib = TRY(in.number<std::uint64_t>("memory"));
  out.swap_mib = TRY(in.number<std::uint64_t>("swap"));
  if (const auto text = in.text("nameserver")) out.dns_servers = word_list(*text, ", ");
  out.dns_domain = in.text("searchdomain");
  if (const auto text = in.text("tags")) out.tags = normalised_tags({*text});
  out.start_on_boot = TRY(in.flag("onboot"));
  out.protection = TRY(in.flag("protection"));
  out.unprivileged = TRY(in.flag("unprivileged"));
  out.timezone = in.text("timezone");
  out.console = TRY(in.flag("console"));
  out.console_mode = in.text("cmode");
  out.tty_count = TRY(in.number<int>("tty"));
  out.hook_script = in.text("hookscript");
  out.entrypoint = in.text("entrypoint");
  if (const auto text = in.text("env")) out.environment = parse_environment(*text);
  out.is_template = TRY(in.flag("template"));
  out.lock = in.text("lock").value_or("");
  out.digest = in.text("digest").value_or("");
  return {};
}

std::vector<std::string> parse_unused(const Json& data) {
  std::map<int, std::string> volumes;
  for (const auto& [key, value] : *data.object()) {
    const auto index = index_of(key, "unused");
    const auto text = SettingsReader::text_of(value);
    if (index && text) volumes.emplace(*index, *text);
  }
  std::vector<std::string> out;
  for (auto& [index, volume] : volumes) out.push_back(std::move(volume));
  return out;
}

// Collects what a PUT has to set and to delete.
class ConfigChange {
 public:
  // `same`: whether both mean the same to the server, an absent value being its default.
  void text_unless(bool same, std::string_view key, const std::optional<std::string>& have,
                   const std::optional<std::string>& want) {
    if (same) return;
    if (want && !want->empty())
      set_.emplace_back(key, *want);
    else if (have)
      deleted_.emplace_back(key);
  }
  void text(std::string_view key, const std::optional<std::string>& have,
            const std::optional<std::string>& want, std::string_view otherwise = "") {
    const std::string usual(otherwise);
    text_unless(have.value_or(usual) == want.value_or(usual), key, have, want);
  }
  void flag(std::string_view key, std::optional<bool> have, std::optional<bool> want,
            bool otherwise = false) {
    if (have.value_or(otherwise) == want.value_or(otherwise)) return;
    set_.emplace_back(key, want.value_or(otherwise) ? "1" : "0");
  }
  template <class Int>
  void number(std::string_view key, std::optional<Int> have, std::optional<Int> want) {
    if (have == want) return;
    if (want)
      set_.emplace_back(key, std::to_string(*want));
    else
      deleted_.emplace_back(key);
  }
  // Settings that are never deleted: left as they are where nothing is wanted.
  void fixed(std::string_view key, const std::optional<std::string>& have,
             const std::optional<std::string>& want) {
    if (want && want != have) set_.emplace_back(key, *want);
  }
  void set(std::string_view key, std::string value) { set_.emplace_back(key, std::move(value)); }
  void remove(std::string_view key) { deleted_.emplace_back(key); }

  Params params() && {
    if (!deleted_.empty()) set_.emplace_back("delete", join(deleted_, ","));
    return std::move(set_);
  }

 private:
  Params set_;
  std::vector<std::string> deleted_;
};

std::optional<std::string> number_text(const std::optional<std::uint64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

std::optional<std::string> dns_text(const std::optional<std::vector<std::string>>& servers) {
  if (!servers || servers->empty()) return {};
  return join(*servers, " ");
}

std::optional<std::string> tags_text(const std::vector<std::string>& tags) {
  const std::string text = join(normalised_tags(tags), ";");
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> startup_text(const std::optional<Startup>& startup) {
  const std::string text = startup ? print_startup(*startup) : "";
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> environment_text(const std::map<std::string, std::string>& environment) {
  return environment.empty() ? std::nullopt : std::optional(print_environment(environment));
}

void change_scalars(ConfigChange& change, const ContainerConfig& have,
                    const ContainerConfig& want) {
  change.fixed("hostname", have.hostname, want.hostname);
  const std::string description = without_last_newlines(want.description.value_or(""));
  change.text_unless(have.description.value_or("") == description, "description", have.description,
                     description);
  change.fixed("arch", have.arch, want.arch);
  change.fixed("ostype", have.os_type, want.os_type);
  change.number("cores", have.cores, want.cores);
  change.text_unless(
      plain_decimal(have.cpu_limit.value_or("0")) == plain_decimal(want.cpu_limit.value_or("0")),
      "cpulimit", have.cpu_limit, want.cpu_limit);
  change.number("cpuunits", have.cpu_units, want.cpu_units);
  change.fixed("memory", number_text(have.memory_mib), number_text(want.memory_mib));
  if (have.swap_mib.value_or(default_swap_mib) != want.swap_mib.value_or(default_swap_mib))
    change.set("swap", std::to_string(want.swap_mib.value_or(default_swap_mib)));
  change.text("nameserver", dns_text(have.dns_servers), dns_text(want.dns_servers));
  change.text("searchdomain", have.dns_domain, want.dns_domain);
  change.text("tags", tags_text(have.tags), tags_text(want.tags));
  change.flag("onboot", have.start_on_boot, want.start_on_boot);
  change.text("startup", startup_text(have.startup), startup_text(want.startup));
  change.flag("protection", have.protection, want.protection);
  change.text("timezone", have.timezone, want.timezone);
  change.flag("console", have.console, want.console, true);
  change.text("cmode", have.console_mode, want.console_mode, "tty");
  if (have.tty_count.value_or(default_tty_count) != want.tty_count.value_or(default_tty_count))
    change.number("tty", have.tty_count, want.tty_count);
  change.text("hookscript", have.hook_script, want.hook_script);
  change.text("entrypoint", have.entrypoint, want.entrypoint, "/sbin/init");
  change.text("env", environment_text(have.environment), environment_text(want.environment));
}

// A mount as it may be sent: with the volume and the size that are stored, never a request for new
// ones. `PUT rootfs=local:5` would leave a container without its root disk.
Mount as_stored(const Mount& have, Mount want) {
  want.volume = have.volume;
  want.size_mib = have.size_mib;
  std::erase_if(want.others, [](const auto& pair) { return pair.first == "size"; });
  for (const auto& pair : have.others)
    if (pair.first == "size") want.others.push_back(pair);
  return want;
}

bool same_device(const Device& a, const Device& b) {
  return a.path == b.path && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid &&
         a.deny_write.value_or(false) == b.deny_write.value_or(false) && a.others == b.others;
}

void change_parts(ConfigChange& change, const ContainerConfig& have, const ContainerConfig& want) {
  if (have.root && want.root && !same_mount_options(*have.root, *want.root))
    change.set("rootfs", print_mount(as_stored(*have.root, *want.root)));
  for (const auto& [key, mount] : want.mounts) {
    const auto found = have.mounts.find(key);
    if (found == have.mounts.end()) {
      if (!mount.needs_volume()) change.set(key, print_mount(mount));
    } else if (!same_mount_options(found->second, mount)) {
      change.set(key, print_mount(as_stored(found->second, mount)));
    }
  }
  for (const auto& [key, mount] : have.mounts)
    if (!want.mounts.contains(key)) change.remove(key);

  for (const auto& [key, wanted] : want.networks) {
    Network network = wanted;
    const auto found = have.networks.find(key);
    if (found != have.networks.end() && network.mac.empty()) network.mac = found->second.mac;
    if (found == have.networks.end() || !same_network(found->second, network))
      change.set(key, print_network(network));
  }
  for (const auto& [key, network] : have.networks)
    if (!want.networks.contains(key)) change.remove(key);

  for (const auto& [key, device] : want.devices) {
    const auto found = have.devices.find(key);
    if (found == have.devices.end() || !same_device(found->second, device))
      change.set(key, print_device(device));
  }
  for (const auto& [key, device] : have.devices)
    if (!want.devices.contains(key)) change.remove(key);

  const Features none;
  const Features features = want.features.value_or(none);
  if (!same_features(have.features.value_or(none), features)) {
    if (same_features(features, none))
      change.remove("features");
    else
      change.set("features", print_features(features));
  }
}

// Adds to a create what is given and worth sending.
class CreateParams {
 public:
  void text(std::string_view key, const std::optional<std::string>& value) {
    if (value && !value->empty()) out_.emplace_back(key, *value);
  }
  void flag(std::string_view key, std::optional<bool> value) {
    if (value) out_.emplace_back(key, *value ? "1" : "0");
  }
  template <class Int>
  void number(std::string_view key, std::optional<Int> value) {
    if (value) out_.emplace_back(key, std::to_string(*value));
  }
  Params params() && { return std::move(out_); }

 private:
  Params out_;
};

std::string create_mount(const Mount& mount) {
  return mount.needs_volume() ? print_allocation(mount) : print_mount(mount);
}

// A volume has the size it has: a change of its options that is pending names the size of the
// moment it was asked for, and the volume may have grown since.
Result<void> keep_sizes(const Json::Object& stored, ContainerConfig& config) {
  const auto keep = [&](const std::string& key, Mount& mount) -> Result<void> {
    const auto found = stored.find(key);
    const std::string* text = found == stored.end() ? nullptr : found->second.string();
    if (!text) return {};
    const Mount now = TRY(parse_mount(*text));
    if (now.volume == mount.volume) mount.size_mib = now.size_mib;
    return {};
  };
  if (config.root) TRY(keep("rootfs", *config.root));
  for (auto& [key, mount] : config.mounts) TRY(keep(key, mount));
  return {};
}

}  // namespace

Result<ContainerConfig> parse_container(const Json& data) {
  if (!data.object()) return fail(Errc::internal, "unable to understand a container's settings");
  const SettingsReader in(data);
  ContainerConfig out;
  TRY(parse_scalars(in, out));
  out.root = TRY(in.part("rootfs", parse_mount));
  out.mounts = TRY(in.parts("mp", parse_mount));
  out.networks = TRY(in.parts("net", parse_network));
  out.devices = TRY(in.parts("dev", parse_device));
  out.features = TRY(in.part("features", parse_features));
  out.startup = TRY(in.part("startup", parse_startup));
  out.unused = parse_unused(data);
  return out;
}

Result<PendingConfig> parse_pending(const Json& data) {
  if (!data.array()) return fail(Errc::internal, "unable to understand a container's settings");
  PendingConfig out;
  Json::Object settings, stored;  // `stored`: what stands where something is pending
  for (const Json& entry : *data.array()) {
    const std::string* key = entry["key"].string();
    if (!key) return fail(Errc::internal, "unable to understand a container's settings");
    const Json& pending = entry["pending"];
    const bool removed = SettingsReader::text_of(entry["delete"]).value_or("0") != "0";
    if (removed || !pending.is_null()) out.pending.push_back(*key);
    if (removed) continue;
    settings.insert_or_assign(*key, pending.is_null() ? entry["value"] : pending);
    if (!pending.is_null()) stored.insert_or_assign(*key, entry["value"]);
  }
  std::sort(out.pending.begin(), out.pending.end());
  out.config = TRY(parse_container(Json{std::move(settings)}));
  TRY(keep_sizes(stored, out.config));
  return out;
}

Params change_params(const ContainerConfig& have, const ContainerConfig& want) {
  ConfigChange change;
  change_scalars(change, have, want);
  change_parts(change, have, want);
  return std::move(change).params();
}

Params create_params(const ContainerConfig& want) {
  CreateParams out;
  out.text("hostname", want.hostname);
  if (want.description) out.text("description", without_last_newlines(*want.description));
  out.text("arch", want.arch);
  out.text("ostype", want.os_type);
  out.flag("unprivileged", want.unprivileged);
  out.number("cores", want.cores);
  out.text("cpulimit", want.cpu_limit);
  out.number("cpuunits", want.cpu_units);
  out.number("memory", want.memory_mib);
  out.number("swap", want.swap_mib);
  if (want.root) out.text("rootfs", create_mount(*want.root));
  for (const auto& [key, mount] : want.mounts) out.text(key, create_mount(mount));
  for (const auto& [key, network] : want.networks) out.text(key, print_network(network));
  for (const auto& [key, device] : want.devices) out.text(key, print_device(device));
  out.text("nameserver", dns_text(want.dns_servers));
  out.text("searchdomain", want.dns_domain);
  if (want.features && !same_features(*want.features, Features{}))
    out.text("features", print_features(*want.features));
  out.text("tags", tags_text(want.tags));
  out.flag("onboot", want.start_on_boot);
  out.text("startup", startup_text(want.startup));
  out.flag("protection", want.protection);
  out.text("timezone", want.timezone);
  out.flag("console", want.console);
  out.text("cmode", want.console_mode);
  out.number("tty", want.tty_count);
  out.text("hookscript", want.hook_script);
  out.text("entrypoint", want.entrypoint);
  out.text("env", environment_text(want.environment));
  return std::move(out).params();
}

}  // namespace paas::proxmox
