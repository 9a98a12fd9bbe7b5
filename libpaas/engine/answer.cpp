#include "libpaas/engine/answer.hpp"
#include "libpaas/base/moment.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "libpaas/base/text.hpp"

namespace paas::engine {
namespace {

using model::ContainerStatus;

constexpr std::size_t max_message_bytes = 1024;
constexpr std::uint64_t mib = std::uint64_t{1} << 20;

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != text.npos; });
}

// What the engines' words mean where the status does not say.
Errc meaning_of(std::string_view words) {
  if (has_any(words, {"already in use", "already exists", "already used", "already allocated",
                      "overlaps with other", "port is already", "address already",
                      "active endpoints", "being used", "is in use", "image is being used",
                      "in use by", "state improper", "is not running", "not running"})) {
    return Errc::conflict;
  }
  if (has_any(words, {"unauthorized", "authentication required", "no basic auth", "access denied",
                      "requested access to the resource is denied", "invalid username/password",
                      "incorrect username or password"})) {
    return Errc::denied;
  }
  if (has_any(words, {"manifest unknown", "no such image", "image not known", "name unknown",
                      "no such network", "network not found", "unable to find network",
                      "no such container", "no such volume", "repository does not exist",
                      "no matching manifest", "no image found in manifest list",
                      "no image found in image index", "no such file or directory"})) {
    return Errc::not_found;
  }
  if (has_any(words, {"connection refused", "no such host", "i/o timeout", "deadline exceeded",
                      "network is unreachable", "no route to host", "connection reset",
                      "tls handshake", "unexpected eof", "server misbehaving", "toomanyrequests",
                      "too many requests", "service unavailable", "pinging container registry"})) {
    return Errc::unavailable;
  }
  if (has_any(words, {"invalid reference", "invalid containerport", "invalid argument"})) {
    return Errc::invalid;
  }
  return Errc::internal;
}

Errc meaning_of(int status, Errc by_words) {
  switch (status) {
    case 400:
      return by_words == Errc::internal ? Errc::invalid : by_words;
    case 401:
      return Errc::denied;
    case 403:  // Docker's word for much that is taken
      return by_words == Errc::internal ? Errc::denied : by_words;
    case 404:
      // Docker says so of a registry that hides what one may not see.
      return by_words == Errc::denied ? Errc::denied : Errc::not_found;
    case 409:
      return Errc::conflict;
    default:
      return by_words;
  }
}

std::string told(std::string_view text) {
  return printable(to_utf8(shortened(without_url_secrets(trim(text)), max_message_bytes)));
}

ContainerStatus status_of(std::string_view word) {
  if (word == "running" || word == "restarting") return ContainerStatus::running;
  if (word == "paused") return ContainerStatus::paused;
  if (word == "stopping") return ContainerStatus::stopping;
  if (word == "exited" || word == "stopped") return ContainerStatus::exited;
  if (word == "dead" || word == "removing") return ContainerStatus::dead;
  return ContainerStatus::created;  // Podman's "configured" and "initialized", too
}

std::string name_of_container(std::string_view name) {
  return std::string(name.starts_with('/') ? name.substr(1) : name);
}

model::Limits limits_of(const Json& host) {
  model::Limits limits;
  limits.log_mib = 0;
  if (const auto memory = natural_of(host["Memory"])) limits.memory_mib = memory / mib;
  const auto nano_cpus = natural_of(host["NanoCpus"]);
  const auto quota = natural_of(host["CpuQuota"]);
  const auto period = natural_of(host["CpuPeriod"]);
  if (nano_cpus > 0) {
    limits.cpu_milli = nano_cpus / 1'000'000;
  } else if (quota > 0 && period > 0 && quota < period * 1'000'000) {
    limits.cpu_milli = quota * 1'000 / period;
  }
  limits.pids = natural_of(host["PidsLimit"]);
  if (const Json::Array* ulimits = host["Ulimits"].array()) {
    for (const Json& limit : *ulimits) {
      const std::string name = lower(text_of(limit["Name"]));
      if (name == "nofile" || name == "rlimit_nofile")
        limits.open_files = natural_of(limit["Soft"]);
    }
  }
  return limits;
}

