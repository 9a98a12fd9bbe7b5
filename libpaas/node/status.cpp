#include "libpaas/node/status.hpp"

#include <functional>

#include "libpaas/base/json.hpp"
#include "libpaas/base/moment.hpp"
#include "libpaas/base/text.hpp"

namespace paas::node {
namespace status_form {

constexpr int format = 1;
constexpr JsonLimits most{.max_bytes = std::size_t{16} << 20, .max_depth = 16};

// What each object holds, once for both directions: `each` is asked for every member.

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, SourceStatus>
{
  each("location", one.location);
  each("version", one.version);
  each("accepted", one.accepted);
  each("trouble", one.trouble);
}

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, ContainerStatus>
{
  each("name", one.name);
  each("project", one.project);
  each("app", one.app);
  each("replica", one.replica);
  each("release", one.release);
  each("stage", one.stage);
  each("state", one.state);
  each("ready", one.ready);
  each("named", one.named);
  each("address", one.address);
  each("image", one.image);
  each("started", one.started);
  each("restarts", one.restarts);
  each("exit_code", one.exit_code);
  each("out_of_memory", one.out_of_memory);
  each("health", one.health);
  each("trouble", one.trouble);
  each("log", one.log);
}

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, AppStatus>
{
  each("project", one.project);
  each("app", one.app);
  each("state", one.state);
  each("replicas", one.replicas);
  each("ready", one.ready);
  each("release", one.release);
  each("held", one.held);
  each("trouble", one.trouble);
  each("releases", one.releases);
}

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, RunStatus>
{
  each("project", one.project);
  each("job", one.job);
  each("slot", one.slot);
  each("attempt", one.attempt);
  each("stage", one.stage);
  each("outcome", one.outcome);
  each("started", one.started);
  each("ended", one.ended);
  each("exit_code", one.exit_code);
  each("trouble", one.trouble);
  each("log", one.log);
}

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, JobStatus>
{
  each("project", one.project);
  each("job", one.job);
  each("schedule", one.schedule);
  each("next", one.next);
  each("missed", one.missed);
  each("runs", one.runs);
}

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, ForeignService>
{
  each("kind", one.kind);
  each("name", one.name);
  each("state", one.state);
  each("detail", one.detail);
}

template <class Each, class One>
void members(Each& each, One& one)
  requires std::same_as<std::remove_const_t<One>, Status>
{
  each("node", one.node);
  each("version", one.version);
  each("phase", one.phase);
  each("change", one.change);
  each("written", one.written);
  each("generation", one.generation);
  each("settled", one.settled);
  each("source", one.source);
  each("engine", one.engine);
  each("engine_trouble", one.engine_trouble);
  each("disk_trouble", one.disk_trouble);
  each("apps", one.apps);
  each("containers", one.containers);
  each("jobs", one.jobs);
  each("pending", one.pending);
  each("foreign", one.foreign);
}

class Writer {
 public:
  template <class T>
  void operator()(std::string_view name, const T& value) {
    object_.emplace(name, json(value));
  }
  template <class One>
  static Json object_of(const One& one) {
    Writer writer;
    members(writer, one);
    return std::move(writer.object_);
  }

 private:
  static Json json(const std::string& text) { return to_utf8(text); }
  static Json json(model::Moment moment) {
    return moment == model::Moment{} ? Json() : Json(moment_text(moment));
  }
  template <class T>
  static Json json(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
  }
  template <class T>
  static Json json(const std::vector<T>& values) {
    Json::Array list;
    for (const T& value : values) list.push_back(json(value));
    return list;
  }
  template <class T>
  static Json json(const T& value) {
    if constexpr (std::is_class_v<T>) {
      return object_of(value);
    } else {
      return value;
    }
  }

  Json::Object object_;
};

// Sets what is there and of its kind; the first member of another kind is the error.
class Reader {
 public:
  Reader(const Json& object, std::string path, Result<void>& outcome)
      : object_(object), path_(std::move(path)), outcome_(outcome) {
    if (object.object() == nullptr) refuse(path_, "must be an object");
  }

  template <class T>
  void operator()(std::string_view name, T& target) {
    const Json& value = object_[name];
    if (!value.is_null())
      read(value, path_.empty() ? std::string(name) : path_ + "." + std::string(name), target);
  }

 private:
  void refuse(const std::string& path, const char* why) {
    if (outcome_) outcome_ = fail(Errc::invalid, (path.empty() ? "the status" : path) + " " + why);
  }
  void read(const Json& value, const std::string& path, std::string& target) {
    if (value.string() == nullptr) return refuse(path, "must be a text");
    target = *value.string();
  }
  void read(const Json& value, const std::string& path, bool& target) {
    if (value.boolean() == nullptr) return refuse(path, "must be true or false");
    target = *value.boolean();
  }
  template <std::integral Int>
  void read(const Json& value, const std::string& path, Int& target) {
    const auto whole =
        value.number() == nullptr ? std::optional<Int>() : parse_integer<Int>(value.number()->text);
    if (!whole) return refuse(path, "must be a whole number");
    target = *whole;
  }
  void read(const Json& value, const std::string& path, model::Moment& target) {
    const auto moment =
        value.string() == nullptr ? std::optional<model::Moment>() : parse_moment(*value.string());
    if (!moment) return refuse(path, "must be a moment like 2026-11-21T18:52:54Z");
    target = *moment;
  }
  template <class T>
  void read(const Json& value, const std::string& path, std::optional<T>& target) {
    read(value, path, target.emplace());
  }
  template <class T>
  void read(const Json& value, const std::string& path, std::vector<T>& target) {
    if (value.array() == nullptr) return refuse(path, "must be a list");
    for (const Json& item : *value.array()) {
      const std::string at = path + "[" + std::to_string(target.size()) + "]";
      read(item, at, target.emplace_back());
    }
  }
  template <class T>
  void read(const Json& value, const std::string& path, T& target)
    requires std::is_class_v<T>
  {
    Reader reader(value, path, outcome_);
    members(reader, target);
  }

  const Json& object_;
  std::string path_;
  Result<void>& outcome_;
};

}  // namespace status_form

std::string print_status(const Status& status) {
  Json json = status_form::Writer::object_of(status);
  json.object()->emplace("format", status_form::format);
  return pretty_json(json);
}

Result<Status> parse_status(std::string_view text) {
  const Json json = TRY(parse_json(text, status_form::most));
  if (json["format"] != Json(status_form::format)) {
    return fail(Errc::invalid, "the format of the status must be 1");
  }
  Status status;
  Result<void> outcome;
  status_form::Reader reader(json, "", outcome);
  status_form::members(reader, status);
  TRY(std::move(outcome));
  return status;
}

}  // namespace paas::node
