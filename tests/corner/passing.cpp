// What passes with the run: an ephemeral value and an action.
#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Trait;
using tf::Type;

class Secret final : public tf::Ephemeral {
 public:
  const std::string& name() const override { return name_; }
  const tf::Schema& schema() const override { return schema_; }

  tf::EphemeralResult open(const tf::Value& config, const tf::Call& call) override {
    const std::string& name = *tf::at(config, "name").as<std::string>();
    call.log->info("secret opened", {{"name", name}});
    if (name == "locked") return {tf::Null{}, {}, {}, refused("locked", "It cannot be opened.")};
    const tf::Value& lifetime = tf::at(config, "renew_after");
    return {tf::Map{{"name", name}, {"renew_after", lifetime}, {"value", "secret of " + name}},
            name,
            next(lifetime),
            {}};
  }
  tf::EphemeralResult renew(const std::string& private_data, const tf::Call& call) override {
    call.log->info("secret renewed", {{"name", private_data}});
    return {tf::Null{}, private_data, next(tf::Value(60)), {}};
  }
  tf::Diagnostics close(const std::string& private_data, const tf::Call& call) override {
    call.log->info("secret closed", {{"name", private_data}});
    return {};
  }

 private:
  static std::optional<std::chrono::system_clock::time_point> next(const tf::Value& seconds) {
    const tf::Number* number = seconds.as<tf::Number>();
    if (number == nullptr) return std::nullopt;
    return std::chrono::system_clock::now() + std::chrono::seconds(number->int64().value_or(60));
  }

  const std::string name_ = "corner_secret";
  const tf::Schema schema_{
      "A secret that is never stored.",
      0,
      {{"name", Type::string(), {}, Trait::required, "Whose secret.", {}},
       {"renew_after", Type::number(), {}, Trait::optional, "Seconds until it is renewed.", {}},
       {"value", Type::string(), {}, Trait::computed | Trait::sensitive, "The secret.", {}}}};
};

class Announce final : public tf::Action {
 public:
  const std::string& name() const override { return name_; }
  const tf::Schema& schema() const override { return schema_; }

  tf::Diagnostics plan(const tf::Value& config, const tf::Call&) override {
    if (tf::at(config, "text") == tf::Value("unplannable"))
      return refused("not like that", "This cannot be announced.");
    return {};
  }
  tf::Diagnostics invoke(const tf::Value& config, const tf::Call&,
                         const std::function<void(std::string)>& progress) override {
    const std::string& text = *tf::at(config, "text").as<std::string>();
    for (int i = 1; i <= 3; ++i) progress(text + " " + std::to_string(i));
    if (text == "lost") return refused("lost", "Nobody heard it.");
    return {};
  }

 private:
  const std::string name_ = "corner_announce";
  const tf::Schema schema_{"Says something three times.",
                           0,
                           {{"text", Type::string(), {}, Trait::required, "What.", {}}}};
};

}  // namespace

std::unique_ptr<tf::Ephemeral> secret() {
  return std::make_unique<Secret>();
}
std::unique_ptr<tf::Action> announce() {
  return std::make_unique<Announce>();
}

}  // namespace paas::corner
