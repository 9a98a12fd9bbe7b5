#include "tests/fake-pve/decode.hpp"

#include "libpaas/base/json.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

std::string scalar_text(const Json& json) {
  if (json.boolean()) return *json.boolean() ? "1" : "0";
  if (json.number()) return json.number()->text;
  if (json.string()) return *json.string();
  return print_json(json);
}

}  // namespace

Values decode_form(std::string_view text) {
  Values values;
  for (const std::string& pair : split_words(text, "&;")) {
    const auto equals = pair.find('=');
    const std::string name = percent_decode(pair.substr(0, equals), /*plus_is_space=*/true);
    const std::string raw = equals == std::string::npos ? "" : pair.substr(equals + 1);
    std::string value = percent_decode(raw, /*plus_is_space=*/true);
    if (const auto again = values.find(name); again != values.end()) {
      again->second.text += '\0' + value;
    } else {
      values[name].text = std::move(value);
    }
  }
  return values;
}

Result<Values> decode_json(std::string_view text) {
  const Json json = TRY(parse_json(text));
  if (!json.object()) return fail(Errc::invalid, "the body is no JSON object");
  Values values;
  for (const auto& [name, member] : *json.object()) {
    if (member.is_null()) continue;
    Value& value = values[name];
    if (const auto* list = member.array()) {
      value.items.emplace();
      for (const Json& item : *list) value.items->push_back(scalar_text(item));
    } else {
      value.text = scalar_text(member);
    }
  }
  return values;
}

}  // namespace paas::fake_pve
