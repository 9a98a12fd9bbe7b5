#include "tests/fake-pve/verify.hpp"

#include <algorithm>
#include <cmath>

#include "tests/fake-pve/formats.hpp"
#include "tests/fake-pve/property_string.hpp"
#include "tests/fake-pve/table.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using Problem = std::optional<std::string>;

// A limit as the real server prints it: whole numbers without a fraction.
std::string limit_text(double limit) {
  if (limit == std::floor(limit)) return std::to_string(static_cast<std::int64_t>(limit));
  std::string text = std::to_string(limit);
  while (text.ends_with('0')) text.pop_back();
  return text;
}

// Characters, not bytes: the real server counts decoded text.
std::int64_t character_count(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

Problem type_problem(const Rule& rule, const Value& value) {
  const std::string failed = "type check ('" + std::string(name_of(rule.type)) + "') failed";
  if (rule.type == ParamType::array) return {};  // a single value counts as a list of one
  if (value.items) return failed + " - got ARRAY";
  const std::string& text = value.text;
  bool fine = true;
  if (rule.type == ParamType::boolean) fine = text == "0" || text == "1";
  if (rule.type == ParamType::integer) fine = to_integer(text).has_value();
  if (rule.type == ParamType::number) fine = to_number(text).has_value();
  if (fine) return {};
  return failed + " - got '" + text + "'";
}

Problem range_problem(const Rule& rule, const std::string& text) {
  const auto number = to_number(text);
  if (!number) return {};
  if (rule.maximum && *number > *rule.maximum)
    return "value must have a maximum value of " + limit_text(*rule.maximum);
  if (rule.minimum && *number < *rule.minimum)
    return "value must have a minimum value of " + limit_text(*rule.minimum);
  return {};
}

Problem length_problem(const Rule& rule, const std::string& text) {
  const auto length = character_count(text);
  if (rule.max_length && length > *rule.max_length)
    return "value may only be " + std::to_string(*rule.max_length) + " characters long";
  if (rule.min_length && length < *rule.min_length)
    return "value must be at least " + std::to_string(*rule.min_length) + " characters long";
  return {};
}

Problem text_problem(const Rule& rule, const std::string& text, const std::string& path) {
  if (!rule.property_format.empty()) {
    const auto fields = parse_property_string(property_format(rule.property_format), text, path);
    if (!fields) return "invalid format - " + fields.error();
  }
  if (!rule.format.empty())
    if (const auto problem = format_problem(rule.format, text))
      return "invalid format - " + *problem + '\n';
  // std::regex recurses by character: no pattern of the table is meant for longer text.
  const bool fits = rule.pattern.empty() || text.size() <= 4096;
  const bool matches = fits && (rule.pattern.empty() || std::regex_match(text, rule.matcher)) &&
                       (rule.shape.empty() || has_shape(rule.shape, text));
  if (!matches) return "value does not match the regex pattern";
  if (auto problem = length_problem(rule, text)) return problem;
  if (auto problem = range_problem(rule, text)) return problem;
  if (!rule.choices.empty() &&
      std::find(rule.choices.begin(), rule.choices.end(), text) == rule.choices.end())
    return "value '" + text + "' does not have a value in the enumeration '" +
           join(rule.choices, ", ") + "'";
  return {};
}

Problem value_problem(const Rule& rule, const Value& value, const std::string& path) {
  if (auto problem = type_problem(rule, value)) return problem;
  if (!value.items) return text_problem(rule, value.text, path);
  return {};
}

}  // namespace

ParamErrors verify_values(const RuleSet& rules, const std::map<std::string, Value>& values,
                          const std::string& path) {
  ParamErrors errors;
  const auto full = [&](const std::string& name) {
    return path.empty() ? name : path + '.' + name;
  };
  for (const auto& [name, rule] : rules.plain())
    if (!rule.optional && !values.contains(name))
      errors[full(name)] = "property is missing and it is not optional";
  for (const auto& [name, value] : values) {
    const Rule* rule = rules.find(name);
    if (!rule) {
      errors[full(name)] =
          "property is not defined in schema and the schema does not allow additional properties";
      continue;
    }
    if (const auto problem = value_problem(*rule, value, full(name))) errors[full(name)] = *problem;
    if (!rule->needs.empty() && !values.contains(rule->needs))
      errors[full(rule->needs)] = "missing property required by '" + full(name) + "'";
  }
  return errors;
}

}  // namespace paas::fake_pve