std::vector<model::Mount> mounts_of(const Json& list) {
  std::vector<model::Mount> mounts;
  if (const Json::Array* items = list.array()) {
    for (const Json& item : *items) {
      const std::string type = text_of(item["Type"]);
      if (type != "volume" && type != "bind") continue;
      model::Mount mount;
      mount.kind = type == "volume" ? model::MountKind::volume : model::MountKind::bind;
      mount.source = text_of(item[type == "volume" ? "Name" : "Source"]);
      mount.target = text_of(item["Destination"]);
      const bool* writable = item["RW"].boolean();
      mount.read_only = writable != nullptr && !*writable;
      mounts.push_back(std::move(mount));
    }
  }
  std::sort(mounts.begin(), mounts.end(),
            [](const auto& a, const auto& b) { return a.target < b.target; });
  return mounts;
}

void read_state(const Json& state, model::ContainerInfo& info) {
  info.status = status_of(text_of(state["Status"]));
  const auto never = model::Moment{};
  info.started = parse_moment(text_of(state["StartedAt"])).value_or(never);
  info.finished = parse_moment(text_of(state["FinishedAt"])).value_or(never);
  const bool* killed = state["OOMKilled"].boolean();
  info.out_of_memory = killed != nullptr && *killed;
  info.error = told(text_of(state["Error"]));
  const bool alive =
      info.status == ContainerStatus::running || info.status == ContainerStatus::paused;
  if (alive)
    info.pid = static_cast<int>(std::clamp<std::int64_t>(number_of(state["Pid"]), 0, 1 << 30));
  const bool ended = info.status == ContainerStatus::exited || info.status == ContainerStatus::dead;
  if (ended && info.finished != never) {
    info.exit_code =
        static_cast<int>(std::clamp<std::int64_t>(number_of(state["ExitCode"]), -1, 255));
  }
}

void read_network(const Json& networks, model::ContainerInfo& info) {
  const Json::Object* by_name = networks.object();
  if (by_name == nullptr) return;
  for (const auto& [name, network] : *by_name) {
    if (name == "none" || name == "host") continue;
    info.network = name;
    if (info.pid == 0) return;
    info.address = text_of(network["IPAddress"]);
    info.mac = lower(text_of(network["MacAddress"]));
    return;
  }
}

// Both lists and inspections of images, whose fields are named alike.
model::ImageInfo image_of(const Json& answer) {
  model::ImageInfo image;
  image.id = image_id(text_of(answer["Id"]));
  image.names = texts(answer["RepoTags"]);
  image.digests = texts(answer["RepoDigests"]);
  std::erase(image.names, "<none>:<none>");
  std::erase(image.digests, "<none>@<none>");
  image.bytes = natural_of(answer["Size"]);
  const std::string system = text_of(answer["Os"]);
  if (!system.empty()) image.platform = system + "/" + text_of(answer["Architecture"]);
  image.entrypoint = texts(answer["Config"]["Entrypoint"]);
  image.command = texts(answer["Config"]["Cmd"]);
  return image;
}

Result<const Json::Array*> list_of(const Json& answer, std::string_view what) {
  static const Json::Array none;
  if (answer.is_null()) return &none;  // Podman's empty list may be null, or no body at all
  if (const Json::Array* list = answer.array()) return list;
  return fail(Errc::internal, "the engine's answer holds no list of " + std::string(what));
}

bool is_container_id(std::string_view id) {
  return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == id.npos;
}

}  // namespace

std::string text_of(const Json& value) {
  const std::string* text = value.string();
  return text == nullptr ? std::string() : *text;
}
std::int64_t number_of(const Json& value) {
  return value.integer().value_or(0);
}
std::uint64_t natural_of(const Json& value) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number_of(value), 0));
}

model::TextMap text_map(const Json& object) {
  model::TextMap map;
  if (const Json::Object* members = object.object()) {
    for (const auto& [key, value] : *members) {
      if (const std::string* text = value.string()) map.emplace(key, *text);
    }
  }
  return map;
}

