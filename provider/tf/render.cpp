#include <algorithm>
#include <set>

#include "provider/tf/plan.hpp"

namespace paas::tf {
namespace {

class Rendering {
 public:
  Rendering(const Plan& plan, bool create) : create_(create) {
    for (const Path& path : plan.requires_replace) replaces_.insert(to_text(path));
  }

  void object(const Schema& schema, const Value& prior, const Value& next, const Path& path,
              bool secret) {
    for (const Attribute& a : schema.attributes) {
      const Value& was = at(prior, a.name);
      const Value& now = at(next, a.name);
      const Path here = path.attribute(a.name);
      const bool hidden = secret || a.is(Trait::sensitive) || a.is(Trait::write_only);
      if (equal(a.type, was, now) || (absent(was) && absent(now))) continue;
      const bool comparable = a.nested && a.nested->nesting != Nesting::set && now.is_known();
      if (comparable) {
        nested(*a.nested, was, now, here, hidden);
        if (replaces_.contains(to_text(here))) out += "  " + to_text(here) + " # replaces\n";
      } else {
        line(here, shown(a, was, hidden), shown(a, now, hidden));
      }
    }
  }

  std::string out;

 private:
  void line(const Path& path, const std::string& was, const std::string& now) {
    const std::string name = to_text(path);
    out += "  " + name + ": " + (create_ ? "" : was + " -> ") + now;
    if (replaces_.contains(name)) out += " # replaces";
    out += '\n';
  }

  // A nested value in one piece is shown without its leaves, some of which may be secret.
  static std::string shown(const Attribute& a, const Value& value, bool secret) {
    if (value.is_null() || value.is_unknown()) return to_text(value);
    if (secret) return "(sensitive)";
    if (a.nested) return holds_secret(*a.nested->object) ? "(sensitive)" : to_text(value);
    return to_text(value);
  }
  static bool holds_secret(const Schema& schema) {
    return std::any_of(schema.attributes.begin(), schema.attributes.end(), [](const Attribute& a) {
      return a.is(Trait::sensitive) || a.is(Trait::write_only) ||
             (a.nested && holds_secret(*a.nested->object));
    });
  }

  void nested(const Nested& nested, const Value& was, const Value& now, const Path& path,
              bool secret) {
    if (nested.nesting == Nesting::single) {
      element(*nested.object, was, now, path, secret);
    } else if (nested.nesting == Nesting::list) {
      static const List none;
      const List& before = was.as<List>() ? *was.as<List>() : none;
      const List& after = now.as<List>() ? *now.as<List>() : none;
      for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
        element(*nested.object, i < before.size() ? before[i] : Value(),
                i < after.size() ? after[i] : Value(), path.index(static_cast<std::int64_t>(i)),
                secret);
    } else {
      std::set<std::string> keys;
      for (const Value* side : {&was, &now})
        if (const Map* map = side->as<Map>())
          for (const auto& [key, member] : *map) keys.insert(key);
      for (const std::string& key : keys)
        element(*nested.object, at(was, key), at(now, key), path.key(key), secret);
    }
  }

  void element(const Schema& schema, const Value& was, const Value& now, const Path& path,
               bool secret) {
    if (now.is_unknown()) return line(path, was.is_null() ? "null" : "{…}", to_text(now));
    object(schema, was, now, path, secret);
  }

  bool create_;
  std::set<std::string> replaces_;
};

}  // namespace

std::string render(const Schema& schema, const Value& prior, const Plan& plan) {
  if (plan.state.is_null()) return prior.is_null() ? "=\n" : "-\n";
  Rendering rendering(plan, prior.is_null());
  rendering.object(schema, prior, plan.state, Path(), false);
  if (prior.is_null()) return "+\n" + rendering.out;
  if (!plan.requires_replace.empty()) return "-/+\n" + rendering.out;
  return (rendering.out.empty() ? "=\n" : "~\n") + rendering.out;
}

}  // namespace paas::tf
