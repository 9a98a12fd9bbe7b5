#include "provider/tf/plan.hpp"

namespace paas::tf {
namespace {

// Where an attribute is: the path for Terraform, which cannot point into a set, and for people.
struct Place {
  Path path;
  std::string label;
  bool in_set = false;

  Place attribute(const std::string& name) const {
    return {in_set ? path : path.attribute(name), label.empty() ? name : label + "." + name,
            in_set};
  }
  Place element(PathStep step) const {
    Path inner;
    if (const auto* key = std::get_if<MapKey>(&step)) inner = path.key(key->key);
    if (const auto* position = std::get_if<ListIndex>(&step)) inner = path.index(position->index);
    return {in_set ? path : inner, in_set ? label + "[]" : to_text(inner), in_set};
  }
  Place set_element() const { return {path, label + "[]", true}; }
};

// A check's words about a secret must not repeat it.
std::string without_secret(std::string words, const Value& secret) {
  const std::string* text = secret.as<std::string>();
  const std::string hidden = text ? *text : to_text(secret);
  if (hidden.empty()) return words;
  const std::string mask = "(sensitive)";
  for (std::size_t at = words.find(hidden); at != std::string::npos;
       at = words.find(hidden, at + mask.size()))
    words.replace(at, hidden.size(), mask);
  return words;
}

class Validation {
 public:
  explicit Validation(Diagnostics& out) : out_(out) {}

  void object(const Schema& schema, const Value& config, const Place& place, bool secret) {
    for (const Attribute& a : schema.attributes) {
      const bool hidden = secret || a.is(Trait::sensitive) || a.is(Trait::write_only);
      attribute(a, at(config, a.name), place.attribute(a.name), hidden);
    }
    const std::size_t before = out_.size();
    for (const ObjectCheck& check : schema.checks) check(place.path, config, out_);
    if (!place.in_set) return;
    for (std::size_t i = before; i < out_.size(); ++i) out_[i].path = place.path;
  }

 private:
  void say(const Place& place, std::string summary, const std::string& detail) {
    out_.push_back(error_at(place.path, std::move(summary), place.label + " " + detail));
  }

  void attribute(const Attribute& a, const Value& value, const Place& place, bool secret) {
    if (value.is_unknown()) return;  // Terraform asks again once it is known
    const List* list = value.as<List>();
    const Map* map = value.as<Map>();
    const bool no_blocks = a.is(Trait::block) && ((list && list->empty()) || (map && map->empty()));
    if (absent(value) || no_blocks) {
      if (a.is(Trait::required)) say(place, "missing " + a.name, "is required.");
      return;
    }
    if (!a.settable() && !a.is(Trait::block))
      return say(place, "read-only " + a.name, "is computed by the provider and cannot be set.");
    if (a.nested) {
      nested(*a.nested, value, place, secret);
    } else {
      elements(a.type, value, place);
    }
    check(a, value, place, secret);
  }

  void check(const Attribute& a, const Value& value, const Place& place, bool secret) {
    if (!a.rules.check || !(a.nested || wholly_known(value))) return;
    auto verdict = a.rules.check(value);
    if (verdict) return;
    std::string words = describe(verdict.error()) + ".";
    if (!verdict.error().remedy.empty()) words += "\n\n" + verdict.error().remedy;
    say(place, "invalid " + a.name, secret ? without_secret(std::move(words), value) : words);
  }

  void nested(const Nested& nested, const Value& value, const Place& place, bool secret) {
    switch (nested.nesting) {
      case Nesting::single:
        return object(*nested.object, value, place, secret);
      case Nesting::list:
      case Nesting::set:
        if (const List* list = value.as<List>())
          for (std::size_t i = 0; i < list->size(); ++i)
            element(*nested.object, (*list)[i],
                    nested.nesting == Nesting::set
                        ? place.set_element()
                        : place.element(ListIndex{static_cast<std::int64_t>(i)}),
                    secret);
        return;
      case Nesting::map:
        if (const Map* map = value.as<Map>())
          for (const auto& [key, member] : *map)
            element(*nested.object, member, place.element(MapKey{key}), secret);
    }
  }

  void element(const Schema& schema, const Value& value, const Place& place, bool secret) {
    if (value.is_unknown()) return;
    if (value.is_null()) return null_element(place);
    object(schema, value, place, secret);
  }

  // Nothing of ours takes a null among its elements; a model could not hold it.
  void elements(const Type& type, const Value& value, const Place& place) {
    if (!type.is_collection()) return;
    if (const List* list = value.as<List>())
      for (std::size_t i = 0; i < list->size(); ++i)
        if ((*list)[i].is_null())
          null_element(type.kind() == Type::Kind::set
                           ? place.set_element()
                           : place.element(ListIndex{static_cast<std::int64_t>(i)}));
    if (const Map* map = value.as<Map>())
      for (const auto& [key, member] : *map)
        if (member.is_null()) null_element(place.element(MapKey{key}));
  }

  void null_element(const Place& place) {
    say(place, "null element", "is null.\n\nLeave the element out instead.");
  }

  Diagnostics& out_;
};

}  // namespace

Diagnostics validate(const Schema& schema, const Value& config) {
  Diagnostics out;
  if (config.as<Map>()) Validation(out).object(schema, config, {}, false);
  return out;
}

}  // namespace paas::tf
