#include "provider/tf/schema.hpp"

#include <algorithm>
#include <set>

namespace paas::tf {
namespace {

bool any_attribute(const Schema& schema, const std::function<bool(const Attribute&)>& is) {
  return std::any_of(schema.attributes.begin(), schema.attributes.end(), [&](const Attribute& a) {
    return is(a) || (a.nested && any_attribute(*a.nested->object, is));
  });
}

bool has_dynamic(const Type& type) {
  return type.kind() == Type::Kind::dynamic ||
         std::any_of(type.parts().begin(), type.parts().end(),
                     [](const auto& part) { return has_dynamic(part.second); });
}

// A collection needs one type for all its elements, so "dynamic" may stand in none.
bool has_dynamic_element(const Type& type) {
  if (type.is_collection() && has_dynamic(type.element())) return true;
  return std::any_of(type.parts().begin(), type.parts().end(),
                     [](const auto& part) { return has_dynamic_element(part.second); });
}

bool valid_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Type type_of_nested(const Nested& nested) {
  Type object = type_of(*nested.object);
  switch (nested.nesting) {
    case Nesting::single:
      return object;
    case Nesting::list:
      return Type::list(std::move(object));
    case Nesting::set:
      return Type::set(std::move(object));
    case Nesting::map:
      return Type::map(std::move(object));
  }
  return object;
}

class Linter {
 public:
  explicit Linter(std::vector<std::string>& out) : out_(out) {}

  void schema(const Schema& schema, const std::string& prefix) {
    std::set<std::string_view> names;
    for (const Attribute& a : schema.attributes) {
      where_ = prefix + a.name;
      if (!valid_name(a.name)) say("a name holds lower-case letters, digits and underscores only");
      if (!names.insert(a.name).second) say("the name is given twice");
      if (a.is(Trait::block)) {
        block(a);
      } else {
        attribute(a);
      }
      traits(a);
      types(a);
      if (a.nested) this->schema(*a.nested->object, prefix + a.name + ".");
    }
  }

 private:
  void say(std::string_view what) { out_.push_back(where_ + ": " + std::string(what)); }

  void block(const Attribute& a) {
    if (!a.nested) say("a block needs a nested schema");
    if (a.fills_in()) say("a block is neither computed nor has it a fallback");
    if (a.is(Trait::required) && a.is(Trait::optional)) say("both required and optional");
    if (a.is(Trait::sensitive) || a.is(Trait::write_only))
      say("a block is neither sensitive nor write-only; its attributes may be");
    if (a.rules.same) say("a block has no rule of sameness; its attributes may have one");
  }

  void attribute(const Attribute& a) {
    if (!a.settable() && !a.is(Trait::computed)) say("neither required, optional nor computed");
    if (a.is(Trait::required) && a.is(Trait::optional)) say("both required and optional");
    if (a.is(Trait::required) && a.fills_in()) say("required, yet computed or with a fallback");
    if (!a.rules.fallback.is_null() && !a.is(Trait::optional))
      say("only an optional attribute has a fallback");
    if (!wholly_known(a.rules.fallback)) say("a fallback is wholly known");
    if (a.rules.same && a.nested && a.nested->nesting != Nesting::set)
      say("a rule of sameness belongs to the attributes inside");
  }

  void traits(const Attribute& a) {
    if (a.is(Trait::stable) && !a.is(Trait::computed)) say("stable, but not computed");
    if (!a.is(Trait::write_only)) return;
    if (a.fills_in()) say("write-only, yet computed or with a fallback");
    if (a.is(Trait::replaces)) say("write-only, so no change of it can be seen");
    if (a.nested && any_attribute(*a.nested->object, [](const Attribute& inner) {
          return !inner.is(Trait::write_only);
        }))
      say("write-only, but not all attributes in it are");
  }

  void types(const Attribute& a) {
    if (has_dynamic_element(a.type)) say("the elements of a collection are not of dynamic type");
    if (!a.nested) return;
    if (!a.is(Trait::block) &&
        any_attribute(*a.nested->object, [](const Attribute& i) { return i.is(Trait::block); }))
      say("blocks stand in blocks only");
    if (type_of_nested(*a.nested) != a.type) say("the type is not that of the nested schema");
    if (a.nested->nesting != Nesting::set) return;
    const Schema& object = *a.nested->object;
    if (any_attribute(object, [](const Attribute& i) { return i.is(Trait::write_only); }))
      say("a set holds no write-only attributes");
    if (any_attribute(object, [](const Attribute& i) { return i.fills_in(); }))
      say("a set holds no computed attributes: its elements have no identity to keep them by");
  }

  std::vector<std::string>& out_;
  std::string where_;
};

}  // namespace

const Attribute* Schema::find(std::string_view name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const Attribute& a) { return a.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

Type type_of(const Schema& schema) {
  std::vector<std::pair<std::string, Type>> parts;
  parts.reserve(schema.attributes.size());
  for (const Attribute& a : schema.attributes) parts.emplace_back(a.name, a.type);
  return Type::object(std::move(parts));
}

std::vector<std::string> lint(const Schema& schema) {
  std::vector<std::string> breaches;
  if (schema.version < 0) breaches.emplace_back("the version is negative");
  Linter(breaches).schema(schema, "");
  return breaches;
}

}  // namespace paas::tf
