// Scenarios of `paas-agent place`: text files with snapshots, command lines and what is recorded of
// their answers (tests/scenarios/README.md). libpaas/placement/scenarios_test.cpp judges them.

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "agent/program.hpp"

namespace place_scenarios_test {

using namespace paas;
namespace fs = std::filesystem;

// A folder that goes when we do.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "paas-scenario-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path() const { return path_ + "/"; }

 private:
  std::string path_;
};

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

struct Scenario {
  std::string head;  // all before the first command, as it is written
  std::map<std::string, std::string> files;
  std::vector<std::string> commands;
};

Scenario parse(const std::string& text) {
  Scenario out;
  std::string file;
  for (const std::string& line : lines_of(text)) {
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

// "$ paas-agent place plan - --json < cluster.yaml", what it prints, and its exit code.
std::string transcript(const std::string& command, const Scenario& scenario,
                       const std::string& folder) {
  std::vector<std::string> words = words_of(command);
  std::string input;
  const auto redirected = std::find(words.begin(), words.end(), "<");
  if (redirected != words.end()) {
    input = scenario.files.at(*(redirected + 1));
    words.erase(redirected, words.end());
  }
  REQUIRE(words.size() > 2);
  REQUIRE(words[1] == "paas-agent");
  words.erase(words.begin(), words.begin() + 2);
  for (std::string& word : words) {
    if (scenario.files.contains(word) || word.ends_with(".yaml")) word = folder + word;
  }
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(input);
  const int code = agent::run({std::move(words), {}, out, err, in});
  std::string said;
  for (const std::string& line : lines_of(err.str())) said += "! " + line + "\n";
  return command + "\n" + replaced(out.str() + said, folder, "") + "[exit " + std::to_string(code) +
         "]\n";
}

std::vector<fs::path> all_scenarios() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(PAAS_SOURCE_DIR "/tests/scenarios/placement")) {
    if (entry.path().extension() == ".txt") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST_CASE("place: every scenario is answered as recorded") {
  const bool accept = std::getenv("PAAS_ACCEPT") != nullptr;
  const Folder folder;
  const auto all = all_scenarios();
  REQUIRE(all.size() >= 40);
  for (const fs::path& path : all) {
    const std::string recorded = content_of(path);
    const Scenario scenario = parse(recorded);
    for (const auto& [name, text] : scenario.files) {
      std::ofstream(folder.path() + name, std::ios::binary) << text;
    }
    std::string now = scenario.head;
    for (const std::string& command : scenario.commands) {
      now += transcript(command, scenario, folder.path()) + "\n";
    }
    now.pop_back();
    for (const auto& [name, text] : scenario.files) fs::remove(folder.path() + name);
    if (accept) {
      if (now == recorded) continue;
      std::ofstream(path, std::ios::binary) << now;
      WARN("skipped: " << path.filename() << " was rewritten");
      continue;
    }
    INFO(path);
    CHECK(now == recorded);
  }
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
