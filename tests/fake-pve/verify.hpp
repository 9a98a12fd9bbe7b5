#pragma once
// Parameter verification: every problem of a request at once, in the words of the real server.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/schema.hpp"

namespace paas::fake_pve {

// A parameter as it arrived. JSON booleans are "0" and "1"; a JSON object is refused earlier.
struct Value {
  std::string text;
  std::optional<std::vector<std::string>> items;  // set if it came as a list
};

// Parameter (prefixed by `path` and a dot if `path` is not empty) -> problem.
ParamErrors verify_values(const RuleSet& rules, const std::map<std::string, Value>& values,
                          const std::string& path);

}  // namespace paas::fake_pve
