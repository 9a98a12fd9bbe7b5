#pragma once
// Scenarios of commands: text files with the files they need, command lines and what is recorded of
// their answers (tests/scenarios/README.md).

#include <string>

#include "tests/contract/scenario.hpp"

namespace paas::scenarios {

// A folder that goes when we do.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path() const { return path_ + "/"; }

 private:
  std::string path_;
};

// "$ A=1 paas-agent place plan - --json < cluster.yaml", what it prints, and its exit code.
std::string transcript(const std::string& command, const Scenario& scenario,
                       const std::string& folder);

// Checks that every command of the scenarios in a folder is answered as recorded, and that there
// are at least so many; with PAAS_ACCEPT=1 records the answers anew.
void check_recorded(const std::string& scenarios, std::size_t least);

}  // namespace paas::scenarios
