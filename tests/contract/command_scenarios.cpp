#include "tests/contract/command_scenarios.hpp"

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "agent/program.hpp"

namespace paas::scenarios {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "paas-scenario-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string transcript(const std::string& command, const Scenario& scenario,
                       const std::string& folder) {
  std::vector<std::string> words = words_of(command);
  std::string input;
  const auto redirected = std::find(words.begin(), words.end(), "<");
  if (redirected != words.end()) {
    input = scenario.files.at(*(redirected + 1));
    words.erase(redirected, words.end());
  }
  words.erase(words.begin());
  std::map<std::string, std::string, std::less<>> environment;
  while (!words.empty() && words[0].find('=') != std::string::npos) {
    const auto equals = words[0].find('=');
    environment.emplace(words[0].substr(0, equals), words[0].substr(equals + 1));
    words.erase(words.begin());
  }
  REQUIRE(words.size() > 1);
  REQUIRE(words[0] == "paas-agent");
  words.erase(words.begin());
  for (std::string& word : words) {
    if (scenario.files.contains(word) || word.ends_with(".yaml")) word = folder + word;
  }
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(input);
  const int code = agent::run({std::move(words), std::move(environment), out, err, in});
  std::string said;
  for (const std::string& line : lines_of(err.str())) said += "! " + line + "\n";
  return command + "\n" + replaced(out.str() + said, folder, "") + "[exit " + std::to_string(code) +
         "]\n";
}

void check_recorded(const std::string& scenarios, std::size_t least) {
  check_recorded(scenarios, least, [](const Scenario& scenario) -> Answer {
    const auto folder = std::make_shared<Folder>();
    for (const auto& [name, text] : scenario.files) {
      std::ofstream(folder->path() + name, std::ios::binary) << text;
    }
    return [&scenario, folder](const std::string& command) {
      return transcript(command, scenario, folder->path());
    };
  });
}

}  // namespace paas::scenarios
