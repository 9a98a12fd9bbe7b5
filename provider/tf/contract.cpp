#include "provider/tf/contract.hpp"

#include <algorithm>
#include <set>

namespace paas::tf {
namespace {

void say_breach(Breaches& out, const Path& path, std::string_view what) {
  out.push_back((path.empty() ? "(the whole object)" : to_text(path)) + ": " + std::string(what));
}

const Value& child(const Value& list, std::size_t i) {
  static const Value null = Null{};
  static const Value unknown = Unknown{};
  if (list.is_unknown()) return unknown;
  const List* elements = list.as<List>();
  return elements && i < elements->size() ? (*elements)[i] : null;
}

std::size_t size_of(const Value& collection) {
  if (const List* list = collection.as<List>()) return list->size();
  if (const Map* map = collection.as<Map>()) return map->size();
  return 0;
}

std::set<std::string> keys_of(const Value& a, const Value& b) {
  std::set<std::string> keys;
  for (const Value* side : {&a, &b})
    if (const Map* map = side->as<Map>())
      for (const auto& [key, member] : *map) keys.insert(key);
  return keys;
}

bool has_key(const Value& map, const std::string& key) {
  const Map* members = map.as<Map>();
  return members && members->contains(key);
}

// ------------------------------------------------------------------- shape

class Shape {
 public:
  explicit Shape(Breaches& out) : out_(out) {}

  void value(const Type& type, const Value& value, const Path& path) {
    if (value.is_null() || value.is_unknown()) return;
    switch (type.kind()) {
      case Type::Kind::string:
        return expect(value.as<std::string>(), "a string", path);
      case Type::Kind::number:
        return expect(value.as<Number>(), "a number", path);
      case Type::Kind::boolean:
        return expect(value.as<bool>(), "a bool", path);
      case Type::Kind::dynamic:
        expect(value.as<Dynamic>(), "a value with its type", path);
        if (const Dynamic* dynamic = value.as<Dynamic>())
          this->value(dynamic->type, dynamic->value.front(), path);
        return;
      case Type::Kind::list:
      case Type::Kind::set:
      case Type::Kind::tuple:
        return list(type, value, path);
      case Type::Kind::map:
        expect(value.as<Map>(), "a map", path);
        for (const std::string& key : keys_of(value, {}))
          this->value(type.element(), at(value, key), path.key(key));
        return;
      case Type::Kind::object:
        return object(type, value, path);
    }
  }

 private:
  void expect(const void* found, const char* what, const Path& path) {
    if (!found) say_breach(out_, path, std::string("is not ") + what);
  }
  void list(const Type& type, const Value& value, const Path& path) {
    expect(value.as<List>(), "a list", path);
    const bool tuple = type.kind() == Type::Kind::tuple;
    if (tuple && size_of(value) != type.parts().size())
      return say_breach(out_, path, "is a tuple of another length");
    for (std::size_t i = 0; i < size_of(value); ++i)
      this->value(tuple ? type.parts()[i].second : type.element(), child(value, i),
                  path.index(static_cast<std::int64_t>(i)));
  }
  void object(const Type& type, const Value& value, const Path& path) {
    if (!value.as<Map>()) return say_breach(out_, path, "is not an object");
    for (const auto& [name, part] : type.parts()) {
      if (!has_key(value, name)) say_breach(out_, path.attribute(name), "is missing");
      this->value(part, at(value, name), path.attribute(name));
    }
    for (const auto& [name, member] : *value.as<Map>()) {
      const bool known =
          std::any_of(type.parts().begin(), type.parts().end(),
                      [&there = name](const auto& part) { return part.first == there; });
      if (!known) say_breach(out_, path.attribute(name), "is no attribute of the type");
    }
  }

  Breaches& out_;
};

// ---------------------------------------------------- a plan against its inputs

// The same attribute in the three values that a plan is judged by.
struct Three {
  const Value& prior;
  const Value& config;
  const Value& planned;

  Three attribute(const std::string& name) const {
    return {at(prior, name), at(config, name), at(planned, name)};
  }
  Three element(std::size_t i) const {
    return {child(prior, i), child(config, i), child(planned, i)};
  }
};

class PlanRules {
 public:
  explicit PlanRules(Breaches& out) : out_(out) {}

  void object(const Schema& schema, Three v, const Path& path) {
    if (absent(v.planned) != absent(v.config))
      return say_breach(out_, path,
                        absent(v.planned) ? "is planned to be absent, but configured"
                                          : "is planned, but not configured");
    if (absent(v.planned)) return;
    attributes(schema, v, path);
  }

 private:
  void attributes(const Schema& schema, Three v, const Path& path) {
    for (const Attribute& a : schema.attributes) {
      const Path here = path.attribute(a.name);
      if (a.is(Trait::block)) {
        block(a, v.attribute(a.name), here);
      } else {
        attribute(a, v.attribute(a.name), here);
      }
    }
  }

