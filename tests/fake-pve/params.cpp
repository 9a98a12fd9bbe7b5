#include "tests/fake-pve/params.hpp"

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {

std::string Params::text(const std::string& name, const std::string& otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second.text;
}

std::int64_t Params::integer(const std::string& name, std::int64_t otherwise) const {
  return to_integer(text(name)).value_or(otherwise);
}

bool Params::flag(const std::string& name, bool otherwise) const {
  return has(name) ? text(name) == "1" : otherwise;
}

std::vector<std::string> Params::list(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return {};
  if (found->second.items) return *found->second.items;
  return split_words(found->second.text, std::string_view("\0", 1));
}

std::string Params::take(const std::string& name, const std::string& otherwise) {
  std::string value = text(name, otherwise);
  values_.erase(name);
  return value;
}

}  // namespace paas::fake_pve
