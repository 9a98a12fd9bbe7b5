#include "tests/fake-pve/faults.hpp"

#include <cmath>
#include <set>

namespace paas::fake_pve {
namespace {

Result<Fault> fault_from_json(const Json& rule) {
  static const std::set<std::string, std::less<>> known = {
      "name",    "method",  "path",         "nth",          "count",       "probability",
      "status",  "reason",  "hang_ms",      "reset_before", "reset_after", "half",
      "hotplug", "task_ms", "task_failure", "task_works"};
  if (!rule.object()) return fail(Errc::invalid, "a fault is a JSON object");
  for (const auto& [key, value] : *rule.object())
    if (!known.contains(key)) return fail(Errc::invalid, "a fault has no member '" + key + "'");
  const auto text = [&](const char* key) {
    return rule[key].string() ? *rule[key].string() : std::string();
  };
  const auto flag = [&](const char* key) { return rule[key].boolean() && *rule[key].boolean(); };
  Fault fault;
  fault.name = text("name");
  fault.method = text("method");
  const std::string path = rule["path"].string() ? text("path") : "";
  try {
    fault.path = std::regex(path);
  } catch (const std::regex_error&) {
    return fail(Errc::invalid, "the path of a fault is no regular expression: " + path);
  }
  fault.nth = rule["nth"].integer().value_or(1);
  fault.count = rule["count"].integer().value_or(1);
  fault.probability = rule["probability"].real().value_or(1.0);
  fault.status = rule["status"].integer().value_or(0);
  fault.reason = text("reason");
  fault.hang_ms = rule["hang_ms"].integer().value_or(0);
  fault.reset_before = flag("reset_before");
  fault.reset_after = flag("reset_after");
  if (const auto* options = rule["half"].array())
    for (const Json& option : *options)
      if (option.string()) fault.half.push_back(*option.string());
  if (rule["hotplug"].string()) fault.hotplug_of = *rule["hotplug"].string();
  if (!fault.hotplug_of.empty()) fault.hotplug_reason = fault.reason;
  fault.task.extra_ms = rule["task_ms"].integer().value_or(0);
  fault.task.fail_with = text("task_failure");
  fault.task.works = flag("task_works");
  return fault;
}

}  // namespace

Result<std::vector<Fault>> faults_from_json(const Json& rules) {
  if (!rules.array()) return fail(Errc::invalid, "faults are a JSON list");
  std::vector<Fault> faults;
  for (const Json& rule : *rules.array()) faults.push_back(TRY(fault_from_json(rule)));
  return faults;
}

void Faults::add(std::vector<Fault> faults) {
  for (Fault& fault : faults) faults_.push_back(std::move(fault));
}

std::optional<Fault> Faults::strike(const std::string& method, const std::string& path) {
  std::optional<Fault> first;
  for (Fault& fault : faults_) {
    if (!fault.method.empty() && fault.method != method) continue;
    if (!std::regex_search(path, fault.path)) continue;
    ++fault.matched;
    const bool spent = fault.count != 0 && fault.struck >= fault.count;
    if (first || spent || fault.matched < fault.nth) continue;
    const auto turn = static_cast<double>(fault.matched - fault.nth + 1);
    if (std::floor(turn * fault.probability) <= std::floor((turn - 1) * fault.probability))
      continue;
    ++fault.struck;
    first = fault;
  }
  return first;
}

Json Faults::report() const {
  Json::Array out;
  for (const Fault& fault : faults_)
    out.push_back(Json::Object{{"name", fault.name},
                               {"method", fault.method},
                               {"matched", fault.matched},
                               {"struck", fault.struck}});
  return out;
}

}  // namespace paas::fake_pve