  void attribute(const Attribute& a, Three v, const Path& path) {
    if (equal(a.type, v.planned, v.config)) return;
    if (!absent(v.prior) && !absent(v.config) && equal(a.type, v.planned, v.prior)) return;
    if (a.is(Trait::write_only)) {
      if (!absent(v.planned)) say_breach(out_, path, "is write-only, but planned with a value");
      return;
    }
    const bool filled = a.fills_in() && (!a.settable() || absent(v.config));
    if (filled) return;
    if (absent(v.config))
      return say_breach(out_, path, "is planned with a value, but neither configured nor computed");
    if (a.nested) return nested(*a.nested, v, path);
    say_breach(out_, path, "is planned with neither the configured nor the prior value");
  }

  void nested(const Nested& nested, Three v, const Path& path) {
    if (absent(v.planned)) return say_breach(out_, path, "is planned to be absent, but configured");
    if (v.planned.is_unknown())
      return say_breach(out_, path, "is configured, but planned as unknown");
    if (nested.nesting == Nesting::single) return attributes(*nested.object, v, path);
    const bool set = nested.nesting == Nesting::set;
    if (size_of(v.planned) != size_of(v.config) && !(set && !wholly_known(v.config)))
      return say_breach(out_, path, "is planned with another number of elements than configured");
    if (set) return;  // elements of sets cannot be matched
    elements(nested, v, path,
             [&](Three element, const Path& here) { attributes(*nested.object, element, here); });
  }

  template <class Each>
  void elements(const Nested& nested, Three v, const Path& path, const Each& each) {
    if (nested.nesting == Nesting::list) {
      for (std::size_t i = 0; i < size_of(v.planned); ++i)
        each(v.element(i), path.index(static_cast<std::int64_t>(i)));
      return;
    }
    for (const std::string& key : keys_of(v.planned, v.config)) {
      if (!has_key(v.config, key) && v.config.is_known()) {
        say_breach(out_, path.key(key), "is planned, but not configured");
      } else if (!has_key(v.planned, key)) {
        say_breach(out_, path.key(key), "is configured, but not planned");
      } else {
        each(v.attribute(key), path.key(key));
      }
    }
  }

  void block(const Attribute& a, Three v, const Path& path) {
    const Nested& nested = *a.nested;
    if (nested.nesting != Nesting::single && v.planned.is_null())
      return say_breach(out_, path, "is null; no blocks are an empty collection");
    if (equal(a.type, v.planned, v.config)) return;
    if (v.config.is_unknown())
      return say_breach(out_, path, "is a dynamic block not yet known, and must be left alone");
    if (v.planned.is_unknown()) return say_breach(out_, path, "is a block planned as unknown");
    if (nested.nesting == Nesting::single) return object(*nested.object, v, path);
    if (nested.nesting != Nesting::set && size_of(v.planned) != size_of(v.config))
      return say_breach(out_, path, "is planned with another number of blocks than configured");
    if (nested.nesting == Nesting::set) {
      for (std::size_t i = 0; i < size_of(v.planned); ++i)
        if (child(v.planned, i).is_unknown()) say_breach(out_, path, "holds an unknown block");
      return;
    }
    elements(nested, v, path, [&](Three element, const Path& here) {
      if (element.planned.is_unknown()) return say_breach(out_, here, "is an unknown block");
      object(*nested.object, element, here);
    });
  }

