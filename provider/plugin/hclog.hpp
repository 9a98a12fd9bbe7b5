#pragma once
// The log as Terraform reads it from a provider's stderr: one JSON object a line, as hclog writes.
//
// Source: go-plugin 1.6, log_entry.go; Terraform's documentation of TF_LOG.

#include <chrono>
#include <mutex>

#include "libpaas/base/log.hpp"
#include "provider/plugin/handshake.hpp"

namespace paas::plugin {

// The level a provider named "paas" is to write at: TF_LOG_PROVIDER_PAAS, else TF_LOG_PROVIDER,
// else TF_LOG. JSON, and any word that is no level, is trace; no word is off.
LogLevel wanted_level(const Environment& environment, std::string_view provider);

// One line, newline included, at most 64 KiB: what is longer is cut, and ill-formed UTF-8 replaced.
// `module` is "provider.paas".
std::string hclog_line(std::chrono::system_clock::time_point now, LogLevel level,
                       std::string_view module, std::string_view message,
                       const Log::Fields& fields);

// Writes to a file descriptor, a line with one write(), so that lines of several threads stay
// whole.
class HcLog final : public Log {
 public:
  HcLog(int descriptor, LogLevel least, std::string module)
      : descriptor_(descriptor), least_(least), module_(std::move(module)) {}

  bool enabled(LogLevel level) const override {
    return level >= least_ && level != LogLevel::off && least_ != LogLevel::off;
  }
  void write(LogLevel level, std::string_view message, const Fields& fields) override;

 private:
  const int descriptor_;
  const LogLevel least_;
  const std::string module_;
  std::mutex mutex_;
};

}  // namespace paas::plugin
