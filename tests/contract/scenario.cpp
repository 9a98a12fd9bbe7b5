#include "tests/contract/scenario.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace paas::scenarios {
namespace {

namespace fs = std::filesystem;

Scenario scenario_in(const std::string& text) {
  Scenario out;
  std::string file;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("$ ")) {
      out.commands.push_back(line);
      continue;
    }
    if (!out.commands.empty()) continue;  // what was recorded
    out.head += line + "\n";
    if (line.starts_with("--- ")) {
      file = line.substr(4);
    } else if (!file.empty()) {
      out.files[file] += line + "\n";
    }
  }
  return out;
}

std::vector<fs::path> all_scenarios(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void check_recorded(const std::string& folder, std::size_t least, const Begin& begin) {
  const bool accept = std::getenv("PAAS_ACCEPT") != nullptr;
  const auto all = all_scenarios(folder);
  REQUIRE(all.size() >= least);
  for (const fs::path& path : all) {
    INFO(path);
    const std::string recorded = content_of(path.string());
    const Scenario scenario = scenario_in(recorded);
    const Answer answer = begin(scenario);
    std::string now = scenario.head;
    for (const std::string& command : scenario.commands) {
      now += answer(command);
      if (&command != &scenario.commands.back()) now += "\n";
    }
    if (now == recorded) continue;
    if (accept) {
      std::ofstream(path, std::ios::binary) << now;
      WARN("skipped: " << path.filename() << " was rewritten");
    } else {
      CHECK(now == recorded);
    }
  }
}

}  // namespace paas::scenarios
