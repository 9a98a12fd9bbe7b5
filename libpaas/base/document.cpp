#include "libpaas/base/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

Place place_at(const YAML::Mark& mark) {
  return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

struct Weight {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
  std::size_t depth = 0;
};

Weight weight_of(const Document& value) {
  Weight out{1, 0, 1};
  const auto add = [&out](const Weight& part) {
    out.nodes += part.nodes;
    out.bytes += part.bytes;
    out.depth = std::max(out.depth, part.depth + 1);
  };
  if (const auto* scalar = value.scalar()) out.bytes = scalar->text.size();
  if (const auto* list = value.list()) {
    for (const Document& item : *list) add(weight_of(item));
  }
  if (const auto* map = value.map()) {
    for (const Document::Member& member : *map) {
      out.bytes += member.key.size();
      add(weight_of(member.value));
    }
  }
  return out;
}

// Builds our tree from yaml-cpp's events. It stops the parser by the parser's own exception, the
// only way there is; parse_document() catches it.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const DocumentLimits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) refuse(mark, "a key must be text");
    count(mark, 1, 0);
    // An absent value stands where its key does: the parser puts it behind what follows.
    const bool of_key = !open_.empty() && open_.back().has_key;
    put(mark, Document(of_key ? open_.back().key_place : place_at(mark)), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) refuse(mark, "a key must be text");
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) refuse(mark, "an alias stands inside of what it stands for");
    const Weight weight = found->second.second;
    if (open_.size() + weight.depth > limits_.max_depth) refuse(mark, "nested too deep");
    count(mark, weight.nodes, weight.bytes);
    put(mark, found->second.first, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_tag(mark, tag);
    const bool quoted = tag == "!";
    if (expects_key()) {
      if (text == "<<" && !quoted) refuse(mark, "merge keys are not supported");
      if (anchor != 0) refuse(mark, "a key has no anchor");
      open_.back().key = text;
      open_.back().key_place = place_at(mark);
      open_.back().has_key = true;
      return;
    }
    count(mark, 1, 0);
    put(mark, Document(place_at(mark), Document::Scalar{text, quoted}), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, Document(place_at(mark), Document::List{}), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, Document(place_at(mark), Document::Map{}), anchor);
  }
  void OnMapEnd() override {
    refuse_twins(*open_.back().value.map());
    close();
  }

  Document take() { return std::move(root_); }

 private:
  struct Open {
    Document value;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key{};
    Place key_place{};
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& why) {
    throw YAML::ParserException(mark, why);
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") refuse(mark, "tags are not supported");
  }
  // Sorted rather than looked up, for a map may have a million keys.
  static void refuse_twins(const Document::Map& map) {
    std::vector<const Document::Member*> members;
    members.reserve(map.size());
    for (const Document::Member& member : map) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) {
      return a->key != b->key ? a->key < b->key : a->place < b->place;
    });
    const auto twin = std::adjacent_find(members.begin(), members.end(),
                                         [](auto* a, auto* b) { return a->key == b->key; });
    if (twin == members.end()) return;
    const Place first = (*twin)->place, second = (*(twin + 1))->place;
    YAML::Mark mark;
    mark.line = second.line - 1;
    mark.column = second.column - 1;
    refuse(mark, "the key " + excerpt((*twin)->key, 100) +
                     " stands here a second time, after line " + std::to_string(first.line));
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().value.map() != nullptr && !open_.back().has_key;
  }
  void count(const YAML::Mark& mark, std::size_t nodes, std::size_t copied_bytes) {
    nodes_ += nodes;
    copied_bytes_ += copied_bytes;
    if (nodes_ > limits_.max_nodes) refuse(mark, "too many values");
    if (copied_bytes_ > limits_.max_bytes) refuse(mark, "aliases copy too much");
  }
  void open(const YAML::Mark& mark, const std::string& tag, Document value, YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    if (expects_key()) refuse(mark, "a key must be text");
    if (open_.size() >= limits_.max_depth) refuse(mark, "nested too deep");
    count(mark, 1, 0);
    open_.push_back({std::move(value), anchor});
  }
  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    put(YAML::Mark::null_mark(), std::move(done.value), done.anchor);
  }
  void put(const YAML::Mark& mark, Document value, YAML::anchor_t anchor) {
    if (anchor != 0) {
      const Weight weight = weight_of(value);
      count(mark, weight.nodes, weight.bytes);
      anchored_[anchor] = {value, weight};
    }
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* list = open_.back().value.list()) {
      list->push_back(std::move(value));
    } else {
      Open& map = open_.back();
      map.value.map()->push_back({std::move(map.key), map.key_place, std::move(value)});
      map.has_key = false;
    }
  }

  const DocumentLimits& limits_;
  Document root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<Document, Weight>> anchored_;
  std::size_t nodes_ = 0;
  std::size_t copied_bytes_ = 0;
};

