#pragma once
// A schema as plain data: one row per attribute. The wire schema, the codec, validation, defaults,
// plan rules, plan text and the docs are all read from these structs.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "provider/tf/diagnostics.hpp"
#include "provider/tf/value.hpp"

namespace paas::tf {

// How an attribute behaves. Combine with |.
enum class Trait : unsigned {
  none = 0,
  required = 1 << 0,    // the user must set it
  optional = 1 << 1,    // the user may set it
  computed = 1 << 2,    // we fill it in when the user does not
  stable = 1 << 3,      // computed once: keeps its value across updates in place
  replaces = 1 << 4,    // a change destroys and creates
  sensitive = 1 << 5,   // never printed
  write_only = 1 << 6,  // read from configuration alone, never stored (protocol 6.8)
  block = 1 << 7,       // nested: written as a block `name { … }`, not as `name = { … }`
};
constexpr Trait operator|(Trait a, Trait b) {
  return static_cast<Trait>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

// Asked about known, non-null values only; of a nested attribute, leaves may still be unknown. The
// error's message says what is wrong with the value ("must be 1 to 256, not 0"), without naming the
// attribute; its remedy is shown too.
using Check = std::function<Result<void>(const Value&)>;

// Whether two known, non-null values mean the same ("2G" and "2048"). Where they do, a plan keeps
// the prior one, but for collections (plan.hpp), and what is read keeps the words it was written
// in.
using Same = std::function<bool(const Value& prior, const Value& config)>;

struct Rules {
  Value fallback =
      Null{};  // the value when the user gives none; the attribute is then computed too
  Check check = {};
  Same same = {};
  std::string deprecated = {};  // the message of a deprecated attribute; empty: it is not
};

enum class Nesting { single, list, set, map };

struct Schema;

// What an attribute is when it is an object of attributes of its own, or a collection of those.
struct Nested {
  Nesting nesting = Nesting::single;
  std::shared_ptr<const Schema> object;
};

struct Attribute {
  std::string name;
  Type type;                       // of a nested attribute: derived from `nested`
  std::optional<Nested> nested{};  // set: `type` was made from it
  Trait traits = Trait::none;
  std::string doc;
  Rules rules{};

  bool is(Trait trait) const {
    return (static_cast<unsigned>(traits) & static_cast<unsigned>(trait)) != 0;
  }
  // Whether the user may set it, and whether a plan may fill it in: on the wire, "required or
  // optional" and "computed".
  bool settable() const { return is(Trait::required) || is(Trait::optional); }
  bool fills_in() const { return is(Trait::computed) || !rules.fallback.is_null(); }
};

// A rule over several attributes of one object. Called with the object's path and its configured
// value (which may hold nulls and unknowns: a rule says nothing about what it cannot know yet).
using ObjectCheck = std::function<void(const Path&, const Value& object, Diagnostics&)>;

struct Schema {
  std::string doc;
  std::int64_t version = 0;
  std::vector<Attribute> attributes;
  std::vector<ObjectCheck> checks{};
  std::string deprecated{};

  const Attribute* find(std::string_view name) const;
};

// The type of an object that follows this schema: what the msgpack codec needs.
Type type_of(const Schema& schema);

// Every breach of Terraform's own schema rules (required and optional at once, a set that holds
// write-only values, …), in words; empty for a legal schema. Run by tests over all schemas.
std::vector<std::string> lint(const Schema& schema);

}  // namespace paas::tf
