#pragma once
// What was asked for on the command line.

#include <filesystem>
#include <string>

namespace paas::bench {

struct Options {
  std::filesystem::path traces;  // may not exist: then what needs it is skipped, and said so
  std::string only;              // a part of the names of what to measure; empty: everything
};

}  // namespace paas::bench
