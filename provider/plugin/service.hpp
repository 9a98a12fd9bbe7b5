#pragma once
// Service: one provider served to any number of calls: whom they reach, what surrounds them, and
// that nothing which goes wrong below ends the process.

#include <atomic>
#include <memory>
#include <mutex>

#include "provider/plugin/catalog.hpp"
#include "provider/plugin/exchange.hpp"

namespace paas::plugin {

using ProviderFactory = std::function<std::unique_ptr<tf::Provider>()>;

// What a handler works with.
struct Scope {
  const Catalog& catalog;
  tf::Call call;
};

// Which call it is, for logs and for the user.
struct CallName {
  std::string_view rpc;      // "ReadResource"
  std::string_view subject;  // "paas_lxc", or empty
  std::string_view attempt;  // "read the resource"
};

class Service {
 public:
  // `make` is called at once, and again for every further configuration (-debug serves many runs),
  // so that nothing of one run reaches another. `log` outlives the service.
  Service(ProviderFactory make, Log& log);

  // Runs `body` with the provider as it is now. Its error, or an exception of whatever was below
  // it, as a diagnostic for the user.
  std::optional<tf::Diagnostic> run(const CallName& name, const Exchange& exchange,
                                    const std::function<Result<void>(const Scope&)>& body);

  // Gives the configuration to a provider that has none yet; calls that begin later reach that one.
  tf::Diagnostics configure(const tf::Value& config, const std::string& terraform_version,
                            const tf::Call& call);

 private:
  std::shared_ptr<const Catalog> current() const;

  const ProviderFactory make_;
  Log& log_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::mutex configuring_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Catalog> catalog_;
  bool configured_ = false;
};

}  // namespace paas::plugin
