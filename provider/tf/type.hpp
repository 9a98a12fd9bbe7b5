#pragma once
// Type: the type of a Terraform value, and its JSON text on the wire (go-cty's type notation).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::tf {

class Type {
 public:
  enum class Kind { string, number, boolean, dynamic, list, set, map, object, tuple };

  Type() = default;  // dynamic
  static Type string() { return Type(Kind::string); }
  static Type number() { return Type(Kind::number); }
  static Type boolean() { return Type(Kind::boolean); }
  static Type dynamic() { return Type(Kind::dynamic); }
  static Type list(Type element) { return Type(Kind::list, {{"", std::move(element)}}); }
  static Type set(Type element) { return Type(Kind::set, {{"", std::move(element)}}); }
  static Type map(Type element) { return Type(Kind::map, {{"", std::move(element)}}); }
  // Attributes in any order; kept sorted by name.
  static Type object(std::vector<std::pair<std::string, Type>> attributes);
  static Type tuple(std::vector<Type> elements);

  Kind kind() const { return kind_; }
  bool is_collection() const {
    return kind_ == Kind::list || kind_ == Kind::set || kind_ == Kind::map;
  }
  // REQUIRES: is_collection().
  const Type& element() const { return parts_.front().second; }
  // Attributes of an object by name; elements of a tuple with empty names; else empty.
  const std::vector<std::pair<std::string, Type>>& parts() const { return parts_; }

  bool operator==(const Type&) const = default;

 private:
  explicit Type(Kind kind, std::vector<std::pair<std::string, Type>> parts = {})
      : kind_(kind), parts_(std::move(parts)) {}

  Kind kind_ = Kind::dynamic;
  std::vector<std::pair<std::string, Type>> parts_;
};

// Compact JSON as in `Schema.Attribute.type`: "string", ["list","number"], ["object",{"a":"bool"}].
std::string print_type(const Type& type);
// The inverse; an object's third element (optional attribute names) is read and dropped.
// Errors: `invalid`. Bounded to 64 KiB and 32 levels.
Result<Type> parse_type(std::string_view json);

}  // namespace paas::tf
