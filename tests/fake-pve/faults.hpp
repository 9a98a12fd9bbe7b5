#pragma once
// Faults on demand. Each rule names the requests it strikes and what it does to them; rules come
// from the file given with --faults and from POST /fake/faults.

#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"

namespace paas::fake_pve {

// What happens to a task that a struck request starts.
struct TaskFault {
  std::int64_t extra_ms = 0;
  std::string fail_with;  // exit status instead of the work; empty for none
  bool works = false;     // the work is done all the same, then it fails
};

struct Fault {
  // Which requests.
  std::string name;          // for the record; may be empty
  std::string method;        // empty for any
  std::regex path;           // searched in the path below /api2/json
  std::int64_t nth = 1;      // strikes from this match on, counted from 1
  std::int64_t count = 1;    // so many times; 0 for ever
  double probability = 1.0;  // by a counter, not by chance: 0.25 strikes every fourth match

  // What is done.
  std::int64_t status = 0;  // answer with this status, without doing anything
  std::string reason;
  std::int64_t hang_ms = 0;       // wait first
  bool reset_before = false;      // close the connection, nothing done
  bool reset_after = false;       // do it, then close the connection without an answer
  std::vector<std::string> half;  // PUT config: apply these options, then fail with `reason`
  std::string hotplug_of;         // PUT config: this option cannot be changed while running...
  std::string hotplug_reason;     // ...for this reason
  TaskFault task;

  std::int64_t matched = 0;
  std::int64_t struck = 0;
};

// Errors: `invalid` naming what a rule lacks or what it should not have.
Result<std::vector<Fault>> faults_from_json(const Json& rules);

class Faults {
 public:
  void add(std::vector<Fault> faults);
  void clear() { faults_.clear(); }
  // The first rule that strikes this request; every rule that matches counts it.
  std::optional<Fault> strike(const std::string& method, const std::string& path);
  Json report() const;

 private:
  std::vector<Fault> faults_;
};

}  // namespace paas::fake_pve
