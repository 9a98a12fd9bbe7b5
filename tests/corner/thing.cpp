// corner_thing: identity, import, move, upgrade of its state, and the list of all there are.
#include <chrono>
#include <condition_variable>

#include "provider/tf/upgrade.hpp"
#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Trait;
using tf::Type;

tf::Schema thing_schema() {
  return {"A thing with an identity.",
          2,
          {{"id", Type::string(), {}, Trait::computed | Trait::stable, "Its id.", {}},
           {"name", Type::string(), {}, Trait::required, "Its name.", {}},
           {"size", Type::number(), {}, Trait::optional, "Its size.", {}},
           {"region", Type::string(), {}, Trait::optional | Trait::replaces, "Where it is.", {}}}};
}

const tf::IdentitySchema& thing_identity() {
  static const tf::IdentitySchema schema{
      1, {{"id", Type::string(), true, "Its id."}, {"region", Type::string(), false, "Where."}}};
  return schema;
}

tf::Value identity_of(const tf::Value& state) {
  if (state.is_null()) return tf::Null{};
  return tf::Map{{"id", tf::at(state, "id")}, {"region", tf::at(state, "region")}};
}

// Version 0 said `title`, version 1 kept the size as text.
Result<Json> name_the_title(Json state) {
  Json::Object object = *state.object();
  object["name"] = object["title"];
  object.erase("title");
  return object;
}
Result<Json> count_the_size(Json state) {
  Json::Object object = *state.object();
  if (const std::string* size = object["size"].string()) {
    if (!tf::Number::parse(*size)) return fail(Errc::invalid, "the stored size is no number");
    object["size"] = Json::Number{*size};
  }
  return object;
}

class Thing final : public InMemory {
 public:
  Thing() : InMemory("corner_thing", thing_schema()) {}

  const tf::IdentitySchema* identity() const override { return &thing_identity(); }

  tf::ApplyResult apply(const tf::ApplyRequest& request, const tf::Call& call) override {
    tf::ApplyResult result = InMemory::apply(request, call);
    result.identity = identity_of(result.state);
    result.private_data = request.private_data + "applied;";
    return result;
  }

  // A thing named "vanished" has been removed behind Terraform's back.
  tf::ReadResult read(const tf::ReadRequest& request, const tf::Call& call) override {
    tf::ReadResult result = InMemory::read(request, call);
    if (tf::at(request.state, "name") == tf::Value("vanished")) result.state = tf::Null{};
    result.identity = identity_of(result.state);
    return result;
  }

  // By the id "<region>/<id>" or "<id>", or by identity.
  tf::ReadResult import(const tf::ImportRequest& request, const tf::Call&) override {
    tf::Value id = tf::at(request.identity, "id");
    tf::Value region = tf::at(request.identity, "region");
    if (!request.id.empty()) {
      const std::size_t slash = request.id.find('/');
      id = slash == std::string::npos ? request.id : request.id.substr(slash + 1);
      if (slash != std::string::npos) region = request.id.substr(0, slash);
    }
    if (id == tf::Value("nowhere")) return {tf::Null{}, {}, {}, {}, {}};
    const tf::Value state = object_with({{"id", id}, {"name", "imported"}, {"region", region}});
    return {state, identity_of(state), "imported;", {}, {}};
  }

  Result<Json> upgrade(std::int64_t from_version, Json state) const override {
    static const std::vector<tf::Upgrade> upgrades{name_the_title, count_the_size};
    return tf::upgrade_state(upgrades, from_version, std::move(state));
  }

  Result<tf::Value> move(const tf::MoveRequest& request) const override {
    if (request.type_name != "corner_noop") return InMemory::move(request);
    const std::string* id = request.state["id"].string();
    const std::string* text = request.state["text"].string();
    if (!id) return fail(Errc::invalid, "the state to take over has no id");
    return object_with({{"id", *id}, {"name", text ? *text : "moved"}});
  }
};

// Waits that long, or until it is told to stop; true: it was told to.
bool pause(std::chrono::milliseconds length, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, length, [] { return false; });
  return stop.stop_requested();
}

std::int64_t number_in(const tf::Value& config, std::string_view name, std::int64_t otherwise) {
  const tf::Number* number = tf::at(config, name).as<tf::Number>();
  return number ? number->int64().value_or(otherwise) : otherwise;
}

// Pretends that `count` things exist.
class ThingList final : public tf::ListResource {
 public:
  const std::string& name() const override { return name_; }
  const tf::Schema& schema() const override { return schema_; }

  void list(const tf::Value& config, bool include_object, std::int64_t limit, const tf::Call& call,
            const std::function<bool(tf::Listed)>& emit) override {
    const std::int64_t count = number_in(config, "count", 3);
    const std::chrono::milliseconds rest(number_in(config, "pause_ms", 0));
    std::int64_t found = 0;
    for (; found < count; ++found) {
      if (rest.count() > 0 && pause(rest, call.stop)) break;
      const tf::Value id = "thing-" + std::to_string(found);
      tf::Listed listed{
          tf::Map{{"id", id}, {"region", tf::Null{}}}, "Thing " + id_text(id), {}, {}};
      if (include_object)
        listed.object = tf::Map{
            {"id", id}, {"name", "listed"}, {"size", tf::Number(found)}, {"region", tf::Null{}}};
      if (!emit(std::move(listed))) break;
      if (limit > 0 && found + 1 == limit) break;
    }
    call.log->info("list ended", {{"found", std::to_string(found)}});
  }

 private:
  static std::string id_text(const tf::Value& id) { return *id.as<std::string>(); }

  const std::string name_ = "corner_thing";
  const tf::Schema schema_{
      "Which things to list.",
      0,
      {{"count", Type::number(), {}, Trait::optional, "How many there are.", {}},
       {"pause_ms", Type::number(), {}, Trait::optional, "How long each takes to find.", {}}}};
};

}  // namespace

std::unique_ptr<tf::Resource> thing() {
  return std::make_unique<Thing>();
}
std::unique_ptr<tf::ListResource> thing_list() {
  return std::make_unique<ThingList>();
}

}  // namespace paas::corner
