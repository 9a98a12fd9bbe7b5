#pragma once
// Scenarios: text files with the files they need, commands and what is recorded of the answers
// (tests/scenarios/README.md). What a command means is for the caller to say.

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace paas::scenarios {

struct Scenario {
  std::string head;  // all before the first command, as it is written
  std::map<std::string, std::string> files;
  std::vector<std::string> commands;  // "$ run 10"
};

std::string content_of(const std::string& file);

// What is recorded of a command: the command itself, and the answer in lines.
using Answer = std::function<std::string(const std::string& command)>;
using Begin = std::function<Answer(const Scenario& scenario)>;

// Checks that every command of the scenarios in a folder is answered as recorded, and that there
// are at least so many; with PAAS_ACCEPT=1 records the answers anew. `begin` is asked once for each
// scenario, which outlives what it gives.
void check_recorded(const std::string& folder, std::size_t least, const Begin& begin);

}  // namespace paas::scenarios