model::Texts texts(const Json& array) {
  model::Texts list;
  if (const Json::Array* items = array.array()) {
    for (const Json& item : *items) {
      if (const std::string* text = item.string()) list.push_back(*text);
    }
  } else if (const std::string* one = array.string(); one != nullptr && !one->empty()) {
    list.push_back(*one);  // Podman gives an entrypoint of one word so
  }
  return list;
}

std::string image_id(std::string_view id) {
  if (id.empty() || id.find(':') != id.npos) return std::string(id);
  return "sha256:" + std::string(id);
}

Error error_of_text(std::string_view text) {
  std::string message = told(text);
  if (message.empty()) message = "the engine gave no reason";
  return Error{meaning_of(lower(text)), std::move(message), {}, {}};
}

Error error_of(int status, std::string_view body) {
  std::string text;
  if (const auto json = parse_json(body)) {
    text = text_of((*json)["message"]);
    if (text.empty()) text = text_of((*json)["cause"]);
  }
  if (text.empty()) text = std::string(body);
  Error error = error_of_text(text);
  error.code = meaning_of(status, error.code);
  return error;
}

Result<Json> data_of(std::string_view body) {
  if (trim(body).empty()) return Json{};
  auto json = parse_json(body);
  if (!json) return fail(Errc::internal, "the engine's answer is no JSON");
  return json;
}

