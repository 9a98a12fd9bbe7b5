#pragma once
// Attr<T>: a typed attribute of a resource model: known, null, or not known yet.
//
// T is bool, int64, Number, string, vector<int64>, vector<string>, map<string, string>,
// map<string, vector<string>>, or, for nested attributes, a model struct M, vector<M> or
// map<string, M> (object.hpp). A nested value in which some element is unknown as a whole counts as
// unknown; unknown attributes of known elements stay where they are.

#include <map>
#include <string>
#include <vector>

#include "provider/tf/value.hpp"

namespace paas::tf {

template <class T>
class Attr {
 public:
  Attr() = default;  // null
  Attr(T value) : value_(std::move(value)) {}
  Attr(Null) {}
  Attr(Unknown unknown) : value_(std::move(unknown)) {}

  bool known() const { return value_.index() == 2; }
  bool null() const { return value_.index() == 0; }
  bool unknown() const { return value_.index() == 1; }
  // REQUIRES: known().
  const T& operator*() const { return *std::get_if<2>(&value_); }
  const T* operator->() const { return std::get_if<2>(&value_); }
  T& operator*() { return *std::get_if<2>(&value_); }
  T* operator->() { return std::get_if<2>(&value_); }
  // The value if known, else `fallback`.
  T value_or(T fallback) const { return known() ? **this : std::move(fallback); }
  std::optional<T> optional() const { return known() ? std::optional<T>(**this) : std::nullopt; }
  bool operator==(const Attr&) const = default;

 private:
  std::variant<Null, Unknown, T> value_;
};

// nullopt becomes null.
template <class T>
Attr<T> attr(std::optional<T> value) {
  return value ? Attr<T>(*std::move(value)) : Attr<T>();
}

// How a plain T is stored in a Value. Defined for the non-nested types named above.
template <class T>
struct Codec;

template <>
struct Codec<bool> {
  static Type type() { return Type::boolean(); }
  static Value encode(bool value) { return value; }
  static std::optional<bool> decode(const Value& value);
};
template <>
struct Codec<std::int64_t> {
  static Type type() { return Type::number(); }
  static Value encode(std::int64_t value) { return Number(value); }
  static std::optional<std::int64_t> decode(const Value& value);
};
template <>
struct Codec<Number> {
  static Type type() { return Type::number(); }
  static Value encode(const Number& value) { return value; }
  static std::optional<Number> decode(const Value& value);
};
template <>
struct Codec<std::string> {
  static Type type() { return Type::string(); }
  static Value encode(const std::string& value) { return value; }
  static std::optional<std::string> decode(const Value& value);
};
// A list; give a row `Shape::set` (object.hpp) for a set.
template <>
struct Codec<std::vector<std::string>> {
  static Type type() { return Type::list(Type::string()); }
  static Value encode(const std::vector<std::string>& value);
  static std::optional<std::vector<std::string>> decode(const Value& value);
};
template <>
struct Codec<std::map<std::string, std::string>> {
  static Type type() { return Type::map(Type::string()); }
  static Value encode(const std::map<std::string, std::string>& value);
  static std::optional<std::map<std::string, std::string>> decode(const Value& value);
};

template <>
struct Codec<std::vector<std::int64_t>> {
  static Type type() { return Type::list(Type::number()); }
  static Value encode(const std::vector<std::int64_t>& value) {
    return List(value.begin(), value.end());
  }
  static std::optional<std::vector<std::int64_t>> decode(const Value& value) {
    const List* list = value.as<List>();
    if (!list) return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (const Value& element : *list) {
      const auto number = Codec<std::int64_t>::decode(element);
      if (!number) return std::nullopt;
      numbers.push_back(*number);
    }
    return numbers;
  }
};
template <>
struct Codec<std::map<std::string, std::vector<std::string>>> {
  using Lists = std::map<std::string, std::vector<std::string>>;
  static Type type() { return Type::map(Type::list(Type::string())); }
  static Value encode(const Lists& value) {
    Map map;
    for (const auto& [key, list] : value)
      map.emplace(key, Codec<std::vector<std::string>>::encode(list));
    return map;
  }
  static std::optional<Lists> decode(const Value& value) {
    const Map* map = value.as<Map>();
    if (!map) return std::nullopt;
    Lists lists;
    for (const auto& [key, element] : *map) {
      auto list = Codec<std::vector<std::string>>::decode(element);
      if (!list) return std::nullopt;
      lists.emplace(key, *std::move(list));
    }
    return lists;
  }
};

}  // namespace paas::tf
