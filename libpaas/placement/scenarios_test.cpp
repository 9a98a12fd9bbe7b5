// The decisions on the snapshots of tests/scenarios, judged by the rules of the model alone.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "libpaas/placement/feasible_test.hpp"
#include "libpaas/placement/snapshot.hpp"

namespace paas::placement::scenarios_test {

// The files of a scenario, one after the other; what is no snapshot, or no sound one, is none.
std::vector<Problem> snapshots_in(const std::filesystem::path& scenario) {
  std::ifstream in(scenario);
  std::vector<std::string> files;
  for (std::string line; std::getline(in, line) && !line.starts_with("$ ");) {
    if (line.starts_with("--- ")) {
      files.emplace_back();
    } else if (!files.empty()) {
      files.back() += line + "\n";
    }
  }
  std::vector<Problem> out;
  for (const std::string& file : files) {
    auto problem = parse_snapshot(file, "scenario");
    if (problem) out.push_back(*std::move(problem));
  }
  return out;
}

TEST_CASE("placement: what the scenarios decide is feasible") {
  std::size_t judged = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(PAAS_SOURCE_DIR "/tests/scenarios/placement")) {
    for (const Problem& problem : snapshots_in(entry.path())) {
      INFO(entry.path());
      CHECK(feasible::wrongs(problem, place(problem)) == std::vector<std::string>{});
      ++judged;
    }
  }
  CHECK(judged >= 40);
}

}  // namespace paas::placement::scenarios_test