  Breaches& out_;
};

// The value a path leads to; null pointer if it leads nowhere.
const Value* follow(const Value& root, const Path& path) {
  const Value* here = &root;
  for (const PathStep& step : path.steps()) {
    if (here->is_unknown()) return here;
    if (const auto* position = std::get_if<ListIndex>(&step)) {
      const List* list = here->as<List>();
      const auto i = static_cast<std::size_t>(position->index);
      if (!list || i >= list->size()) return nullptr;
      here = &(*list)[i];
      continue;
    }
    const auto* name = std::get_if<AttributeName>(&step);
    const std::string& key = name ? name->name : std::get<MapKey>(step).key;
    const Map* map = here->as<Map>();
    const auto found = map ? map->find(key) : Map::const_iterator();
    if (!map || found == map->end()) return nullptr;
    here = &found->second;
  }
  return here;
}

// The type of what a path leads to; none if the path does not fit the type or enters a set.
const Type* type_at(const Type& root, const Path& path) {
  const Type* here = &root;
  for (const PathStep& step : path.steps()) {
    if (const auto* name = std::get_if<AttributeName>(&step)) {
      const auto part = std::find_if(here->parts().begin(), here->parts().end(),
                                     [&](const auto& p) { return p.first == name->name; });
      if (here->kind() != Type::Kind::object || part == here->parts().end()) return nullptr;
      here = &part->second;
    } else {
      const Type::Kind wanted =
          std::holds_alternative<MapKey>(step) ? Type::Kind::map : Type::Kind::list;
      if (here->kind() != wanted) return nullptr;
      here = &here->element();
    }
  }
  return here;
}

// Whether the value at a path changes; none where the path is wrong.
std::optional<bool> changes_at(const Type& root, const Value& prior, const Value& planned,
                               const Path& path) {
  static const Value null = Null{};
  const Type* type = type_at(root, path);
  const Value* was = follow(prior, path);
  const Value* now = follow(planned, path);
  if (!type || (!was && !now)) return {};
  if (now && now->is_unknown()) return true;
  return !equal(*type, was ? *was : null, now ? *now : null);
}

void check_replaces(const Schema& schema, const Value& prior, const Plan& plan, Breaches& out) {
  if (prior.is_null() && !plan.requires_replace.empty())
    return say_breach(out, {}, "a create asks for a replacement");
  const Type root = type_of(schema);
  for (const Path& path : plan.requires_replace) {
    const auto changes = changes_at(root, prior, plan.state, path);
    if (!changes) {
      say_breach(out, path, "is to force a replacement, but leads nowhere or into a set");
    } else if (!*changes) {
      say_breach(out, path, "is to force a replacement, but does not change");
    }
  }
}

// -------------------------------------------- a final value against its plan

// "Definitely not null" comes first in the refinements, as key 1 with the value false.
bool promised_not_null(const Unknown& unknown) {
  return unknown.refinements.size() >= 3 && unknown.refinements.substr(1, 2) == "\x01\xc2";
}

class FinalRules {
 public:
  explicit FinalRules(Breaches& out) : out_(out) {}

  void object(const Schema& schema, const Value& planned, const Value& actual, const Path& path) {
    if (planned.is_null() != actual.is_null())
      return say_breach(
          out_, path,
          planned.is_null() ? "was absent, but now present" : "was present, but now absent");
    if (planned.is_null()) return;
    for (const Attribute& a : schema.attributes) {
      const Path here = path.attribute(a.name);
      if (a.is(Trait::block)) {
        block(a, at(planned, a.name), at(actual, a.name), here);
      } else {
        value(a.type, at(planned, a.name), at(actual, a.name), here);
      }
    }
  }

  void value(const Type& type, const Value& planned, const Value& actual, const Path& path) {
    if (const Unknown* unknown = planned.as<Unknown>()) {
      if (promised_not_null(*unknown) && absent(actual))
        say_breach(out_, path, "was promised not to be null");
      return;
    }
    if (type.kind() == Type::Kind::dynamic && planned.is_null()) return;
    if (absent(planned) != absent(actual))
      return say_breach(out_, path,
                        absent(actual) ? "was set, but now null" : "was null, but now set");
    if (absent(planned)) return;
    if (actual.is_unknown()) return say_breach(out_, path, "was known, but now unknown");
    switch (type.kind()) {
      case Type::Kind::dynamic:
        return dynamic(planned, actual, path);
      case Type::Kind::list:
      case Type::Kind::tuple:
        return list(type, planned, actual, path);
      case Type::Kind::set:
        return set(planned, actual, path, [&](const Value& p, const Value& a) {
          Breaches found;
          FinalRules(found).value(type.element(), p, a, path);
          return found.empty();
        });
      case Type::Kind::map:
        return map(planned, actual, path, [&](const Value& p, const Value& a, const Path& here) {
          value(type.element(), p, a, here);
        });
      case Type::Kind::object:
        for (const auto& [name, part] : type.parts())
          value(part, at(planned, name), at(actual, name), path.attribute(name));
        return;
      default:
        if (!equal(type, planned, actual)) say_breach(out_, path, "is not the planned value");
    }
  }

 private:
  void dynamic(const Value& planned, const Value& actual, const Path& path) {
    const Dynamic* wanted = planned.as<Dynamic>();
    const Dynamic* got = actual.as<Dynamic>();
    if (!wanted || !got || wanted->type != got->type)
      return say_breach(out_, path, "is of another type than planned");
    value(wanted->type, wanted->value.front(), got->value.front(), path);
  }

  void list(const Type& type, const Value& planned, const Value& actual, const Path& path) {
    if (size_of(planned) != size_of(actual))
      return say_breach(out_, path, "has another number of elements than planned");
    const bool tuple = type.kind() == Type::Kind::tuple;
    for (std::size_t i = 0; i < size_of(planned); ++i)
      value(tuple ? type.parts()[i].second : type.element(), child(planned, i), child(actual, i),
            path.index(static_cast<std::int64_t>(i)));
  }