// Sees whether there is a second document, and nothing of it.
class SecondDocument : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw YAML::ParserException(mark,
                                "does not belong to what stands above; a file holds one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// What the parser would guess about (other encodings) or choke on.
std::optional<Flaw> unreadable(std::string_view text, const DocumentLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Flaw{{}, {}, {}, "is larger than " + std::to_string(limits.max_bytes) + " bytes"};
  }
  Place place;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f) {
      return Flaw{{}, place, {}, "a control character"};
    }
    ++place.column;
    if (byte == '\n') place = {place.line + 1, 1};
  }
  if (!is_utf8(text)) return Flaw{{}, {}, {}, "is not UTF-8"};
  return std::nullopt;
}

bool is_plain_key(std::string_view key) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !key.empty() && letter(key[0]) && std::all_of(key.begin(), key.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
}

// Takes the first step off a path: a key, or a number.
struct PathStep {
  std::string key{};
  std::optional<std::size_t> index{};
};
std::optional<PathStep> take_step(std::string_view& path) {
  PathStep step;
  if (path.starts_with("[\"")) {
    std::size_t at = 2;
    for (; at < path.size() && path[at] != '"'; ++at) {
      if (path[at] == '\\' && at + 1 < path.size()) ++at;
      step.key += path[at];
    }
    path.remove_prefix(std::min(at + 2, path.size()));
    return step;
  }
  if (path.starts_with('[')) {
    const std::size_t close = path.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    step.index = parse_integer<std::size_t>(path.substr(1, close - 1));
    path.remove_prefix(close + 1);
    return step.index ? std::optional(step) : std::nullopt;
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  const std::size_t end = path.find_first_of(".[");
  step.key = path.substr(0, end);
  path.remove_prefix(std::min(end, path.size()));
  return step.key.empty() ? std::nullopt : std::optional(step);
}

// How many letters must be changed, added, left out or swapped with their neighbour.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

// Here, where a member is complete: clang instantiates the variant with the constructors.
Document::Document() = default;
Document::Document(Place place) : place_(place) {}
Document::Document(Place place, Scalar scalar) : place_(place), value_(std::move(scalar)) {}
Document::Document(Place place, List list) : place_(place), value_(std::move(list)) {}
Document::Document(Place place, Map map) : place_(place), value_(std::move(map)) {}

std::string_view Document::kind() const {
  if (is_null()) return "nothing";
  if (scalar() != nullptr) return "a text";
  return list() != nullptr ? "a list" : "a map";
}

const Document::Member* Document::find(std::string_view key) const {
  const Map* members = map();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(),
                                  [&](const Member& member) { return member.key == key; });
  return found == members->end() ? nullptr : &*found;
}

std::string describe(const Flaw& flaw) {
  std::string out = flaw.file + ":" + std::to_string(flaw.place.line) + ":" +
                    std::to_string(flaw.place.column) + ": ";
  if (!flaw.path.empty()) out += shortened(flaw.path, 300) + ": ";
  return printable(out + shortened(flaw.message, 1000));
}

Error error_of(const Flaws& flaws) {
  std::vector<std::string> lines;
  for (const Flaw& flaw : flaws) lines.push_back(describe(flaw));
  return {Errc::invalid, join(lines, "\n"), {}, {}};
}

Checked<Document> parse_document(std::string_view text, std::string_view file,
                                 const DocumentLimits& limits) {
  const auto wrong = [&](Flaw flaw) {
    flaw.file = file;
    return tl::unexpected<Flaws>(Flaws{std::move(flaw)});
  };
  if (auto flaw = unreadable(text, limits)) return wrong(std::move(*flaw));
  TreeBuilder builder(limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) {
      SecondDocument second;
      parser.HandleNextDocument(second);
    }
  } catch (const YAML::Exception& problem) {
    return wrong({{}, place_at(problem.mark), {}, to_utf8(problem.msg)});
  }
  return builder.take();
}

std::string item_path(std::string_view path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

std::string member_path(std::string_view path, std::string_view key) {
  if (is_plain_key(key)) return std::string(path) + (path.empty() ? "" : ".") + std::string(key);
  std::string out = std::string(path) + "[\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"]";
}

Place place_of(const Document& document, std::string_view path) {
  const Document* at = &document;
  while (!path.empty()) {
    const auto step = take_step(path);
    if (!step) break;
    if (step->index) {
      const auto* list = at->list();
      if (list == nullptr || *step->index >= list->size()) break;
      at = &(*list)[*step->index];
    } else {
      const auto* member = at->find(step->key);
      if (member == nullptr) break;
      at = &member->value;
    }
  }
  return at->place();
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  const std::size_t longest = 64;
  if (name.size() > longest) return best;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    if (candidate.size() >= name.size() + least || candidate.size() + least <= name.size())
      continue;
    const std::size_t edits = edits_between(name, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

}  // namespace paas
