#include "tests/contract/random_config.hpp"

#include <rapidcheck.h>

#include <stdexcept>

#include "provider/tf/plan.hpp"

namespace paas::contract {
namespace {

using namespace paas::tf;

constexpr int attempts = 60;

// From 0 to n - 1, all as likely from the first run on.
template <class Int>
Int below(Int n) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Int>(0, n));
}

bool one_in(int n) {
  return below(n) == 0;
}

std::string random_text() {
  static const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789-./:_ AZ\"\\\n";
  std::string text;
  for (int i = below(9); i > 0; --i) text += letters[below(letters.size())];
  return text;
}

Number random_number() {
  const std::int64_t whole = below<std::int64_t>(300) - 3;
  switch (below(6)) {
    case 0:
      return Number::parse(std::to_string(whole) + ".5").value_or(Number());
    case 1:
      return Number::parse(std::to_string(whole) + ".1").value_or(Number());
    case 2:
      return Number::parse("18446744073709551616").value_or(Number());
    default:
      return Number(whole);
  }
}

class RandomValues {
 public:
  explicit RandomValues(const Candidates& candidates) : candidates_(candidates) {}

  Value config(const Schema& schema, const std::string& prefix) {
    Map out;
    for (const Attribute& a : schema.attributes)
      out.emplace(a.name, configured(a, prefix + a.name));
    return out;
  }

  // Every attribute of an object as if applied: those that may be null sometimes are.
  Value outcome(const Schema& schema, const std::string& prefix) {
    Map out;
    for (const Attribute& a : schema.attributes) {
      const bool null = a.is(Trait::write_only) || (!a.is(Trait::required) && one_in(4));
      Value value = null ? Value() : outcome_of(a, prefix + a.name);
      if (a.is(Trait::block) && value.is_null()) value = no_blocks(*a.nested);
      out.emplace(a.name, std::move(value));
    }
    return out;
  }

  Value outcome_of(const Attribute& a, const std::string& path) {
    if (!a.nested) return drawn(a, path);
    return collected(*a.nested, path, [&] { return outcome(*a.nested->object, path + "."); });
  }

  Value of_type(const Type& type, const std::string& path) {
    switch (type.kind()) {
      case Type::Kind::string:
        return random_text();
      case Type::Kind::number:
        return random_number();
      case Type::Kind::boolean:
        return one_in(2);
      case Type::Kind::dynamic:
        return random_dynamic();
      case Type::Kind::list: {
        List list;
        for (int i = below(4); i > 0; --i) list.push_back(of_type(type.element(), path));
        return list;
      }
      case Type::Kind::set: {
        List set;
        for (int i = below(4); i > 0; --i) add(set, type.element(), of_type(type.element(), path));
        return set;
      }
      case Type::Kind::map: {
        Map map;
        for (const std::string& key : keys(path)) map.emplace(key, of_type(type.element(), path));
        return map;
      }
      case Type::Kind::object: {
        Map object;
        for (const auto& [name, part] : type.parts()) object.emplace(name, of_type(part, path));
        return object;
      }
      case Type::Kind::tuple: {
        List tuple;
        for (const auto& part : type.parts()) tuple.push_back(of_type(part.second, path));
        return tuple;
      }
    }
    return Null{};
  }

 private:
  static Value no_blocks(const Nested& nested) {
    if (nested.nesting == Nesting::single) return Null{};
    return nested.nesting == Nesting::map ? Value(Map{}) : Value(List{});
  }

  static Value random_dynamic() {
    if (one_in(2)) return Dynamic{Type::string(), {random_text()}};
    return Dynamic{Type::list(Type::number()), {Value(List{random_number()})}};
  }

  // A set has no element twice.
  static void add(List& set, const Type& type, Value element) {
    for (const Value& other : set)
      if (equal(type, other, element)) return;
    set.push_back(std::move(element));
  }

  std::vector<std::string> keys(const std::string& path) {
    const auto given = candidates_.keys.find(path);
    static const std::vector<std::string> usual{"a", "b", "net0"};
    std::vector<std::string> out;
    for (const std::string& key : given == candidates_.keys.end() ? usual : given->second)
      if (one_in(2)) out.push_back(key);
    return out;
  }

  Value configured(const Attribute& a, const std::string& path) {
    const bool required = a.is(Trait::required);
    if (!a.settable() && !a.is(Trait::block)) return Null{};
    if (!required && one_in(3)) return a.is(Trait::block) ? no_blocks(*a.nested) : Value();
    for (int i = 0; i < attempts; ++i) {
      Value value = a.nested ? collected(*a.nested, path,
                                         [&] { return config(*a.nested->object, path + "."); })
                             : drawn(a, path);
      const bool wanted = !required || !a.is(Trait::block) || value != no_blocks(*a.nested);
      if (wanted && (!a.rules.check || a.rules.check(value))) return value;
    }
    if (required) throw std::runtime_error("no random value passes the check of " + path);
    return a.is(Trait::block) ? no_blocks(*a.nested) : Value();
  }

  Value drawn(const Attribute& a, const std::string& path) {
    const auto given = candidates_.values.find(path);
    return given == candidates_.values.end() ? of_type(a.type, path)
                                             : *rc::gen::elementOf(given->second);
  }

