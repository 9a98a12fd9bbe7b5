#pragma once
// Json: a JSON value (RFC 8259) and the product's only JSON codec.
//
// Numbers keep their text, so that integers beyond 64 bits and decimals survive a round trip.
// Objects are sorted by key, so that printing is deterministic. Input is bounded in size and
// depth; duplicate keys are refused.

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  // A number as written; parse() only makes ones that fit the JSON grammar.
  struct Number {
    std::string text;
    bool operator==(const Number&) const = default;
  };

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(std::same_as<bool> auto value) : value_(value) {}
  Json(std::integral auto value)
    requires(!std::same_as<decltype(value), bool>)
      : value_(Number{std::to_string(value)}) {}
  Json(double value);
  Json(Number number) : value_(std::move(number)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  // Views of the value; null when it is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const Number* number() const { return std::get_if<Number>(&value_); }
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  Array* array() { return std::get_if<Array>(&value_); }
  Object* object() { return std::get_if<Object>(&value_); }

  // The number as a 64-bit integer or a double; none if this is no number or does not fit.
  std::optional<std::int64_t> integer() const;
  std::optional<double> real() const;

  // The member of an object; the null value if absent or if this is no object.
  const Json& operator[](std::string_view key) const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_depth = 128;
};

// Errors: `invalid`, naming line and column; never quotes the input (it may hold secrets).
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// Compact, keys sorted, UTF-8 passed through, control characters escaped.
std::string print_json(const Json& value);
// The same, indented by two spaces, with a newline at the end.
std::string pretty_json(const Json& value);

}  // namespace paas
#pragma GCC visibility pop
