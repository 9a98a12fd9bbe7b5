#pragma once
// What a bench has to say: rows, each one JSON object on a line of the standard output, and texts
// for people on the standard error. tests/bench/placement.py makes the table of them.

#include <optional>
#include <ostream>
#include <string>

namespace paas::bench {

// One measured figure. `goal` is a bound in `unit`.
struct Row {
  std::string measure;
  double ours = 0;
  std::string unit{};
  std::optional<double> goal{};
  bool lower = true;  // whether less is better: then ours is to be <= goal, else >=
  std::optional<double> peer{};
  std::string peer_name{};
  std::string note{};
};

// Where rows go, each as soon as it is known.
class Report {
 public:
  // Keeps references.
  Report(std::ostream& rows, std::ostream& texts) : rows_(rows), texts_(texts) {}

  void add(const Row& row);
  // What all figures rest on; the table is printed with it.
  void about(const std::string& name, const std::string& value);
  // Rows that are missing, and why.
  void skipped(const std::string& which, const std::string& why);
  // What a file or a computation has against it. The bench then fails, but goes on.
  void failed(const std::string& what, const std::string& why);
  bool any_failed() const { return failed_; }

 private:
  std::ostream& rows_;
  std::ostream& texts_;
  bool failed_ = false;
};

// CPU seconds that this process has used, user and system.
double cpu_seconds();

}  // namespace paas::bench
