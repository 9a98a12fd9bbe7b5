#include "libpaas/base/field_reader.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

constexpr std::size_t most_flaws = 1000;

std::string listed(const std::vector<std::string_view>& names) {
  std::vector<std::string> texts(names.begin(), names.end());
  std::sort(texts.begin(), texts.end());
  return join(texts, ", ");
}

std::string range_text(WholeRange range) {
  constexpr WholeRange any;
  if (range.min != any.min && range.max != any.max) {
    return "from " + std::to_string(range.min) + " to " + std::to_string(range.max);
  }
  return range.min != any.min ? "at least " + std::to_string(range.min)
                              : "at most " + std::to_string(range.max);
}

// A JSON value as the tree that a file is read into; all of it stands in one place.
Document document_of(const Json& json) {
  constexpr Place place{};
  if (const auto* text = json.string()) return {place, Document::Scalar{*text, true}};
  if (const auto* number = json.number()) return {place, Document::Scalar{number->text}};
  if (const auto* flag = json.boolean()) {
    return {place, Document::Scalar{*flag ? "true" : "false"}};
  }
  if (const auto* array = json.array()) {
    Document::List list;
    for (const Json& item : *array) list.push_back(document_of(item));
    return {place, std::move(list)};
  }
  const auto* object = json.object();
  if (object == nullptr) return Document(place);
  Document::Map map;
  for (const auto& [key, value] : *object) map.push_back({key, place, document_of(value)});
  return {place, std::move(map)};
}

}  // namespace

bool FieldReader::has(std::string_view name) const {
  const auto* member = map_.find(name);
  return member != nullptr && !member->value.is_null();
}

void FieldReader::require(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!has(name)) complain(map_.place(), member_path(path_, name), "is required");
  }
}

void FieldReader::flaw(std::string_view name, std::string message) {
  const auto* member = map_.find(name);
  complain(member == nullptr ? map_.place() : member->value.place(), member_path(path_, name),
           std::move(message));
}

void FieldReader::flaw(std::string message) {
  complain(map_.place(), path_, std::move(message));
}

void FieldReader::flaw_of_item(std::string_view name, std::size_t index, std::string message) {
  const auto* member = map_.find(name);
  const auto* list = member == nullptr ? nullptr : member->value.list();
  if (list == nullptr || index >= list->size()) return flaw(name, std::move(message));
  complain((*list)[index].place(), item_path(member_path(path_, name), index), std::move(message));
}

void FieldReader::text(std::string_view name, std::string& target) {
  if (const auto* found = scalar(name)) target = found->text;
}

void FieldReader::text(std::string_view name, std::optional<std::string>& target) {
  if (const auto* found = scalar(name)) target = found->text;
}

void FieldReader::flag(std::string_view name, bool& target) {
  const auto* found = scalar(name);
  if (found == nullptr) return;
  if (found->quoted || (found->text != "true" && found->text != "false")) {
    return flaw(name, "must be true or false");
  }
  target = found->text == "true";
}

void FieldReader::parsed(std::string_view name, const ReadText& read) {
  const auto* found = scalar(name);
  if (found == nullptr) return;
  if (const auto done = read(found->text); !done) flaw(name, done.error().message);
}

void FieldReader::texts(std::string_view name, std::vector<std::string>& target) {
  const auto* found = list(name);
  if (found == nullptr) return;
  const std::string path = member_path(path_, name);
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Document& item = (*found)[i];
    if (const auto* value = item.scalar()) {
      target.push_back(value->text);
    } else {
      complain(item.place(), item_path(path, i), "must be text, not " + std::string(item.kind()));
    }
  }
}

void FieldReader::text_map(std::string_view name,
                           std::map<std::string, std::string, std::less<>>& target) {
  entries(name, [&](const std::string& key, std::string_view text) -> Result<void> {
    target.insert_or_assign(key, std::string(text));
    return {};
  });
}

void FieldReader::entries(std::string_view name, const ReadEntry& read) {
  if (const auto* found = map(name)) read_entries(*found, member_path(path_, name), read);
}

void FieldReader::entries_of(std::string_view name, const ReadNamedEntry& read) {
  const auto* found = map(name);
  if (found == nullptr) return;
  const std::string path = member_path(path_, name);
  for (const Document::Member& member : *found->map()) {
    read_entries(
        member.value, member_path(path, member.key),
        [&](const std::string& key, std::string_view text) { return read(member.key, key, text); });
  }
}

void FieldReader::each_named(std::string_view name, const ReadNamed& read) {
  const auto* found = map(name);
  if (found == nullptr) return;
  const std::string path = member_path(path_, name);
  for (const Document::Member& member : *found->map()) {
    read_map(member.value, member_path(path, member.key),
             [&](FieldReader& in) { read(member.key, in); });
  }
}

void FieldReader::one(std::string_view name, const ReadFields& read) {
  if (const auto* found = map(name)) read_map(*found, member_path(path_, name), read);
}

void FieldReader::each(std::string_view name, const ReadFields& read) {
  const auto* found = list(name);
  if (found == nullptr) return;
  const std::string path = member_path(path_, name);
  for (std::size_t i = 0; i < found->size(); ++i) read_map((*found)[i], item_path(path, i), read);
}

