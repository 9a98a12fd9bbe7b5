#include "tests/fake-pve/property_string.hpp"

#include "tests/fake-pve/table.hpp"
#include "tests/fake-pve/verify.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using Failed = tl::unexpected<std::string>;

std::string canonical_boolean(const std::string& value) {
  const std::string word = lower(value);
  if (word == "1" || word == "on" || word == "yes" || word == "true") return "1";
  if (word == "0" || word == "off" || word == "no" || word == "false") return "0";
  return value;
}

std::string canonical_value(const Rule* rule, const std::string& value) {
  return rule && rule->type == ParamType::boolean ? canonical_boolean(value) : value;
}

// Stores one "key=value", following aliases; a problem as text.
std::optional<std::string> store_field(const RuleSet& rules, std::string key,
                                       const std::string& value, Fields& fields) {
  static const std::string duplicate = "duplicate key in comma-separated list property: ";
  if (fields.contains(key)) return duplicate + key + '\n';
  const Rule* rule = rules.find(key);
  if (rule && !rule->alias.empty()) {
    if (!rule->key_alias.empty()) {
      if (fields.contains(rule->key_alias))
        return "key alias '" + rule->key_alias + "' is already defined\n";
      fields[rule->key_alias] = key;
    }
    key = rule->alias;
    rule = rules.find(key);
    if (fields.contains(key)) return "key '" + key + "' is already defined (via alias)\n";
  }
  fields[key] = canonical_value(rule, value);
  return {};
}

}  // namespace

tl::expected<Fields, std::string> parse_property_string(const RuleSet& rules, std::string_view text,
                                                        const std::string& path) {
  Fields fields;
  for (const std::string& part : split_words(text, ",")) {
    if (trim(part).empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string::npos) {
      const Rule* home = rules.default_key();
      if (!home) return Failed("value without key, but schema does not define a default key\n");
      if (fields.contains(home->name))
        return Failed("duplicate key in comma-separated list property: " + home->name + '\n');
      fields[home->name] = canonical_value(home, part);
    } else if (equals == 0 || equals + 1 == part.size()) {
      return Failed("missing key in comma-separated list property\n");
    } else if (auto problem =
                   store_field(rules, part.substr(0, equals), part.substr(equals + 1), fields)) {
      return Failed(*problem);
    }
  }
  std::map<std::string, Value> values;
  for (const auto& [key, value] : fields) values[key].text = value;
  const ParamErrors errors = verify_values(rules, values, path);
  if (errors.empty()) return fields;
  std::string message = "format error\n";
  for (const auto& [key, problem] : errors) message += key + ": " + problem + '\n';
  return Failed(message);
}

Fields fields_of(std::string_view format, std::string_view text) {
  const auto fields = parse_property_string(property_format(format), text, "");
  return fields ? *fields : Fields{};
}

std::string print_property_string(std::string_view format, const Fields& fields) {
  const RuleSet& rules = property_format(format);
  std::vector<std::string> parts;
  Fields rest = fields;
  const auto take = [&](const std::string& key, bool named) {
    const auto field = rest.find(key);
    if (field == rest.end()) return;
    const Rule* rule = rules.find(key);
    if (rule && rule->alias.empty())
      parts.push_back(named ? key + '=' + field->second : field->second);
    rest.erase(field);
  };
  if (const Rule* home = rules.default_key()) {
    const Rule* combined = nullptr;
    for (const auto& [name, rule] : rules.plain())
      if (rule.key_alias == home->name) combined = &rule;
    if (combined && rest.contains(home->name) && rest.contains(combined->alias)) {
      parts.push_back(rest[home->name] + '=' + rest[combined->alias]);
      rest.erase(home->name);
      rest.erase(combined->alias);
    }
    take(home->name, /*named=*/false);
  }
  for (const auto& [name, rule] : rules.plain())
    if (!rule.optional) take(name, /*named=*/true);
  while (!rest.empty()) take(std::string(rest.begin()->first), /*named=*/true);
  return join(parts, ",");
}

}  // namespace paas::fake_pve
