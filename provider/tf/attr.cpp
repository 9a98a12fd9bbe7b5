#include "provider/tf/attr.hpp"

namespace paas::tf {
namespace {

template <class T>
std::optional<T> copy_of(const Value& value) {
  const T* known = value.as<T>();
  return known ? std::optional<T>(*known) : std::nullopt;
}

}  // namespace

std::optional<bool> Codec<bool>::decode(const Value& value) {
  return copy_of<bool>(value);
}

std::optional<std::int64_t> Codec<std::int64_t>::decode(const Value& value) {
  const Number* number = value.as<Number>();
  return number ? number->int64() : std::nullopt;
}

std::optional<Number> Codec<Number>::decode(const Value& value) {
  return copy_of<Number>(value);
}

std::optional<std::string> Codec<std::string>::decode(const Value& value) {
  return copy_of<std::string>(value);
}

Value Codec<std::vector<std::string>>::encode(const std::vector<std::string>& value) {
  return List(value.begin(), value.end());
}

std::optional<std::vector<std::string>> Codec<std::vector<std::string>>::decode(
    const Value& value) {
  const List* list = value.as<List>();
  if (!list) return {};
  std::vector<std::string> texts;
  texts.reserve(list->size());
  for (const Value& element : *list) {
    const std::string* text = element.as<std::string>();
    if (!text) return {};
    texts.push_back(*text);
  }
  return texts;
}

Value Codec<std::map<std::string, std::string>>::encode(
    const std::map<std::string, std::string>& value) {
  return Map(value.begin(), value.end());
}

std::optional<std::map<std::string, std::string>> Codec<std::map<std::string, std::string>>::decode(
    const Value& value) {
  const Map* map = value.as<Map>();
  if (!map) return {};
  std::map<std::string, std::string> texts;
  for (const auto& [key, element] : *map) {
    const std::string* text = element.as<std::string>();
    if (!text) return {};
    texts.emplace_hint(texts.end(), key, *text);
  }
  return texts;
}

}  // namespace paas::tf
