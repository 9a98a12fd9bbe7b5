// Lines of the log. The first line is the message; every other a field, NAME=VALUE.
#include "libpaas/base/json.hpp"
#include "provider/plugin/hclog.hpp"
#include "tests/fuzz/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  std::string_view text = fuzz::text_of(data, size);
  const std::string_view message = fuzz::take_line(text);
  Log::Fields fields;
  while (!text.empty()) {
    const std::string_view field = fuzz::take_line(text);
    const std::size_t equals = std::min(field.find('='), field.size());
    fields.emplace_back(field.substr(0, equals), field.substr(equals));
  }
  const auto now = std::chrono::system_clock::time_point(std::chrono::microseconds(1));
  const std::string line =
      plugin::hclog_line(now, LogLevel::warn, "provider.paas", message, fields);
  fuzz::claim(line.size() <= std::size_t{64} << 10, "a line is short");
  fuzz::claim(line.find('\n') == line.size() - 1, "a line is one line");
  const auto json = parse_json(line);
  fuzz::claim(json.has_value(), "a line is JSON");
  fuzz::claim((*json)["@message"].string() && *(*json)["@level"].string() == "warn" &&
                  *(*json)["@module"].string() == "provider.paas" &&
                  *(*json)["@timestamp"].string() == "1970-01-01T00:00:00.000001Z",
              "no field stands in for what the host reads");
  return 0;
}