  template <class Each>
  void map(const Value& planned, const Value& actual, const Path& path, const Each& each) {
    for (const std::string& key : keys_of(planned, actual)) {
      if (!has_key(actual, key)) {
        say_breach(out_, path.key(key), "has vanished");
      } else if (!has_key(planned, key)) {
        say_breach(out_, path.key(key), "has appeared");
      } else {
        each(at(planned, key), at(actual, key), path.key(key));
      }
    }
  }

  // Every element has a partner on the other side; elements that turn out equal may become one.
  template <class Fits>
  void set(const Value& planned, const Value& actual, const Path& path, const Fits& fits) {
    if (size_of(actual) > size_of(planned))
      return say_breach(out_, path, "has more elements than planned");
    std::vector<bool> met(size_of(actual), false);
    for (const Value& wanted : *planned.as<List>()) {
      bool found = false;
      for (std::size_t i = 0; i < met.size(); ++i)
        if (fits(wanted, child(actual, i))) found = met[i] = true;
      if (!found) say_breach(out_, path, "lacks a planned element");
    }
    if (std::find(met.begin(), met.end(), false) != met.end())
      say_breach(out_, path, "has an element that was not planned");
  }

  void block(const Attribute& a, const Value& planned, const Value& actual, const Path& path) {
    const Schema& object_schema = *a.nested->object;
    if (planned.is_unknown()) return;  // a dynamic block may turn into any number of blocks
    if (a.nested->nesting == Nesting::single) return object(object_schema, planned, actual, path);
    if (actual.is_null())
      return say_breach(out_, path, "is null; no blocks are an empty collection");
    if (a.nested->nesting == Nesting::map)
      return map(planned, actual, path, [&](const Value& p, const Value& v, const Path& here) {
        object(object_schema, p, v, here);
      });
    if (a.nested->nesting == Nesting::set)
      return set(planned, actual, path, [&](const Value& p, const Value& v) {
        Breaches found;
        FinalRules(found).object(object_schema, p, v, path);
        return found.empty();
      });
    if (size_of(planned) != size_of(actual))
      return say_breach(out_, path, "has another number of blocks than planned");
    for (std::size_t i = 0; i < size_of(planned); ++i)
      object(object_schema, child(planned, i), child(actual, i),
             path.index(static_cast<std::int64_t>(i)));
  }

  Breaches& out_;
};

void append(Breaches& out, Breaches more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Breaches check_write_only(const Schema& schema, const Value& value) {
  if (equal(type_of(schema), without_write_only(schema, value), value)) return {};
  return {"a write-only attribute has a value"};
}

}  // namespace

ChangeKind change_of(const Schema& schema, const Value& prior, const Plan& plan) {
  if (plan.state.is_null()) return prior.is_null() ? ChangeKind::noop : ChangeKind::destroy;
  if (prior.is_null()) return ChangeKind::create;
  const Type root = type_of(schema);
  const bool replaced = std::any_of(
      plan.requires_replace.begin(), plan.requires_replace.end(),
      [&](const Path& path) { return changes_at(root, prior, plan.state, path).value_or(false); });
  if (replaced) return ChangeKind::replace;
  return equal(root, prior, plan.state) ? ChangeKind::noop : ChangeKind::update;
}

Breaches check_shape(const Type& type, const Value& value) {
  Breaches out;
  Shape(out).value(type, value, {});
  return out;
}

Breaches check_plan(const Schema& schema, const Value& prior, const Value& config,
                    const Plan& plan) {
  Breaches out = check_shape(type_of(schema), plan.state);
  append(out, check_write_only(schema, plan.state));
  PlanRules(out).object(schema, {prior, config, plan.state}, {});
  if (!plan.state.is_null()) check_replaces(schema, prior, plan, out);
  return out;
}

Breaches check_second_plan(const Schema& schema, const Value& prior, const Plan& first,
                           const Plan& second) {
  Breaches out = check_shape(type_of(schema), second.state);
  const ChangeKind before = change_of(schema, prior, first);
  const ChangeKind after = change_of(schema, prior, second);
  if (before != after && !(before == ChangeKind::update && after == ChangeKind::noop))
    say_breach(out, {}, "the action is another one in the second plan");
  FinalRules(out).object(schema, first.state, second.state, {});
  return out;
}

Breaches check_applied(const Schema& schema, const Value& planned, const Value& applied) {
  Breaches out = check_read(schema, applied);
  FinalRules(out).object(schema, planned, applied, {});
  return out;
}

Breaches check_read(const Schema& schema, const Value& state) {
  Breaches out = check_shape(type_of(schema), state);
  append(out, check_write_only(schema, state));
  if (!wholly_known(state)) say_breach(out, {}, "something is unknown");
  return out;
}

}  // namespace paas::tf
