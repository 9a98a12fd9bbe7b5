// Scenarios of `paas-agent place` (tests/scenarios/README.md). libpaas/placement/scenarios_test.cpp
// judges them.

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/contract/command_scenarios.hpp"

namespace place_scenarios_test {

using namespace paas::scenarios;

TEST_CASE("place: every scenario is answered as recorded") {
  check_recorded(PAAS_SOURCE_DIR "/tests/scenarios/placement", 40);
}

// The text between two marks, the first of which ends a line.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  REQUIRE(from != std::string::npos);
  const std::size_t first = from + begin.size();
  return text.substr(first, text.find(end, first) - first);
}

TEST_CASE("place: the example of the guide is answered as it says") {
  const std::string guide = content_of(PAAS_SOURCE_DIR "/docs/guides/placement.md");
  Scenario scenario;
  const Folder folder;
  std::ofstream(folder.path() + "snapshot.yaml", std::ios::binary)
      << between(guide, "```yaml\n", "```");
  const std::string command = "$ paas-agent place plan snapshot.yaml";
  CHECK(transcript(command, scenario, folder.path()) ==
        command + "\n" + between(guide, command + "\n", "```") + "[exit 0]\n");
  // Every command that the guide names is one, and fits this example.
  std::istringstream lines(between(guide, "## Asking why, and what if", "| exit code"));
  std::ofstream(folder.path() + "more.yaml", std::ios::binary) << "nodes: []\n";
  int commands = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("paas-agent ")) continue;
    const std::string said =
        transcript("$ " + line.substr(0, line.find('#')), scenario, folder.path());
    INFO(said);
    CHECK(said.find("[exit 2]") == std::string::npos);
    ++commands;
  }
  CHECK(commands == 9);
}

}  // namespace place_scenarios_test
