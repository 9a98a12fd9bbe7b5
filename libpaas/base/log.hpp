#pragma once
// Log: one line of text with fields, at a level. The only logger of the product.
//
// The program chooses the sink (hclog JSON for the provider, text for the agent). Whoever logs
// never logs a secret; text from outside is cut to a bounded length by the sink.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace paas {

enum class LogLevel { trace, debug, info, warn, error, off };

class Log {
 public:
  using Fields = std::vector<std::pair<std::string_view, std::string>>;

  virtual ~Log() = default;
  // Whether a line at this level would be written: ask before building a costly one.
  virtual bool enabled(LogLevel level) const = 0;
  // Thread-safe.
  virtual void write(LogLevel level, std::string_view message, const Fields& fields) = 0;

  void trace(std::string_view message, const Fields& fields = {}) {
    put(LogLevel::trace, message, fields);
  }
  void debug(std::string_view message, const Fields& fields = {}) {
    put(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, const Fields& fields = {}) {
    put(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, const Fields& fields = {}) {
    put(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, const Fields& fields = {}) {
    put(LogLevel::error, message, fields);
  }

 private:
  void put(LogLevel level, std::string_view message, const Fields& fields) {
    if (enabled(level)) write(level, message, fields);
  }
};

// A log that drops everything.
Log& silent_log();

}  // namespace paas
#pragma GCC visibility pop