  template <class One>
  Value collected(const Nested& nested, const std::string& path, const One& one) {
    switch (nested.nesting) {
      case Nesting::single:
        return one();
      case Nesting::list: {
        List list;
        for (int i = below(4); i > 0; --i) list.push_back(one());
        return list;
      }
      case Nesting::set: {
        List set;
        for (int i = below(4); i > 0; --i) add(set, type_of(*nested.object), one());
        return set;
      }
      case Nesting::map: {
        Map map;
        for (const std::string& key : keys(path)) map.emplace(key, one());
        return map;
      }
    }
    return Null{};
  }

  const Candidates& candidates_;
};

Value veiled(const Schema& schema, const Value& config);

Value veiled_nested(const Nested& nested, const Value& value) {
  if (nested.nesting == Nesting::single) return veiled(*nested.object, value);
  Value out = value;
  auto veil = [&](Value& element) {
    element = one_in(8) ? Value(Unknown{}) : veiled(*nested.object, element);
  };
  if (List* list = out.as<List>())
    for (Value& element : *list) veil(element);
  if (Map* map = out.as<Map>())
    for (auto& [key, element] : *map) veil(element);
  return out;
}

Value veiled_elements(const Value& value) {
  Value out = value;
  if (List* list = out.as<List>())
    for (Value& element : *list)
      if (one_in(8)) element = Unknown{};
  if (Map* map = out.as<Map>())
    for (auto& [key, element] : *map)
      if (one_in(8)) element = Unknown{};
  return out;
}

// Blocks are written one by one, so single ones are known to be there; their leaves may be unknown.
Value veiled_blocks(const Nested& nested, const Value& value) {
  if (nested.nesting == Nesting::single)
    return value.is_null() ? value : veiled(*nested.object, value);
  if (one_in(6)) return Unknown{};
  Value out = value;
  if (List* list = out.as<List>(); list && nested.nesting == Nesting::list)
    for (Value& element : *list) element = veiled(*nested.object, element);
  if (Map* map = out.as<Map>())
    for (auto& [key, element] : *map) element = veiled(*nested.object, element);
  return out;
}

Value veiled(const Schema& schema, const Value& config) {
  Map out;
  for (const Attribute& a : schema.attributes) {
    const Value& value = at(config, a.name);
    if (a.is(Trait::block)) {
      out.emplace(a.name, veiled_blocks(*a.nested, value));
    } else if (a.settable() && one_in(6)) {
      out.emplace(a.name, Unknown{});
    } else if (a.nested && !value.is_null()) {
      out.emplace(a.name, veiled_nested(*a.nested, value));
    } else {
      out.emplace(a.name, a.type.is_collection() ? veiled_elements(value) : value);
    }
  }
  return out;
}

class Outcomes {
 public:
  explicit Outcomes(const Candidates& candidates) : random_(candidates) {}

  Value object(const Schema& schema, const Value& planned, const std::string& prefix) {
    if (planned.is_unknown()) return random_.outcome(schema, prefix);
    if (!planned.as<Map>()) return planned;
    Map out;
    for (const Attribute& a : schema.attributes)
      out.emplace(a.name, attribute(a, at(planned, a.name), prefix + a.name));
    return out;
  }

 private:
  Value attribute(const Attribute& a, const Value& planned, const std::string& path) {
    if (planned.is_unknown()) return random_.outcome_of(a, path);
    if (!a.nested) return plain(a.type, planned, path);
    const Schema& inner = *a.nested->object;
    if (a.nested->nesting == Nesting::single) return object(inner, planned, path + ".");
    Value out = planned;
    if (List* list = out.as<List>())
      for (Value& element : *list) element = object(inner, element, path + ".");
    if (Map* map = out.as<Map>())
      for (auto& [key, element] : *map) element = object(inner, element, path + ".");
    return out;
  }

  // Unknown parts of a value that is no nested attribute.
  Value plain(const Type& type, const Value& planned, const std::string& path) {
    if (planned.is_unknown()) return random_.of_type(type, path);
    if (wholly_known(planned)) return planned;
    Value out = planned;
    if (List* list = out.as<List>())
      for (std::size_t i = 0; i < list->size(); ++i)
        (*list)[i] =
            plain(type.is_collection() ? type.element() : type.parts()[i].second, (*list)[i], path);
    if (Map* map = out.as<Map>())
      for (auto& [key, element] : *map)
        element = plain(type.is_collection() ? type.element() : type_of(element), element, path);
    return out;
  }

  RandomValues random_;
};

}  // namespace

Value random_config(const Schema& schema, const Candidates& candidates) {
  for (int i = 0; i < 20; ++i) {
    Value config = RandomValues(candidates).config(schema, "");
    if (candidates.adjust) candidates.adjust(*config.as<Map>());
    if (!has_errors(validate(schema, config))) return config;
  }
  RC_DISCARD("no valid configuration found");
}

Value with_unknowns(const Schema& schema, const Value& config) {
  return veiled(schema, config);
}

Value random_outcome(const Schema& schema, const Value& planned, const Candidates& candidates) {
  return Outcomes(candidates).object(schema, planned, "");
}

}  // namespace paas::contract
