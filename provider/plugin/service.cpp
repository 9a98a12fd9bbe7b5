#include "provider/plugin/service.hpp"

#include <chrono>
#include <exception>

namespace paas::plugin {
namespace {

// Lines of one call carry what names it, under the keys that Terraform's own SDK uses.
class CallLog final : public Log {
 public:
  CallLog(Log& log, const CallName& name, std::uint64_t number)
      : log_(log), rpc_(name.rpc), subject_(name.subject), number_(std::to_string(number)) {}

  bool enabled(LogLevel level) const override { return log_.enabled(level); }
  void write(LogLevel level, std::string_view message, const Fields& fields) override {
    Fields all = fields;
    all.emplace_back("tf_rpc", rpc_);
    all.emplace_back("tf_req_id", number_);
    if (!subject_.empty()) all.emplace_back("tf_resource_type", subject_);
    log_.write(level, message, all);
  }

 private:
  Log& log_;
  const std::string rpc_;
  const std::string subject_;
  const std::string number_;
};

std::string summary_of(const CallName& name) {
  std::string summary = "unable to " + std::string(name.attempt);
  if (!name.subject.empty()) summary += " " + std::string(name.subject);
  return summary;
}

tf::Diagnostic diagnostic_of_exception(const CallName& name, Log& log, const char* what) {
  log.error("exception in a call", {{"exception", what}});
  return tf::error_at({}, summary_of(name),
                      std::string("The provider has a defect: ") + what +
                          "\n\nPlease report it, with the log that TF_LOG_PROVIDER=trace gives.");
}

}  // namespace

Service::Service(ProviderFactory make, Log& log)
    : make_(std::move(make)), log_(log), catalog_(std::make_shared<const Catalog>(make_())) {}

std::shared_ptr<const Catalog> Service::current() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

std::optional<tf::Diagnostic> Service::run(const CallName& name, const Exchange& exchange,
                                           const std::function<Result<void>(const Scope&)>& body) {
  const auto start = std::chrono::steady_clock::now();
  CallLog log(log_, name, ++calls_);
  std::optional<tf::Diagnostic> problem;
  try {
    const std::shared_ptr<const Catalog> catalog = current();
    const Result<void> outcome = body({*catalog, {exchange.stopped(), &log}});
    if (!outcome) problem = tf::diagnostic_of(outcome.error(), summary_of(name));
  } catch (const std::exception& exception) {
    problem = diagnostic_of_exception(name, log, exception.what());
  } catch (...) {
    problem = diagnostic_of_exception(name, log, "an exception without words");
  }
  if (log.enabled(LogLevel::trace)) {
    const auto taken = std::chrono::steady_clock::now() - start;
    log.trace(
        "call answered",
        {{"tf_req_duration_us",
          std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(taken).count())}});
  }
  return problem;
}

tf::Diagnostics Service::configure(const tf::Value& config, const std::string& terraform_version,
                                   const tf::Call& call) {
  const std::lock_guard one_at_a_time(configuring_);
  std::shared_ptr<const Catalog> catalog =
      configured_ ? std::make_shared<const Catalog>(make_()) : current();
  configured_ = true;
  tf::Diagnostics diagnostics = catalog->provider().configure(config, terraform_version, call);
  const std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
  return diagnostics;
}

}  // namespace paas::plugin
