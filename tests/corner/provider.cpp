#include "tests/corner/provider.hpp"

#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Trait;
using tf::Type;

class Corner final : public tf::Provider {
 public:
  Corner() {
    resources_.push_back(everything());
    resources_.push_back(noop());
    resources_.push_back(thing());
    resources_.push_back(slow());
    resources_.push_back(faulty());
    resources_.push_back(deferring());
    data_sources_.push_back(echo());
    data_sources_.push_back(corner::configuration(configured_));
    ephemerals_.push_back(secret());
    lists_.push_back(thing_list());
    actions_.push_back(announce());
  }

  const tf::Schema& schema() const override { return schema_; }
  void validate(const tf::Value& config, tf::Diagnostics& out) const override {
    if (tf::at(config, "greeting") == tf::Value("goodbye"))
      out.push_back(tf::error_at(tf::Path("greeting"), "no greeting", "That is a farewell."));
  }
  tf::Diagnostics configure(const tf::Value& config, const std::string& terraform_version,
                            const tf::Call&) override {
    const tf::Value& greeting = tf::at(config, "greeting");
    if (greeting == tf::Value("unwelcome")) return refused("unwelcome", "It is not let in.");
    configured_.set(
        {greeting.is_unknown() ? tf::Value("not known yet") : greeting, terraform_version});
    return {};
  }

  const std::vector<std::unique_ptr<tf::Resource>>& resources() const override {
    return resources_;
  }
  const std::vector<std::unique_ptr<tf::DataSource>>& data_sources() const override {
    return data_sources_;
  }
  const std::vector<tf::Function>& functions() const override { return functions_; }
  const std::vector<std::unique_ptr<tf::Ephemeral>>& ephemerals() const override {
    return ephemerals_;
  }
  const std::vector<std::unique_ptr<tf::ListResource>>& list_resources() const override {
    return lists_;
  }
  const std::vector<std::unique_ptr<tf::Action>>& actions() const override { return actions_; }

 private:
  const tf::Schema schema_{
      "Odd resources, for tests.",
      0,
      {{"greeting", Type::string(), {}, Trait::optional, "Any word of welcome.", {}},
       {"token", Type::string(), {}, Trait::optional | Trait::sensitive, "Not used.", {}}}};
  Configured configured_;
  std::vector<std::unique_ptr<tf::Resource>> resources_;
  std::vector<std::unique_ptr<tf::DataSource>> data_sources_;
  std::vector<tf::Function> functions_ = corner::functions();
  std::vector<std::unique_ptr<tf::Ephemeral>> ephemerals_;
  std::vector<std::unique_ptr<tf::ListResource>> lists_;
  std::vector<std::unique_ptr<tf::Action>> actions_;
};

}  // namespace

std::unique_ptr<tf::Provider> make_provider() {
  return std::make_unique<Corner>();
}

}  // namespace paas::corner
