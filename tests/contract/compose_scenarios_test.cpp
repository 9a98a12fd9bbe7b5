// Scenarios of `paas-agent convert` (tests/scenarios/README.md): what it prints is a state file.

#include <catch2/catch.hpp>
#include <filesystem>

#include "libpaas/base/document.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "tests/contract/command_scenarios.hpp"

namespace compose_scenarios_test {

using namespace paas;

TEST_CASE("compose: every scenario is answered as recorded") {
  scenarios::check_recorded(PAAS_SOURCE_DIR "/tests/scenarios/compose", 15);
}

// What stands between a command that succeeded and the first line of standard error.
std::string printed_by(const std::string& text, std::size_t command) {
  const std::size_t begin = text.find('\n', command) + 1;
  const std::size_t end = std::min(text.find("\n! ", begin), text.find("\n[exit ", begin));
  return text.substr(begin, end - begin) + "\n";
}

TEST_CASE("compose: what is recorded is taken as a state file") {
  std::size_t judged = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(PAAS_SOURCE_DIR "/tests/scenarios/compose")) {
    const std::string text = scenarios::content_of(entry.path().string());
    for (std::size_t at = text.find("\n$ "); at != text.npos; at = text.find("\n$ ", at + 1)) {
      const std::string printed = printed_by(text, at + 1);
      if (!printed.starts_with("apps:") && !printed.starts_with("{")) continue;
      INFO(entry.path() << "\n" << printed);
      const auto parsed = blueprint::parse(printed, "printed");
      if (!parsed) FAIL_CHECK(describe(parsed.error().front()));
      ++judged;
    }
  }
  CHECK(judged >= 12);
}

}  // namespace compose_scenarios_test
