#include "provider/plugin/hclog.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "libpaas/base/json.hpp"
#include "libpaas/base/text.hpp"

namespace paas::plugin::hclog_test {

using namespace std::chrono_literals;
const std::chrono::system_clock::time_point noon{1'700'000'000s + 42us};

TEST_CASE("a line is an object with the keys of hclog, and six digits of the second") {
  CHECK(hclog_line(noon, LogLevel::info, "provider.paas", "made \"it\"", {{"vmid", "104"}}) ==
        R"({"@level":"info","@message":"made \"it\"","@module":"provider.paas",)"
        R"("@timestamp":"2023-11-14T22:13:20.000042Z","vmid":"104"})"
        "\n");
}

TEST_CASE("a field cannot pass for a key of hclog") {
  const auto line = parse_json(
      hclog_line(noon, LogLevel::warn, "m", "true words", {{"@message", "lie"}, {"@x", "y"}}));
  REQUIRE(line);
  CHECK(*(*line)["@message"].string() == "true words");
  CHECK((*line)["@x"].is_null());
}

TEST_CASE("lines are bounded and well-formed, whatever is logged") {
  Log::Fields fields;
  const std::string nasty(100'000, '\x01');
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("field" + std::to_string(i));
  for (const std::string& name : names) fields.emplace_back(name, nasty);
  for (const std::string& message : {nasty, std::string(100'000, '\xff'), std::string("short")}) {
    const std::string line = hclog_line(noon, LogLevel::debug, "m", message, fields);
    CHECK(line.size() <= 65536);
    CHECK(is_utf8(line));
    CHECK(parse_json(line));
    CHECK(line.find('\n') == line.size() - 1);
  }
}

TEST_CASE("the level is the most special one that is asked for") {
  CHECK(wanted_level({}, "paas") == LogLevel::off);
  CHECK(wanted_level({{"TF_LOG", "WARN"}}, "paas") == LogLevel::warn);
  CHECK(wanted_level({{"TF_LOG", "warn"}, {"TF_LOG_PROVIDER", "Error"}}, "paas") ==
        LogLevel::error);
  CHECK(wanted_level({{"TF_LOG_PROVIDER", "error"}, {"TF_LOG_PROVIDER_PAAS", "debug"}}, "paas") ==
        LogLevel::debug);
  CHECK(wanted_level({{"TF_LOG_PROVIDER_TWO_WORDS", "info"}}, "two-words") == LogLevel::info);
  CHECK(wanted_level({{"TF_LOG", "JSON"}}, "paas") == LogLevel::trace);
  CHECK(wanted_level({{"TF_LOG", "1"}}, "paas") == LogLevel::trace);
  CHECK(wanted_level({{"TF_LOG", "off"}}, "paas") == LogLevel::off);
  CHECK(wanted_level({{"TF_LOG", ""}}, "paas") == LogLevel::off);
}

TEST_CASE("nothing is written below the level, and nothing at all when it is off") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  HcLog log(ends[1], LogLevel::warn, "provider.paas");
  log.info("unheard");
  log.error("heard");
  HcLog silent(ends[1], LogLevel::off, "provider.paas");
  silent.error("unheard");
  CHECK_FALSE(silent.enabled(LogLevel::off));
  ::close(ends[1]);
  std::string text(4096, '\0');
  const ssize_t length = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  REQUIRE(length > 0);
  text.resize(static_cast<std::size_t>(length));
  CHECK(text.find("\"heard\"") != std::string::npos);
  CHECK(text.find("unheard") == std::string::npos);
}

}  // namespace paas::plugin::hclog_test
