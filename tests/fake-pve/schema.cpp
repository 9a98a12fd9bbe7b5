#include "tests/fake-pve/schema.hpp"

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {

std::string_view name_of(ParamType type) {
  switch (type) {
    case ParamType::string:
      return "string";
    case ParamType::integer:
      return "integer";
    case ParamType::number:
      return "number";
    case ParamType::boolean:
      return "boolean";
    case ParamType::array:
      return "array";
  }
  return "";
}

void RuleSet::add(Rule rule) {
  auto& home = rule.max_index ? indexed_ : plain_;
  home.insert_or_assign(rule.name, std::move(rule));
}

const Rule* RuleSet::find(std::string_view name) const {
  if (const auto exact = plain_.find(name); exact != plain_.end()) return &exact->second;
  const auto parts = numbered(name);
  if (!parts) return nullptr;
  const auto family = indexed_.find(parts->name);
  if (family == indexed_.end() || parts->number > *family->second.max_index) return nullptr;
  const bool padded = name != parts->name + std::to_string(parts->number);
  return padded ? nullptr : &family->second;
}

const Rule* RuleSet::default_key() const {
  for (const auto& [name, rule] : plain_)
    if (rule.default_key) return &rule;
  return nullptr;
}

}  // namespace paas::fake_pve
