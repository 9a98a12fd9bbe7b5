#include "provider/tf/checks.hpp"

#include <algorithm>
#include <regex>

#include "libpaas/base/text.hpp"

namespace paas::tf {
namespace {

constexpr std::size_t max_matched_text = 1024;  // std::regex recurses once per character

// "a", "a and b", "a, b and c"
std::string listed(const std::vector<std::string>& names, std::string_view last = "and") {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " " + std::string(last) + " " : ", ";
    text += names[i];
  }
  return text;
}

Result<void> must_be(const std::string& what) {
  return fail(Errc::invalid, "must be " + what);
}

std::string bounds(std::size_t least, std::size_t most) {
  if (least == most) return std::to_string(least);
  return std::to_string(least) + " to " + std::to_string(most);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
  }));
}

bool is_empty(const Value& value) {
  if (const List* list = value.as<List>()) return list->empty();
  if (const Map* map = value.as<Map>()) return map->empty();
  return absent(value);
}

// Which of these attributes are set, and whether one of the others may yet be.
struct Present {
  std::vector<std::string> set;
  bool undecided = false;
};

Present present(const Value& object, const std::vector<std::string>& names) {
  Present out;
  for (const std::string& name : names) {
    const Value& value = at(object, name);
    if (value.is_unknown()) {
      out.undecided = true;
    } else if (!is_empty(value)) {
      out.set.push_back(name);
    }
  }
  return out;
}

void refuse_combination(const Path& path, const std::string& attribute, std::string words,
                        Diagnostics& out) {
  out.push_back(error_at(attribute.empty() ? path : path.attribute(attribute),
                         "invalid combination of arguments", std::move(words)));
}

// The parts of a value that a check refuses, together where it says the same of them:
// "element 1 and 3: must be …".
class Refused {
 public:
  explicit Refused(std::string what) : what_(std::move(what)) {}

  void note(const std::string& name, Result<void> verdict) {
    if (verdict) return;
    std::string words = describe(verdict.error());
    const auto same = std::find_if(found_.begin(), found_.end(),
                                   [&](const auto& one) { return one.first == words; });
    if (same != found_.end()) {
      if (same->second.size() < most_named) same->second.push_back(name);
      return;
    }
    if (found_.empty()) remedy_ = verdict.error().remedy;
    if (found_.size() < most_named) found_.push_back({std::move(words), {name}});
  }

  Result<void> verdict() const {
    if (found_.empty()) return {};
    std::string all;
    for (const auto& [words, names] : found_)
      all += (all.empty() ? "" : "; ") + what_ + " " + listed(names) + ": " + words;
    return tl::unexpected<Error>(Error{Errc::invalid, std::move(all), {}, remedy_});
  }

 private:
  static constexpr std::size_t most_named = 20;

  std::string what_;
  std::string remedy_;
  std::vector<std::pair<std::string, std::vector<std::string>>> found_;
};

void too_many(const Path& path, const Present& found, const std::string& rule, Diagnostics& out) {
  refuse_combination(path, found.set.back(),
                     rule + ", but " + listed(found.set) + " are set. Remove all but one of them.",
                     out);
}

}  // namespace

Check one_of(std::vector<std::string> allowed) {
  std::vector<std::string> quoted;
  for (const std::string& word : allowed) quoted.push_back('"' + word + '"');
  return [allowed = std::move(allowed), said = listed(quoted, "or")](const Value& value) {
    const std::string* text = value.as<std::string>();
    const bool known = text && std::find(allowed.begin(), allowed.end(), *text) != allowed.end();
    return known ? Result<void>() : must_be(said);
  };
}

