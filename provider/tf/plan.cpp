#include "provider/tf/plan.hpp"

#include <algorithm>

namespace paas::tf {
namespace {

// Whether a change of some leaf, at any depth, would ask for a new object.
bool has_replacing_leaf(const Schema& schema) {
  return std::any_of(schema.attributes.begin(), schema.attributes.end(), [](const Attribute& a) {
    return a.is(Trait::replaces) || (a.nested && has_replacing_leaf(*a.nested->object));
  });
}

// What the user says about an attribute, by silence the fallback; of what only we compute, nothing
// (ignore_changes puts the prior value there).
const Value& given(const Attribute& a, const Value& config) {
  static const Value nothing = Null{};
  if (!a.settable() && !a.is(Trait::block)) return nothing;
  const Value& said = at(config, a.name);
  return absent(said) && !a.rules.fallback.is_null() ? a.rules.fallback : said;
}

Value empty_of(Nesting nesting) {
  switch (nesting) {
    case Nesting::single:
      return Null{};
    case Nesting::map:
      return Map{};
    case Nesting::list:
    case Nesting::set:
      return List{};
  }
  return Null{};
}

const Value& element_at(const Value& list, std::size_t i) {
  static const Value nothing = Null{};
  const List* elements = list.as<List>();
  return elements && i < elements->size() ? (*elements)[i] : nothing;
}

// First what would be if nothing had to be computed anew, and whether that is a change at all.
class Settling {
 public:
  // `quiet`: no leaf in here asks for a new object by itself.
  Map object(const Schema& schema, const Value& prior, const Value& config, const Path& path,
             bool quiet) {
    Map next;
    next.reserve(schema.attributes.size());
    for (const Attribute& a : schema.attributes)
      next.emplace(
          a.name, attribute(a, at(prior, a.name), given(a, config), path.attribute(a.name), quiet));
    return next;
  }

  bool changed = false;
  std::vector<Path> replaces;

 private:
  Value attribute(const Attribute& a, const Value& prior, const Value& config, const Path& path,
                  bool quiet) {
    if (a.is(Trait::write_only)) return Null{};
    const bool known = !absent(config) && config.is_known();
    if (a.nested && known && a.nested->nesting != Nesting::set)
      return nested(a, prior, config, path, quiet);

    Value want = config;
    if (absent(config)) {
      if (a.is(Trait::computed)) return prior;
      if (a.is(Trait::block)) want = empty_of(a.nested->nesting);
    }
    if (!want.is_null() && want.is_known() && unchanged(a, prior, want)) return prior;
    if (want.is_null() && absent(prior)) return want;
    changed = true;
    if (!quiet && (a.is(Trait::replaces) || leaves_replace(a, prior, want)))
      replaces.push_back(path);
    return want;
  }

  static bool unchanged(const Attribute& a, const Value& prior, const Value& want) {
    if (equal(a.type, prior, want)) return true;
    if (!a.rules.same || a.type.is_collection()) return false;  // see plan.hpp
    return !absent(prior) && wholly_known(want) && a.rules.same(prior, want);
  }

  // A nested attribute that is compared whole: a set, or one that becomes unknown.
  static bool leaves_replace(const Attribute& a, const Value& prior, const Value& want) {
    const bool whole =
        a.nested && !absent(prior) && (want.is_unknown() || a.nested->nesting == Nesting::set);
    return whole && has_replacing_leaf(*a.nested->object);
  }

  Value nested(const Attribute& a, const Value& prior, const Value& config, const Path& path,
               bool quiet) {
    const bool changed_elsewhere = std::exchange(changed, false);
    const bool quiet_inside = quiet || a.is(Trait::replaces);
    Value next;
    switch (a.nested->nesting) {
      case Nesting::single:
        next = element(a, prior, config, path, quiet_inside);
        break;
      case Nesting::list:
        next = list(a, prior, config, path, quiet_inside);
        break;
      case Nesting::map:
        next = map(a, prior, config, path, quiet_inside);
        break;
      case Nesting::set:
        break;  // compared whole
    }
    if (changed && a.is(Trait::replaces) && !quiet) replaces.push_back(path);
    changed = changed || changed_elsewhere;
    return next;
  }

