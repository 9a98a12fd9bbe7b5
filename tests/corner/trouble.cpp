// Resources that take long, fail, crash, or are put off.
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <stdexcept>

#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Trait;
using tf::Type;

tf::Attribute plain_id() {
  return {"id", Type::string(), {}, Trait::computed | Trait::stable, "Its id.", {}};
}
tf::Attribute computed_text(std::string name) {
  return {std::move(name), Type::string(), {}, Trait::computed | Trait::stable, "Made up.", {}};
}
tf::Attribute given(std::string name, Type type) {
  return {std::move(name), std::move(type), {}, Trait::optional, "As it is given.", {}};
}

std::string text_in(const tf::Value& object, std::string_view name) {
  const std::string* text = tf::at(object, name).as<std::string>();
  return text ? *text : "";
}

// Takes `seconds` to create, and stops when it is asked to, with what there is by then.
class Slow final : public InMemory {
 public:
  Slow()
      : InMemory("corner_slow", {"Takes its time.",
                                 0,
                                 {plain_id(), given("seconds", Type::number()),
                                  given("label", Type::string()), computed_text("finished")}}) {}

  tf::ApplyResult apply(const tf::ApplyRequest& request, const tf::Call& call) override {
    tf::ApplyResult result = InMemory::apply(request, call);
    if (!request.prior.is_null() || result.state.is_null()) return result;
    const tf::Number* seconds = tf::at(request.config, "seconds").as<tf::Number>();
    call.log->info("slow create begins");
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, call.stop, std::chrono::seconds(seconds ? *seconds->int64() : 0),
                   [] { return false; });
    if (!call.stop.stop_requested()) return result;
    result.state.as<tf::Map>()->at("finished") = tf::Unknown{};
    result.diagnostics = refused("stopped", "The creation was stopped half way.");
    return result;
  }
};

// Fails at the moment that `when` names.
class Faulty final : public InMemory {
 public:
  Faulty()
      : InMemory("corner_faulty", {"Fails on demand.",
                                   0,
                                   {plain_id(), given("when", Type::string()),
                                    given("label", Type::string()), computed_text("made")}}) {}

  void validate(const tf::Value& config, tf::Diagnostics& out) const override {
    if (text_in(config, "when") == "validate")
      out.push_back(tf::error_at(tf::Path("when"), "refused", "It is refused on demand."));
    if (text_in(config, "when") == "warn")
      out.push_back(tf::warning_at(tf::Path("when"), "doubtful", "It is doubted on demand."));
  }

  tf::PlanResult plan(const tf::PlanRequest& request, const tf::Call& call) override {
    if (text_in(request.config, "when") == "throw at plan") throw std::logic_error("thrown");
    if (text_in(request.config, "when") == "throw oddly") throw 42;
    return InMemory::plan(request, call);
  }

  tf::ApplyResult apply(const tf::ApplyRequest& request, const tf::Call& call) override {
    const std::string when = text_in(request.planned, "when");
    if (when == "crash") std::abort();
    if (when == "throw") throw std::runtime_error("thrown \xff on demand");
    tf::ApplyResult result = InMemory::apply(request, call);
    if (when == "half way") {
      result.state.as<tf::Map>()->at("made") = tf::Unknown{};
      result.diagnostics = refused("failed half way", "It exists, but is not complete.");
    }
    if (when == "at once") {
      result.state = request.prior;
      result.diagnostics = refused("failed at once", "Nothing was made.");
    }
    if (request.planned.is_null() && text_in(request.prior, "when") == "destroy") {
      result.state = request.prior;
      result.diagnostics = refused("cannot be removed", "It is held on demand.");
    }
    return result;
  }
};

// Put off, for the reason given.
class Deferring final : public InMemory {
 public:
  Deferring()
      : InMemory("corner_deferring",
                 {"Is put off.", 0, {plain_id(), given("reason", Type::string())}}) {}

  tf::PlanResult plan(const tf::PlanRequest& request, const tf::Call& call) override {
    tf::PlanResult result = InMemory::plan(request, call);
    result.deferred = reason_in(request.config);
    return result;
  }
  tf::ReadResult read(const tf::ReadRequest& request, const tf::Call& call) override {
    tf::ReadResult result = InMemory::read(request, call);
    result.deferred = reason_in(request.state);
    return result;
  }
  tf::ReadResult import(const tf::ImportRequest& request, const tf::Call&) override {
    const tf::Value state = object_with({{"id", request.id}, {"reason", "absent"}});
    return {state, {}, {}, reason_in(state), {}};
  }

 private:
  static tf::Deferred reason_in(const tf::Value& object) {
    const std::string reason = text_in(object, "reason");
    if (reason == "resource") return tf::Deferred::resource_config_unknown;
    if (reason == "provider") return tf::Deferred::provider_config_unknown;
    if (reason == "absent") return tf::Deferred::absent_prerequisite;
    return tf::Deferred::no;
  }
};

}  // namespace

std::unique_ptr<tf::Resource> slow() {
  return std::make_unique<Slow>();
}
std::unique_ptr<tf::Resource> faulty() {
  return std::make_unique<Faulty>();
}
std::unique_ptr<tf::Resource> deferring() {
  return std::make_unique<Deferring>();
}

}  // namespace paas::corner
