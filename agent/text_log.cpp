#include "agent/text_log.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <mutex>
#include <string>
#include <utility>

namespace paas::agent {
namespace {

constexpr std::size_t longest_text = 2'000;

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> levels = {{
    {"trace", LogLevel::trace},
    {"debug", LogLevel::debug},
    {"info", LogLevel::info},
    {"warn", LogLevel::warn},
    {"error", LogLevel::error},
    {"off", LogLevel::off},
}};

// Text from outside, on one line and of bounded length.
std::string on_one_line(std::string_view text) {
  std::string out(text.substr(0, longest_text));
  if (text.size() > longest_text) out += "...";
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 16> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%H:%M:%S", &parts);
  return {text.data(), size};
}

class TextLog final : public Log {
 public:
  TextLog(std::ostream& out, LogLevel level) : out_(out), level_(level) {}

  bool enabled(LogLevel level) const override { return level >= level_ && level != LogLevel::off; }

  void write(LogLevel level, std::string_view message, const Fields& fields) override {
    const auto name = std::find_if(levels.begin(), levels.end(),
                                   [&](const auto& row) { return row.second == level; });
    std::string word(name->first);
    word.resize(5, ' ');
    std::string line = time_of_day() + " " + word + " " + on_one_line(message);
    if (!fields.empty()) line += ' ';
    for (const auto& [key, value] : fields) {
      line.append(" ").append(key).append("=").append(on_one_line(value));
    }
    const std::lock_guard lock(mutex_);
    out_ << line << std::endl;
  }

 private:
  std::mutex mutex_;
  std::ostream& out_;
  const LogLevel level_;
};

}  // namespace

std::optional<LogLevel> parse_level(std::string_view text) {
  const auto found = std::find_if(levels.begin(), levels.end(),
                                  [&](const auto& row) { return row.first == text; });
  if (found == levels.end()) return std::nullopt;
  return found->second;
}

std::unique_ptr<Log> make_text_log(std::ostream& out, LogLevel level) {
  return std::make_unique<TextLog>(out, level);
}

}  // namespace paas::agent
