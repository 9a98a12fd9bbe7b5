// paas-bench-placement [--traces DIR] [--only NAME]
//
// Measures the placement engine beside its peers. Prints one JSON object a line, as
// tests/bench/placement.py wants it. Exit code 1: something could not be measured; 2: the
// arguments are of no use.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "tests/bench/placement/build_facts.hpp"
#include "tests/bench/placement/fewest_moves.hpp"
#include "tests/bench/placement/options.hpp"
#include "tests/bench/placement/packing.hpp"
#include "tests/bench/placement/roadef.hpp"
#include "tests/bench/placement/row.hpp"
#include "tests/bench/placement/speed.hpp"
#include "tests/bench/placement/stability.hpp"

namespace paas::bench {
namespace {

struct Suite {
  std::string_view name;  // what --only means
  std::function<void(const Options&, Report&)> run;
};

// Says of every folder that no suite reads that it is not measured: dlrm names no nodes to place
// on, azure-llm is about arrivals.
void other_traces(const Options& options, Report& report) {
  std::set<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(options.traces, absent)) {
    if (entry.is_directory()) names.insert(entry.path().filename());
  }
  names.erase("openb");
  names.erase("roadef");
  for (const std::string& name : names) report.skipped(name, "no suite is about this trace");
}

// In the order of the table. Whoever has rows adds a line.
const std::vector<Suite>& suites() {
  static const std::vector<Suite> all{
      {"speed-fill", fill_speed_rows}, {"speed-dry-run", dry_run_rows},
      {"speed-weight", weight_rows},   {"mixes", mix_rows},
      {"openb", openb_rows},           {"stability", stability_rows},
      {"moves", fewest_moves_rows},    {"roadef", roadef_rows},
      {"other-traces", other_traces},
  };
  return all;
}

constexpr const char* usage =
    "usage: paas-bench-placement [--traces DIR] [--only NAME]\n\nNAME is one of:";

int print_usage() {
  std::cerr << usage;
  for (const Suite& suite : suites()) std::cerr << ' ' << suite.name;
  std::cerr << '\n';
  return 2;
}

int run(const std::vector<std::string_view>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (i + 1 == arguments.size()) return print_usage();
    if (arguments[i] == "--traces") {
      options.traces = arguments[i + 1];
    } else if (arguments[i] == "--only") {
      options.only = arguments[i + 1];
    } else {
      return print_usage();
    }
  }
  Report report(std::cout, std::cerr);
  tell_build(report);
  bool any = false;
  for (const Suite& suite : suites()) {
    if (!options.only.empty() && suite.name.find(options.only) == suite.name.npos) continue;
    any = true;
    suite.run(options, report);
  }
  if (!any) return print_usage();
  return report.any_failed() ? 1 : 0;
}

}  // namespace
}  // namespace paas::bench

int main(int count, char** arguments) {
  return paas::bench::run({arguments + 1, arguments + count});
}