  Value element(const Attribute& a, const Value& prior, const Value& config, const Path& path,
                bool quiet) {
    if (config.is_null() || config.is_unknown()) {
      if (config != prior) changed = true;
      if (!quiet && config.is_unknown() && !prior.is_null() &&
          has_replacing_leaf(*a.nested->object))
        replaces.push_back(path);
      return config;
    }
    if (prior.is_null()) changed = true;
    return object(*a.nested->object, prior, config, path, quiet || prior.is_null());
  }

  Value list(const Attribute& a, const Value& prior, const Value& config, const Path& path,
             bool quiet) {
    List next;
    const List& elements = *config.as<List>();
    for (std::size_t i = 0; i < elements.size(); ++i)
      next.push_back(element(a, element_at(prior, i), elements[i],
                             path.index(static_cast<std::int64_t>(i)), quiet));
    const List* before = prior.as<List>();
    if (!before || before->size() != next.size()) changed = true;
    return next;
  }

  Value map(const Attribute& a, const Value& prior, const Value& config, const Path& path,
            bool quiet) {
    Map next;
    for (const auto& [key, value] : *config.as<Map>())
      next.emplace(key, element(a, at(prior, key), value, path.key(key), quiet));
    const Map* before = prior.as<Map>();
    auto same_key = [](const auto& x, const auto& y) { return x.first == y.first; };
    if (!before || !std::equal(before->begin(), before->end(), next.begin(), next.end(), same_key))
      changed = true;
    return next;
  }
};

// Then, since something changes: what nobody set is not known before apply.
void unsettle(const Schema& schema, const Value& prior, const Value& config, Map& next);

void unsettle_element(const Schema& schema, const Value& prior, const Value& config, Value& next) {
  if (Map* object = next.as<Map>(); object && config.as<Map>())
    unsettle(schema, prior, config, *object);
}

void unsettle_nested(const Nested& nested, const Value& prior, const Value& config, Value& next) {
  switch (nested.nesting) {
    case Nesting::single:
      return unsettle_element(*nested.object, prior, config, next);
    case Nesting::list:
      for (std::size_t i = 0; i < config.as<List>()->size(); ++i)
        unsettle_element(*nested.object, element_at(prior, i), element_at(config, i),
                         (*next.as<List>())[i]);
      return;
    case Nesting::map:
      for (auto& [key, element] : *next.as<Map>())
        unsettle_element(*nested.object, at(prior, key), at(config, key), element);
      return;
    case Nesting::set:
      return;  // holds nothing computed
  }
}

void unsettle(const Schema& schema, const Value& prior, const Value& config, Map& next) {
  for (const Attribute& a : schema.attributes) {
    if (a.is(Trait::write_only)) continue;
    const Value& said = given(a, config);
    if (absent(said)) {
      const bool renewed = prior.is_null() || !a.is(Trait::stable);
      if (a.is(Trait::computed) && renewed) next[a.name] = Unknown{};
    } else if (a.nested && said.is_known()) {
      unsettle_nested(*a.nested, at(prior, a.name), said, next[a.name]);
    }
  }
}

}  // namespace

Plan plan(const Schema& schema, const Value& prior, const Value& config) {
  if (config.is_null()) return {Null{}, {}};
  Settling settling;
  Map next = settling.object(schema, prior, config, Path(), prior.is_null());
  if (!settling.replaces.empty())
    return {plan(schema, Null{}, config).state, std::move(settling.replaces)};
  if (settling.changed || prior.is_null()) unsettle(schema, prior, config, next);
  return {std::move(next), {}};
}

}  // namespace paas::tf
