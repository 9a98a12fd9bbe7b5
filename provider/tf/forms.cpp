#include <algorithm>
#include <functional>

#include "provider/tf/plan.hpp"

namespace paas::tf {
namespace {

// Applies `change` to every object of a nested value.
void each_object(const Nested& nested, Value& value, const std::function<void(Value&)>& change) {
  if (nested.nesting == Nesting::single) {
    if (value.as<Map>()) change(value);
  } else if (List* list = value.as<List>()) {
    for (Value& element : *list)
      if (element.as<Map>()) change(element);
  } else if (Map* map = value.as<Map>()) {
    for (auto& [key, element] : *map)
      if (element.as<Map>()) change(element);
  }
}

void drop_write_only(const Schema& schema, Value& object) {
  for (const Attribute& a : schema.attributes) {
    const auto member = object.as<Map>()->find(a.name);
    if (member == object.as<Map>()->end()) continue;
    if (a.is(Trait::write_only)) {
      member->second = Null{};
    } else if (a.nested) {
      each_object(*a.nested, member->second,
                  [&](Value& inner) { drop_write_only(*a.nested->object, inner); });
    }
  }
}

void keep_config(const Schema& schema, Value& object) {
  for (const Attribute& a : schema.attributes) {
    const auto member = object.as<Map>()->find(a.name);
    if (member == object.as<Map>()->end()) continue;
    Value& value = member->second;
    const bool ours = !a.settable() && !a.is(Trait::block);
    const bool usual = !a.rules.fallback.is_null() && equal(a.type, value, a.rules.fallback);
    if (ours || usual || a.is(Trait::write_only)) {
      value = Null{};
    } else if (a.nested) {
      each_object(*a.nested, value, [&](Value& inner) { keep_config(*a.nested->object, inner); });
    }
  }
}

void keep_words(const Schema& schema, const Value& known, Value& object);

void keep_words(const Attribute& a, const Value& known, Value& observed) {
  if (absent(known) || absent(observed) || known.is_unknown() || observed.is_unknown()) return;
  if (observed == known) return;  // as nearly always
  const bool said = wholly_known(known) && wholly_known(observed);
  if (said && (equal(a.type, known, observed) || (a.rules.same && a.rules.same(known, observed)))) {
    observed = known;
    return;
  }
  if (!a.nested) return;
  const Schema& inner = *a.nested->object;
  if (a.nested->nesting == Nesting::single) return keep_words(inner, known, observed);
  const List* known_list = known.as<List>();
  if (List* list = observed.as<List>(); list && known_list && a.nested->nesting == Nesting::list)
    for (std::size_t i = 0; i < std::min(list->size(), known_list->size()); ++i)
      keep_words(inner, (*known_list)[i], (*list)[i]);
  if (Map* map = observed.as<Map>())
    for (auto& [key, element] : *map) keep_words(inner, at(known, key), element);
}

void keep_words(const Schema& schema, const Value& known, Value& object) {
  if (!known.as<Map>() || !object.as<Map>()) return;
  for (const Attribute& a : schema.attributes) {
    const auto member = object.as<Map>()->find(a.name);
    if (member != object.as<Map>()->end()) keep_words(a, at(known, a.name), member->second);
  }
}

}  // namespace

Value without_write_only(const Schema& schema, Value value) {
  if (value.as<Map>()) drop_write_only(schema, value);
  return value;
}

Value as_written(const Schema& schema, const Value& known, Value observed) {
  keep_words(schema, known, observed);
  return observed;
}

Value config_of(const Schema& schema, const Value& state) {
  Value config = state;
  if (config.as<Map>()) keep_config(schema, config);
  return config;
}

}  // namespace paas::tf