Result<std::vector<model::ContainerSummary>> parse_containers(const Json& answer) {
  std::vector<model::ContainerSummary> all;
  for (const Json& item : *TRY(list_of(answer, "containers"))) {
    model::ContainerSummary one;
    one.id = text_of(item["Id"]);
    if (!is_container_id(one.id)) return fail(Errc::internal, "the engine named no container's id");
    const model::Texts names = texts(item["Names"]);
    if (!names.empty()) one.name = name_of_container(names.front());
    one.image_id = image_id(text_of(item["ImageID"]));
    one.labels = text_map(item["Labels"]);
    one.status = status_of(text_of(item["State"]));
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

Result<model::ContainerInfo> parse_container(const Json& answer) {
  model::ContainerInfo info;
  info.id = text_of(answer["Id"]);
  if (!is_container_id(info.id)) return fail(Errc::internal, "the engine named no container's id");
  info.name = name_of_container(text_of(answer["Name"]));
  info.image_id = image_id(text_of(answer["Image"]));
  const Json& config = answer["Config"];
  info.labels = text_map(config["Labels"]);
  const bool* terminal = config["Tty"].boolean();
  info.has_terminal = terminal != nullptr && *terminal;
  info.created = parse_moment(text_of(answer["Created"])).value_or(model::Moment{});
  read_state(answer["State"], info);
  read_network(answer["NetworkSettings"]["Networks"], info);
  info.limits = limits_of(answer["HostConfig"]);
  info.mounts = mounts_of(answer["Mounts"]);
  return info;
}

Result<std::vector<model::ImageInfo>> parse_images(const Json& answer) {
  std::vector<model::ImageInfo> all;
  for (const Json& item : *TRY(list_of(answer, "images"))) {
    all.push_back(image_of(item));
    if (all.back().id.empty()) return fail(Errc::internal, "the engine named no image's id");
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  // Podman tells of an image once for each of its names.
  all.erase(std::unique(all.begin(), all.end(),
                        [](const auto& a, const auto& b) { return a.id == b.id; }),
            all.end());
  return all;
}

Result<model::ImageInfo> parse_image(const Json& answer) {
  model::ImageInfo image = image_of(answer);
  if (image.id.empty()) return fail(Errc::internal, "the engine named no image's id");
  return image;
}

Result<model::VolumeInfo> parse_volume(const Json& answer) {
  model::VolumeInfo volume{text_of(answer["Name"]), text_map(answer["Labels"]),
                           text_of(answer["Mountpoint"])};
  if (volume.name.empty()) return fail(Errc::internal, "the engine named no volume");
  return volume;
}

Result<std::vector<model::VolumeInfo>> parse_volumes(const Json& answer) {
  const Json& list = answer.object() != nullptr ? answer["Volumes"] : answer;  // Docker's has a lid
  std::vector<model::VolumeInfo> all;
  for (const Json& item : *TRY(list_of(list, "volumes"))) all.push_back(TRY(parse_volume(item)));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

Result<std::string> parse_id(const Json& answer) {
  std::string id = text_of(answer["Id"]);
  if (!is_container_id(id)) return fail(Errc::internal, "the engine gave no id");
  return id;
}

Result<ExecState> parse_exec(const Json& answer) {
  const bool* running = answer["Running"].boolean();
  if (running == nullptr) return fail(Errc::internal, "the engine does not say how a command does");
  ExecState state;
  state.running = *running;
  state.exit_code =
      static_cast<int>(std::clamp<std::int64_t>(number_of(answer["ExitCode"]), -1, 255));
  state.pid = static_cast<int>(std::clamp<std::int64_t>(number_of(answer["Pid"]), 0, 1 << 30));
  return state;
}

std::optional<model::EngineEvent> parse_event(const Json& line) {
  if (text_of(line["Type"]) != "container") return {};
  model::EngineEvent event;
  event.container_id = text_of(line["Actor"]["ID"]);
  if (!is_container_id(event.container_id)) return {};
  event.at = model::Moment(std::chrono::nanoseconds(number_of(line["timeNano"])));
  const std::string action = text_of(line["Action"]);
  using enum model::EventKind;
  static constexpr std::array<std::pair<std::string_view, model::EventKind>, 7> kinds = {
      {{"create", created},
       {"start", started},
       {"die", died},
       {"died", died},
       {"oom", out_of_memory},
       {"destroy", removed},
       {"remove", removed}}};
  for (const auto& [word, kind] : kinds) {
    if (action == word) event.kind = kind;
  }
  if (event.kind == died) {
    const Json& more = line["Actor"]["Attributes"];
    const std::string docker = text_of(more["exitCode"]);
    event.exit_code =
        parse_integer<int>(docker.empty() ? text_of(more["containerExitCode"]) : docker);
  }
  return event;
}

StreamLine parse_stream_line(const Json& line) {
  StreamLine result;
  result.error = text_of(line["error"]);
  if (result.error.empty()) result.error = text_of(line["errorDetail"]["message"]);
  // Podman's pull ends with `id`, its load answers with `Names`; Docker's load says it in a
  // sentence.
  const model::Texts names = texts(line["Names"]);
  if (!names.empty()) result.image = names.front();
  const bool podmans = line["images"].array() != nullptr;
  if (podmans) result.image = image_id(text_of(line["id"]));
  const std::string stream = text_of(line["stream"]);
  for (const std::string_view lead : {"Loaded image ID: ", "Loaded image: "}) {
    if (stream.starts_with(lead)) result.image = trim(std::string_view(stream).substr(lead.size()));
  }
  result.progress.text = told(stream.empty() ? text_of(line["status"]) : stream);
  if (!podmans && line["progressDetail"].object() != nullptr) {
    result.progress.layer = told(text_of(line["id"]));
    result.progress.done_bytes = natural_of(line["progressDetail"]["current"]);
    result.progress.total_bytes = natural_of(line["progressDetail"]["total"]);
  }
  static constexpr std::string_view copying = "Copying blob sha256:";
  if (result.progress.text.starts_with(copying)) {
    result.progress.layer = result.progress.text.substr(copying.size(), 12);
    result.progress.text = "Copying";
  }
  return result;
}

std::string unix_text(model::Moment moment) {
  const auto ns = moment.time_since_epoch().count();
  std::string fraction = std::to_string(ns % 1'000'000'000);
  fraction.insert(0, 9 - std::min<std::size_t>(fraction.size(), 9), '0');
  return std::to_string(ns / 1'000'000'000) + "." + fraction;
}

}  // namespace paas::engine
