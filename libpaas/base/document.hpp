#pragma once
// Document: a declarative file as a tree of values, each of which knows where it stands.
//
// YAML 1.2, and JSON because it is written the same way. A scalar keeps its spelling, so that 1.10
// stays 1.10 and `no` stays "no": what it is, is for the reader of the field to say
// (field_reader.hpp). Left out on purpose, and refused clearly: tags, merge keys ("<<"), keys that
// are no text, a second document. Aliases are copies and count as such. All input is bounded.

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

// Both count from 1; columns count bytes.
struct Place {
  int line = 1;
  int column = 1;
  auto operator<=>(const Place&) const = default;
};

// One thing that is wrong with a file.
struct Flaw {
  std::string file;
  Place place{};
  std::string path{};     // "nodes[2].capacity.memory"; empty: the whole
  std::string message{};  // "must be a size: …"
  bool operator==(const Flaw&) const = default;
};
using Flaws = std::vector<Flaw>;

// "cluster.yaml:12:5: nodes[2].capacity.memory: must be a size: …", in one line of bounded length,
// control characters as '?'.
std::string describe(const Flaw& flaw);

// A value, or all that is wrong with the text it was read from.
template <class T>
using Checked = tl::expected<T, Flaws>;

// All of it as one error, `invalid`; for callers that deal in those.
Error error_of(const Flaws& flaws);

class Document {
 public:
  struct Scalar {
    std::string text;
    bool quoted = false;  // or a block of text: never a number, a flag or null
    bool operator==(const Scalar&) const = default;
  };
  struct Member;
  using List = std::vector<Document>;
  using Map = std::vector<Member>;  // in the order of the text; keys are unique

  Document();  // null
  explicit Document(Place place);
  Document(Place place, Scalar scalar);
  Document(Place place, List list);
  Document(Place place, Map map);

  Place place() const { return place_; }

  // Views of the value; null when it is of another kind.
  const Scalar* scalar() const { return std::get_if<Scalar>(&value_); }
  const List* list() const { return std::get_if<List>(&value_); }
  const Map* map() const { return std::get_if<Map>(&value_); }
  List* list() { return std::get_if<List>(&value_); }
  Map* map() { return std::get_if<Map>(&value_); }
  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  // "nothing", "a text", "a list" or "a map": for messages.
  std::string_view kind() const;
  // The member of a map; null if absent or if this is no map.
  const Member* find(std::string_view key) const;

 private:
  Place place_{};
  std::variant<std::monostate, Scalar, List, Map> value_;
};

struct Document::Member {
  std::string key;
  Place place{};  // of the key
  Document value{};
};

struct DocumentLimits {
  std::size_t max_bytes = std::size_t{16} << 20;  // of the text, and again of what aliases copy
  std::size_t max_depth = 64;
  std::size_t max_nodes = 2'000'000;  // copies included
};

// An empty text is null. `file` is what flaws name. Never quotes the text (it may hold secrets).
Checked<Document> parse_document(std::string_view text, std::string_view file,
                                 const DocumentLimits& limits = {});

// "nodes" and "[2]"; "capacity" and "memory" or, where it is no plain word, ["disk/local"].
std::string item_path(std::string_view path, std::size_t index);
std::string member_path(std::string_view path, std::string_view key);

// Where the value with this path stands; where there is none, the nearest that is around it.
Place place_of(const Document& document, std::string_view path);

// Of `known`, what somebody who wrote `name` most likely meant; empty if nothing is near.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace paas
#pragma GCC visibility pop
