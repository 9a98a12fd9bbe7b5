#include "provider/plugin/service.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

namespace paas::plugin::service_test {

// A provider that remembers what it was configured with, and nothing else.
class Memo final : public tf::Provider {
 public:
  const tf::Schema& schema() const override { return schema_; }
  void validate(const tf::Value&, tf::Diagnostics&) const override {}
  tf::Diagnostics configure(const tf::Value& config, const std::string&, const tf::Call&) override {
    seen.push_back(config);
    return {};
  }
  const std::vector<std::unique_ptr<tf::Resource>>& resources() const override { return none_; }
  const std::vector<std::unique_ptr<tf::DataSource>>& data_sources() const override {
    return no_sources_;
  }
  const std::vector<tf::Function>& functions() const override { return no_functions_; }
  const std::vector<std::unique_ptr<tf::Ephemeral>>& ephemerals() const override {
    return no_ephemerals_;
  }
  const std::vector<std::unique_ptr<tf::ListResource>>& list_resources() const override {
    return no_lists_;
  }
  const std::vector<std::unique_ptr<tf::Action>>& actions() const override { return no_actions_; }

  std::vector<tf::Value> seen;

 private:
  const tf::Schema schema_{"A memo.", 0, {}};
  const std::vector<std::unique_ptr<tf::Resource>> none_;
  const std::vector<std::unique_ptr<tf::DataSource>> no_sources_;
  const std::vector<tf::Function> no_functions_;
  const std::vector<std::unique_ptr<tf::Ephemeral>> no_ephemerals_;
  const std::vector<std::unique_ptr<tf::ListResource>> no_lists_;
  const std::vector<std::unique_ptr<tf::Action>> no_actions_;
};

class Quiet final : public Exchange {
 public:
  std::string_view request() const override { return {}; }
  bool send(std::string) override { return true; }
  std::stop_token stopped() const override { return {}; }
};

class Remembering final : public Log {
 public:
  bool enabled(LogLevel level) const override { return level >= LogLevel::debug; }
  void write(LogLevel, std::string_view message, const Fields& fields) override {
    text += message;
    for (const auto& [name, value] : fields) text += " " + std::string(name) + "=" + value;
    text += "\n";
  }
  std::string text;
};

struct Fixture {
  Remembering log;
  int made = 0;
  Service service{[this] {
                    ++made;
                    return std::make_unique<Memo>();
                  },
                  log};

  std::optional<tf::Diagnostic> run(const std::function<Result<void>(const Scope&)>& body) {
    return service.run({"ReadResource", "memo_note", "read"}, Quiet(), body);
  }
  std::vector<tf::Value> seen() {
    std::vector<tf::Value> values;
    run([&](const Scope& scope) -> Result<void> {
      values = dynamic_cast<const Memo&>(scope.catalog.provider()).seen;
      return {};
    });
    return values;
  }
  void configure(const char* value) { service.configure(value, "1.11.4", {}); }
};

TEST_CASE("each configuration after the first reaches a provider that knows no other") {
  Fixture f;
  CHECK(f.seen().empty());
  f.configure("one");
  CHECK(f.seen() == std::vector<tf::Value>{"one"});
  CHECK(f.made == 1);
  f.configure("two");
  CHECK(f.seen() == std::vector<tf::Value>{"two"});
  CHECK(f.made == 2);
}

TEST_CASE("a call that is under way keeps the provider it began with") {
  Fixture f;
  f.configure("one");
  f.run([&](const Scope& scope) -> Result<void> {
    f.configure("two");
    const auto& memo = dynamic_cast<const Memo&>(scope.catalog.provider());
    CHECK(memo.seen == std::vector<tf::Value>{"one"});
    return {};
  });
  CHECK(f.seen() == std::vector<tf::Value>{"two"});
}

TEST_CASE("an error says what was attempted, and how to go on") {
  Fixture f;
  const auto problem = f.run([](const Scope&) -> Result<void> {
    return tl::unexpected<Error>(
        Error{Errc::denied, "the token is expired", {}, {}}.advising("make a new one"));
  });
  REQUIRE(problem);
  CHECK(problem->summary == "unable to read memo_note");
  CHECK(problem->detail.find("the token is expired") != std::string::npos);
  CHECK(problem->detail.find("make a new one") != std::string::npos);
  CHECK_FALSE(f.run([](const Scope&) -> Result<void> { return {}; }));
}

TEST_CASE("an exception is a diagnostic and a line in the log, with the call's name") {
  Fixture f;
  const auto problem =
      f.run([](const Scope&) -> Result<void> { throw std::runtime_error("broken promise"); });
  REQUIRE(problem);
  CHECK(problem->severity == tf::Severity::error);
  CHECK(problem->detail.find("broken promise") != std::string::npos);
  CHECK(f.log.text.find("exception=broken promise") != std::string::npos);
  CHECK(f.log.text.find("tf_rpc=ReadResource") != std::string::npos);
  CHECK(f.log.text.find("tf_resource_type=memo_note") != std::string::npos);
  CHECK(f.run([](const Scope&) -> Result<void> { throw 42; }));
}

TEST_CASE("what a provider does not have is an error in words for its user") {
  Fixture f;
  f.run([](const Scope& scope) -> Result<void> {
    for (const std::string& message : {scope.catalog.resource("memo_x").error().message,
                                       scope.catalog.data_source("memo_x").error().message,
                                       scope.catalog.ephemeral("memo_x").error().message,
                                       scope.catalog.list_resource("memo_x").error().message,
                                       scope.catalog.action("memo_x").error().message,
                                       scope.catalog.function("memo_x").error().message})
      CHECK(message.find("\"memo_x\"") != std::string::npos);
    return {};
  });
}

}  // namespace paas::plugin::service_test