Check within(std::int64_t least, std::int64_t most) {
  return [least, most](const Value& value) {
    const Number* number = value.as<Number>();
    const auto whole = number ? number->int64() : std::nullopt;
    if (whole && *whole >= least && *whole <= most) return Result<void>();
    return must_be("a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                   ", not " + (number ? shortened(number->text(), 40) : "something else"));
  };
}

Check at_least(std::int64_t least) {
  return [least](const Value& value) {
    const Number* number = value.as<Number>();
    const auto whole = number ? number->int64() : std::nullopt;
    if (whole && *whole >= least) return Result<void>();
    return must_be("a whole number of at least " + std::to_string(least) + ", not " +
                   (number ? shortened(number->text(), 40) : "something else"));
  };
}

Check matches(const std::string& pattern, std::string said) {
  return [regex = std::regex(pattern, std::regex::ECMAScript | std::regex::optimize),
          said = std::move(said)](const Value& value) {
    const std::string* text = value.as<std::string>();
    const bool fits = text && text->size() <= max_matched_text && std::regex_match(*text, regex);
    return fits ? Result<void>() : must_be(said);
  };
}

Check length(std::size_t least, std::size_t most) {
  return [least, most](const Value& value) -> Result<void> {
    const std::string* text = value.as<std::string>();
    std::size_t size = 0;
    if (text) size = characters(*text);
    if (const List* list = value.as<List>()) size = list->size();
    if (const Map* map = value.as<Map>()) size = map->size();
    if (size >= least && size <= most) return {};
    return fail(Errc::invalid, "must have " + bounds(least, most) +
                                   (text ? " characters, not " : " elements, not ") +
                                   std::to_string(size));
  };
}

Check each(Check check) {
  return [check = std::move(check)](const Value& value) -> Result<void> {
    Refused refused("element");
    if (const List* list = value.as<List>())
      for (std::size_t i = 0; i < list->size(); ++i)
        refused.note(std::to_string(i + 1), check((*list)[i]));
    if (const Map* map = value.as<Map>())
      for (const auto& [key, element] : *map) refused.note(to_text(Value(key)), check(element));
    return refused.verdict();
  };
}

Check each_key(Check check) {
  return [check = std::move(check)](const Value& value) -> Result<void> {
    Refused refused("key");
    if (const Map* map = value.as<Map>())
      for (const auto& [key, element] : *map)
        refused.note(to_text(Value(shortened(key, 64))), check(Value(key)));
    return refused.verdict();
  };
}

Check all_of(std::vector<Check> checks) {
  return [checks = std::move(checks)](const Value& value) -> Result<void> {
    for (const Check& check : checks) TRY(check(value));
    return {};
  };
}

ObjectCheck exactly_one_of(std::vector<std::string> names) {
  return [names = std::move(names)](const Path& path, const Value& object, Diagnostics& out) {
    const Present found = present(object, names);
    const std::string rule = "exactly one of " + listed(names) + " must be set";
    if (found.set.size() > 1) return too_many(path, found, rule, out);
    if (found.set.empty() && !found.undecided)
      refuse_combination(path, "", rule + ", but none is.", out);
  };
}

ObjectCheck at_least_one_of(std::vector<std::string> names) {
  return [names = std::move(names)](const Path& path, const Value& object, Diagnostics& out) {
    const Present found = present(object, names);
    if (found.set.empty() && !found.undecided)
      refuse_combination(path, "",
                         "at least one of " + listed(names) + " must be set, but none is.", out);
  };
}

ObjectCheck at_most_one_of(std::vector<std::string> names) {
  return [names = std::move(names)](const Path& path, const Value& object, Diagnostics& out) {
    const Present found = present(object, names);
    if (found.set.size() > 1)
      too_many(path, found, "at most one of " + listed(names) + " may be set", out);
  };
}

ObjectCheck requires_with(std::string name, std::vector<std::string> others) {
  return [name = std::move(name), others = std::move(others)](const Path& path, const Value& object,
                                                              Diagnostics& out) {
    if (present(object, {name}).set.empty()) return;
    std::vector<std::string> missing;
    for (const std::string& other : others) {
      const Present found = present(object, {other});
      if (found.set.empty() && !found.undecided) missing.push_back(other);
    }
    if (!missing.empty())
      refuse_combination(path, name, name + " needs " + listed(missing) + " to be set too.", out);
  };
}

ObjectCheck conflicts_with(std::string name, std::vector<std::string> others) {
  return [name = std::move(name), others = std::move(others)](const Path& path, const Value& object,
                                                              Diagnostics& out) {
    if (present(object, {name}).set.empty()) return;
    const Present found = present(object, others);
    if (!found.set.empty())
      refuse_combination(path, name, name + " cannot be combined with " + listed(found.set) + ".",
                         out);
  };
}

}  // namespace paas::tf
