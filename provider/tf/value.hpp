#pragma once
// Value: any Terraform value. Null and unknown are values, not special cases.
//
// A value does not carry its type: a list, a set and a tuple are all `List`, a map, an object and a
// block are all `Map`. The type stands in the schema (type.hpp); only where the schema says
// "dynamic" does a value bring its own (`Dynamic`).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libpaas/base/result.hpp"
#include "provider/tf/flat_map.hpp"
#include "provider/tf/type.hpp"

namespace paas::tf {

struct Null {
  bool operator==(const Null&) const = default;
};

// Not known before apply. `refinements` is the msgpack payload in which Terraform says what it
// knows all the same (not null, a prefix, bounds); empty when it says nothing. It is kept so that
// a value that passes through us comes out as it went in; two unknowns are equal whatever it says.
struct Unknown {
  std::string refinements;
  bool operator==(const Unknown&) const { return true; }
};

// A decimal number of any size, as canonical text: no exponent, no leading zero, no trailing zero
// after the point, "-0" is "0"; or "Inf", "-Inf". Equal numbers have equal text.
class Number {
 public:
  Number() : text_("0") {}
  Number(std::int64_t value) : text_(std::to_string(value)) {}
  // From decimal text, exponents allowed ("1e3", "0.10", "+5", ".5"), or "Inf", "+Inf", "-Inf".
  // Error: `invalid`, also when the text or its canonical form is longer than 4 KiB.
  static Result<Number> parse(std::string_view text);
  // From the shortest decimal text that names this double: 0.1 is "0.1". REQUIRES: not a NaN.
  static Number from_double(double value);
  // From all digits of this double: 0.1 is "0.1000000000000000055511151231257827…". What Terraform
  // sends as a double comes back as the same double only so. REQUIRES: not a NaN.
  static Number from_double_exact(double value);

  const std::string& text() const { return text_; }
  // The value if it is an integer within 64 bits.
  std::optional<std::int64_t> int64() const;
  // The nearest double; infinite where it is beyond the doubles.
  double to_double() const;
  // The double that is exactly this number, if there is one.
  std::optional<double> exact_double() const;
  bool is_integer() const { return text_.find_first_of(".I") == std::string::npos; }
  bool operator==(const Number&) const = default;

 private:
  explicit Number(std::string canonical) : text_(std::move(canonical)) {}

  std::string text_;
};

struct Value;
using List = std::vector<Value>;
using Map = FlatMap<Value>;

// A value in a place whose type the schema leaves open: it brings its own type.
struct Dynamic {
  Type type;
  List value;  // exactly one element
  bool operator==(const Dynamic&) const;
};

struct Value : std::variant<Null, Unknown, bool, Number, std::string, List, Map, Dynamic> {
  using variant::variant;
  Value(const char* text) : variant(std::string(text)) {}
  Value(std::int64_t number) : variant(Number(number)) {}
  Value(int number) : variant(Number(number)) {}

  bool is_null() const { return std::holds_alternative<Null>(*this); }
  bool is_unknown() const { return std::holds_alternative<Unknown>(*this); }
  bool is_known() const { return !is_unknown(); }
  // Null, unknown or something of T; null pointer unless the last.
  template <class T>
  const T* as() const {
    return std::get_if<T>(this);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(this);
  }
};

inline bool Dynamic::operator==(const Dynamic&) const = default;

// The member `name` of an object; null if absent, or if `object` is null; unknown if it is unknown.
const Value& at(const Value& object, std::string_view name);

// Whether nothing in it, at any depth, is unknown.
bool wholly_known(const Value& value);

// The same with null in place of everything unknown.
Value unknown_as_null(Value value);

// Whether it is null, or a null that brings its type (`Dynamic`): what a user left out.
bool absent(const Value& value);

// Whether two values of one type are equal to Terraform: sets in any order, an unknown equals an
// unknown, and a number equals the shortest text of the double that it is (0.1 read as a double
// and "0.1" read as text).
bool equal(const Type& type, const Value& a, const Value& b);

// The type a value has by itself: a list is a tuple, a map is an object. For values in places that
// the schema leaves open.
Type type_of(const Value& value);

// One line for goldens and logs: `{"a": 1, "b": (known after apply)}`. Not for secrets.
std::string to_text(const Value& value);

}  // namespace paas::tf
