#include "provider/plugin/hclog.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "libpaas/base/json.hpp"
#include "libpaas/base/text.hpp"

namespace paas::plugin {
namespace {

constexpr std::size_t longest_line = std::size_t{64} << 10;

std::string_view word_of(LogLevel level) {
  static constexpr std::array<std::string_view, 6> words{"trace", "debug", "info",
                                                         "warn",  "error", "off"};
  return words.at(static_cast<std::size_t>(level));
}

LogLevel level_of(std::string_view word) {
  const std::string small = lower(word);
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error, LogLevel::off}) {
    if (small == word_of(level)) return level;
  }
  return LogLevel::trace;
}

// Six digits after the point, neither more nor fewer: else the host takes the line for plain text.
std::string timestamp(std::chrono::system_clock::time_point now) {
  using std::chrono::microseconds;
  const auto since_epoch = std::chrono::floor<microseconds>(now.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const std::time_t whole = seconds.count();
  std::tm utc{};
  gmtime_r(&whole, &utc);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%06dZ",
                static_cast<int>((since_epoch - seconds).count()));
  return text.data();
}

struct LineLimits {
  std::size_t message;
  std::size_t field;
  std::size_t fields;
};

std::string line_within(const LineLimits& limits, const std::string& now, LogLevel level,
                        std::string_view module, std::string_view message,
                        const Log::Fields& fields) {
  Json::Object line;
  std::size_t taken = 0;
  for (const auto& [name, value] : fields) {
    if (taken++ == limits.fields) break;
    if (!name.starts_with('@'))
      line.insert_or_assign(to_utf8(shortened(name, 64)),
                            Json(to_utf8(shortened(value, limits.field))));
  }
  line["@level"] = word_of(level);
  line["@message"] = to_utf8(shortened(message, limits.message));
  line["@module"] = module;
  line["@timestamp"] = now;
  return print_json(line) + "\n";
}

}  // namespace

LogLevel wanted_level(const Environment& environment, std::string_view provider) {
  std::string own = "TF_LOG_PROVIDER_" + upper(provider);
  for (char& c : own) c = c == '-' ? '_' : c;
  for (const std::string& name : {own, std::string("TF_LOG_PROVIDER"), std::string("TF_LOG")}) {
    const auto found = environment.find(name);
    if (found != environment.end() && !found->second.empty()) return level_of(found->second);
  }
  return LogLevel::off;
}

std::string hclog_line(std::chrono::system_clock::time_point now, LogLevel level,
                       std::string_view module, std::string_view message,
                       const Log::Fields& fields) {
  const std::string time = timestamp(now);
  // A byte takes at most six in JSON, so the second line always fits.
  std::string line = line_within({16 << 10, 8 << 10, 64}, time, level, module, message, fields);
  if (line.size() > longest_line)
    line = line_within({2 << 10, 256, 16}, time, level, module, message, fields);
  return line;
}

void HcLog::write(LogLevel level, std::string_view message, const Fields& fields) {
  const std::string line =
      hclog_line(std::chrono::system_clock::now(), level, module_, message, fields);
  const std::lock_guard lock(mutex_);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads any more: a log must not stop the work
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace paas::plugin
