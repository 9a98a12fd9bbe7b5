// Data sources.
#include "libpaas/base/text.hpp"
#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Trait;
using tf::Type;

class Echo final : public tf::DataSource {
 public:
  const std::string& name() const override { return name_; }
  const tf::Schema& schema() const override { return schema_; }

  void validate(const tf::Value& config, tf::Diagnostics& out) const override {
    if (tf::at(config, "text") == tf::Value("silence"))
      out.push_back(tf::error_at(tf::Path("text"), "nothing to echo", "Say something."));
  }

  tf::ReadResult read(const tf::Value& config, const tf::Call&) override {
    tf::ReadResult result;
    const std::string text = *tf::at(config, "text").as<std::string>();
    if (text == "later") result.deferred = tf::Deferred::absent_prerequisite;
    if (text == "never") result.diagnostics = refused("no echo", "It never comes back.");
    result.state = tf::Map{{"text", text}, {"upper", upper(text)}};
    return result;
  }

 private:
  const std::string name_ = "corner_echo";
  const tf::Schema schema_{"Says it again.",
                           0,
                           {{"text", Type::string(), {}, Trait::required, "What to say.", {}},
                            {"upper", Type::string(), {}, Trait::computed, "Louder.", {}}}};
};

class ShowConfiguration final : public tf::DataSource {
 public:
  explicit ShowConfiguration(const Configured& configured) : configured_(configured) {}
  const std::string& name() const override { return name_; }
  const tf::Schema& schema() const override { return schema_; }
  void validate(const tf::Value&, tf::Diagnostics&) const override {}

  tf::ReadResult read(const tf::Value&, const tf::Call&) override {
    const Configuration now = configured_.get();
    tf::ReadResult result;
    result.state =
        tf::Map{{"greeting", now.greeting}, {"terraform_version", now.terraform_version}};
    return result;
  }

 private:
  const Configured& configured_;
  const std::string name_ = "corner_configuration";
  const tf::Schema schema_{
      "What the provider was configured with.",
      0,
      {{"greeting", Type::string(), {}, Trait::computed, "Its greeting.", {}},
       {"terraform_version", Type::string(), {}, Trait::computed, "Who configured it.", {}}}};
};

}  // namespace

std::unique_ptr<tf::DataSource> echo() {
  return std::make_unique<Echo>();
}
std::unique_ptr<tf::DataSource> configuration(const Configured& configured) {
  return std::make_unique<ShowConfiguration>(configured);
}

}  // namespace paas::corner
