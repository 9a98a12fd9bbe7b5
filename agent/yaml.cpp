#include "agent/yaml.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "libpaas/base/text.hpp"

namespace paas::agent {
namespace {

constexpr std::size_t longest_row = 80;

// Whether it can stand without quotes, be read as a text by every YAML, and mean nothing else.
bool is_plain(std::string_view text) {
  static constexpr std::array<std::string_view, 9> words{"true", "false", "null", "yes", "no",
                                                         "on",   "off",   "y",    "n"};
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || !(is_letter(text[0]) || text[0] == '/')) return false;
  const std::string lowered = lower(text);
  if (std::find(words.begin(), words.end(), lowered) != words.end()) return false;
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "_-./@+") == text.npos;
}

std::string scalar_text(const Json& value) {
  if (value.string() != nullptr && is_plain(*value.string())) return *value.string();
  return print_json(value);
}

bool is_scalar(const Json& value) {
  return value.array() == nullptr && value.object() == nullptr;
}

// All of it on one line; empty if it is too much for one.
std::string row_of(const Json& value) {
  if (is_scalar(value)) return scalar_text(value);
  std::string out;
  if (const auto* list = value.array()) {
    for (const Json& item : *list) {
      if (!is_scalar(item)) return {};
      out += (out.empty() ? "" : ", ") + scalar_text(item);
    }
    out = "[" + out + "]";
  } else {
    for (const auto& [key, member] : *value.object()) {
      if (!is_scalar(member)) return {};
      out += (out.empty() ? "" : ", ") + scalar_text(Json(key)) + ": " + scalar_text(member);
    }
    out = "{" + out + "}";
  }
  return out.size() > longest_row ? std::string() : out;
}

std::vector<std::string> keys_in_order(const Json::Object& object) {
  std::vector<std::string> out;
  for (const char* first : {"name", "project", "image"}) {
    if (object.contains(first)) out.emplace_back(first);
  }
  const std::size_t named = out.size();
  for (const auto& [key, member] : object) {
    const auto end = out.begin() + static_cast<std::ptrdiff_t>(named);
    if (std::find(out.begin(), end, key) == end) out.push_back(key);
  }
  return out;
}

// What follows a key or a dash: on the same line, or in a block of its own below.
void put(std::string& out, const Json& value, std::size_t depth, bool in_list) {
  const std::string row = row_of(value);
  const bool whole = in_list && value.object() != nullptr && value.object()->contains("name");
  if (!row.empty() && !whole) {
    out += " " + row + "\n";
    return;
  }
  if (const auto* list = value.array()) {
    out += "\n";
    for (const Json& item : *list) {
      out += std::string(depth, ' ') + "-";
      put(out, item, depth + 2, true);
    }
    return;
  }
  bool first = in_list;  // the first member stands behind the dash
  if (!first) out += "\n";
  for (const std::string& key : keys_in_order(*value.object())) {
    out += (first ? " " : std::string(depth, ' ')) + scalar_text(Json(key)) + ":";
    first = false;
    put(out, (*value.object()).at(key), depth + 2, false);
  }
}

}  // namespace

std::string yaml_text(const Json& value) {
  if (is_scalar(value) || value.object() == nullptr) {
    std::string out;
    put(out, value, 0, false);
    return out.substr(out[0] == ' ' || out[0] == '\n' ? 1 : 0);
  }
  std::string out;
  for (const std::string& key : keys_in_order(*value.object())) {
    out += scalar_text(Json(key)) + ":";
    put(out, (*value.object()).at(key), 2, false);
  }
  return out;
}

}  // namespace paas::agent