const Document* FieldReader::known(std::string_view name) {
  known_.push_back(name);
  const auto* member = map_.find(name);
  return member == nullptr || member->value.is_null() ? nullptr : &member->value;
}

const Document::Scalar* FieldReader::scalar(std::string_view name) {
  const Document* value = known(name);
  if (value == nullptr) return nullptr;
  if (value->scalar() == nullptr) {
    flaw(name, "must be a single value, not " + std::string(value->kind()));
  }
  return value->scalar();
}

const Document::List* FieldReader::list(std::string_view name) {
  const Document* value = known(name);
  if (value == nullptr) return nullptr;
  if (value->list() == nullptr) flaw(name, "must be a list, not " + std::string(value->kind()));
  return value->list();
}

const Document* FieldReader::map(std::string_view name) {
  const Document* value = known(name);
  if (value == nullptr) return nullptr;
  if (value->map() == nullptr) {
    flaw(name, "must be a map, not " + std::string(value->kind()));
    return nullptr;
  }
  return value;
}

std::optional<std::int64_t> FieldReader::whole(std::string_view name, WholeRange range) {
  const Document* value = known(name);
  return value == nullptr ? std::nullopt : whole_at(*value, member_path(path_, name), range);
}

std::vector<std::int64_t> FieldReader::wholes(std::string_view name, WholeRange range) {
  std::vector<std::int64_t> out;
  const auto* found = list(name);
  if (found == nullptr) return out;
  const std::string path = member_path(path_, name);
  for (std::size_t i = 0; i < found->size(); ++i) {
    if (const auto value = whole_at((*found)[i], item_path(path, i), range)) out.push_back(*value);
  }
  return out;
}

std::optional<std::size_t> FieldReader::word_index(std::string_view name,
                                                   const std::vector<std::string_view>& known) {
  const auto* found = scalar(name);
  if (found == nullptr) return std::nullopt;
  const auto at = std::find(known.begin(), known.end(), found->text);
  if (at != known.end()) return static_cast<std::size_t>(at - known.begin());
  flaw(name, "must be one of " + listed(known));
  return std::nullopt;
}

std::optional<std::int64_t> FieldReader::whole_at(const Document& value, const std::string& path,
                                                  WholeRange range) {
  const auto* found = value.scalar();
  const auto number =
      found == nullptr || found->quoted ? std::nullopt : parse_integer<std::int64_t>(found->text);
  if (!number) {
    complain(value.place(), path, "must be a whole number");
  } else if (*number < range.min || *number > range.max) {
    complain(value.place(), path, "must be " + range_text(range));
  } else {
    return number;
  }
  return std::nullopt;
}

void FieldReader::read_entries(const Document& map, const std::string& path,
                               const ReadEntry& read) {
  if (map.map() == nullptr) {
    return complain(map.place(), path, "must be a map, not " + std::string(map.kind()));
  }
  for (const Document::Member& member : *map.map()) {
    const auto* value = member.value.scalar();
    if (value == nullptr) {
      complain(member.value.place(), member_path(path, member.key),
               "must be text or a number, not " + std::string(member.value.kind()));
    } else if (const auto done = read(member.key, value->text); !done) {
      complain(member.value.place(), member_path(path, member.key), done.error().message);
    }
  }
}

void FieldReader::read_map(const Document& value, const std::string& path, const ReadFields& read) {
  if (value.map() == nullptr) {
    return complain(value.place(), path, "must be a map, not " + std::string(value.kind()));
  }
  FieldReader in(value, path, context_);
  read(in);
  in.finish();
}

void FieldReader::complain(Place place, std::string path, std::string message) {
  if (context_.flaws.size() >= most_flaws) return;
  context_.flaws.push_back({context_.file, place, std::move(path), std::move(message)});
}

void FieldReader::finish() {
  if (context_.tolerant) return;
  for (const Document::Member& member : *map_.map()) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    const std::string_view meant = nearest(member.key, known_);
    complain(member.place, member_path(path_, member.key),
             meant.empty() ? "unknown field; known are " + listed(known_)
                           : "unknown field; did you mean \"" + std::string(meant) + "\"?");
  }
}

Flaws read_fields(const Document& document, std::string_view file,
                  const FieldReader::ReadFields& read) {
  FieldReader::Context context{.file = std::string(file)};
  FieldReader whole(document, "", context);
  whole.read_map(document, "", read);
  std::stable_sort(context.flaws.begin(), context.flaws.end(),
                   [](const Flaw& a, const Flaw& b) { return a.place < b.place; });
  return std::move(context.flaws);
}

Result<void> read_json_fields(const Json& json, std::string_view what,
                              const FieldReader::ReadFields& read) {
  FieldReader::Context context{.file = std::string(what), .tolerant = true};
  const Document document = document_of(json);
  FieldReader whole(document, "", context);
  whole.read_map(document, "", read);
  if (context.flaws.empty()) return {};
  const Flaw& first = context.flaws.front();
  const std::string path = first.path.empty() ? "" : shortened(first.path, 300) + ": ";
  return fail(Errc::invalid, printable(context.file + ": " + path + shortened(first.message, 300)));
}

}  // namespace paas
