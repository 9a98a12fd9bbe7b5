#include "libpaas/proxmox/property_string.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::proxmox {
namespace {

constexpr std::size_t max_property_string = 8192;

std::optional<bool> property_bool(std::string_view text) {
  const std::string word = lower(text);
  if (word == "1" || word == "on" || word == "yes" || word == "true") return true;
  if (word == "0" || word == "off" || word == "no" || word == "false") return false;
  return {};
}

tl::unexpected<Error> wrong_type(std::string_view key, std::string_view type) {
  return fail(Errc::invalid, std::string(key) + " is not " + std::string(type));
}

}  // namespace

Result<PropertyString> PropertyString::parse(std::string_view text, std::string_view default_key) {
  if (text.size() > max_property_string) return fail(Errc::invalid, "property string too long");
  PropertyString out;
  for (const std::string_view part : split(text, ',')) {
    if (trim(part).empty()) continue;
    std::string key(default_key);
    std::string value(part);
    if (const std::size_t equals = part.find('='); equals != std::string_view::npos) {
      key = part.substr(0, equals);
      value = part.substr(equals + 1);
    } else if (default_key.empty()) {
      return fail(Errc::invalid, "a value without its key");
    }
    if (key.empty() || value.empty()) return fail(Errc::invalid, "a key without value");
    const auto same = [&](const auto& pair) { return pair.first == key; };
    if (std::any_of(out.pairs_.begin(), out.pairs_.end(), same))
      return fail(Errc::invalid, "a key given twice");
    out.pairs_.emplace_back(std::move(key), std::move(value));
  }
  return out;
}

std::optional<std::string> PropertyString::take(std::string_view key) {
  const auto found = std::find_if(pairs_.begin(), pairs_.end(),
                                  [&](const auto& pair) { return pair.first == key; });
  if (found == pairs_.end()) return {};
  std::string value = std::move(found->second);
  pairs_.erase(found);
  return value;
}

Result<std::optional<bool>> PropertyString::take_bool(std::string_view key) {
  const auto text = take(key);
  if (!text) return std::optional<bool>{};
  const auto value = property_bool(*text);
  if (!value) return wrong_type(key, "a boolean");
  return value;
}

Result<std::optional<int>> PropertyString::take_int(std::string_view key) {
  const auto text = take(key);
  if (!text) return std::optional<int>{};
  const auto value = parse_integer<int>(*text);
  if (!value) return wrong_type(key, "an integer");
  return value;
}

std::vector<std::string> PropertyString::take_list(std::string_view key) {
  const std::string list = take(key).value_or("");
  const auto parts = words(list, "; ");
  return {parts.begin(), parts.end()};
}

void PropertyPrinter::add_default(std::string_view key, std::string_view value) {
  const bool ambiguous = value.find('=') != value.npos || trim(value).empty();
  if (ambiguous) return add(key, value);
  if (value.empty()) return;
  if (!text_.empty()) text_ += ',';
  text_ += value;
}

void PropertyPrinter::add(std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (!text_.empty()) text_ += ',';
  text_.append(key).append("=").append(value);
}

void PropertyPrinter::add_flag(std::string_view key, std::optional<bool> value) {
  if (value) add(key, *value ? "1" : "0");
}

void PropertyPrinter::add_number(std::string_view key, std::optional<int> value) {
  if (value) add(key, std::to_string(*value));
}

void PropertyPrinter::add_list(std::string_view key, const std::vector<std::string>& values) {
  add(key, join(values, ";"));
}

void PropertyPrinter::add_all(const PropertyString::Pairs& pairs) {
  for (const auto& [key, value] : pairs) add(key, value);
}

}  // namespace paas::proxmox
