#pragma once
// FieldReader: how a codec reads one map of a declarative file into a struct.
//
//   void read(FieldReader& in, Server& server) {
//     in.require({"name"});
//     in.text("name", server.name);
//     in.integer("port", server.port, {1, 65535});
//     in.flag("drained", server.drained);
//     in.each("disks", [&](FieldReader& disk) { read(disk, server.disks.emplace_back()); });
//   }
//   Flaws flaws = read_fields(document, "servers.yaml", [&](FieldReader& in) { read(in, server);
//   });
//
// A getter sets its target if the field is there and good; a field that is absent, or null, leaves
// the target as it was, so that defaults stand in the struct alone. Nothing stops at the first
// flaw: all are collected, each with place and path. A field that no getter asked for is a flaw
// too, with the name that was probably meant.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/document.hpp"
#include "libpaas/base/json.hpp"

#pragma GCC visibility push(default)
namespace paas {

// Inclusive.
struct WholeRange {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

class FieldReader {
 public:
  using ReadFields = std::function<void(FieldReader&)>;
  using ReadNamed = std::function<void(const std::string& key, FieldReader&)>;
  // Takes a scalar as it is spelt; what it fails with becomes the flaw.
  using ReadText = std::function<Result<void>(std::string_view text)>;
  using ReadEntry = std::function<Result<void>(const std::string& key, std::string_view text)>;
  using ReadNamedEntry = std::function<Result<void>(const std::string& name, const std::string& key,
                                                    std::string_view text)>;

  FieldReader(const FieldReader&) = delete;
  FieldReader& operator=(const FieldReader&) = delete;

  // "nodes[2]"; empty for the whole document.
  const std::string& path() const { return path_; }
  // Whether the field is there and not null. Asking does not make it known.
  bool has(std::string_view name) const;
  // Complains about each that is not.
  void require(std::initializer_list<std::string_view> names);
  // Complains about a field, or about the map as a whole.
  void flaw(std::string_view name, std::string message);
  void flaw(std::string message);
  // About one item of a list.
  void flaw_of_item(std::string_view name, std::size_t index, std::string message);

  // Any scalar is text, as it is spelt.
  void text(std::string_view name, std::string& target);
  void text(std::string_view name, std::optional<std::string>& target);
  // true or false
  void flag(std::string_view name, bool& target);
  // A whole number in decimal, not quoted.
  template <std::integral Int>
  void integer(std::string_view name, Int& target, WholeRange range = {}) {
    if (const auto value = whole(name, within<Int>(range))) target = static_cast<Int>(*value);
  }
  template <std::integral Int>
  void integer(std::string_view name, std::optional<Int>& target, WholeRange range = {}) {
    if (const auto value = whole(name, within<Int>(range))) target = static_cast<Int>(*value);
  }
  // One of a few words.
  template <class Choice>
  void word(std::string_view name, Choice& target,
            std::initializer_list<std::pair<std::string_view, Choice>> choices) {
    std::vector<std::string_view> known;
    for (const auto& [spelling, choice] : choices) known.push_back(spelling);
    if (const auto index = word_index(name, known)) target = (choices.begin() + *index)->second;
  }
  // A scalar with a grammar of its own: a size, an address, a duration.
  void parsed(std::string_view name, const ReadText& read);

  // Lists of scalars.
  void texts(std::string_view name, std::vector<std::string>& target);
  template <std::integral Int>
  void integers(std::string_view name, std::vector<Int>& target, WholeRange range = {}) {
    for (const std::int64_t value : wholes(name, within<Int>(range))) {
      target.push_back(static_cast<Int>(value));
    }
  }

  // Maps whose keys are names that the writer chose, and not fields.
  void text_map(std::string_view name, std::map<std::string, std::string, std::less<>>& target);
  void entries(std::string_view name, const ReadEntry& read);
  // A map of such maps.
  void entries_of(std::string_view name, const ReadNamedEntry& read);
  // A map of maps that have fields.
  void each_named(std::string_view name, const ReadNamed& read);

  // A map within this one; a list of maps.
  void one(std::string_view name, const ReadFields& read);
  void each(std::string_view name, const ReadFields& read);

 private:
  friend Flaws read_fields(const Document& document, std::string_view file, const ReadFields& read);
  friend Result<void> read_json_fields(const Json& json, std::string_view what,
                                       const ReadFields& read);
  struct Context {
    std::string file;
    bool tolerant = false;  // a field that nobody asked for is no flaw
    Flaws flaws{};
  };

  FieldReader(const Document& map, std::string path, Context& context)
      : map_(map), path_(std::move(path)), context_(context) {}

  template <std::integral Int>
  static WholeRange within(WholeRange range) {
    if constexpr (sizeof(Int) < sizeof(std::int64_t) || std::is_signed_v<Int>) {
      range.min = std::max(range.min, static_cast<std::int64_t>(std::numeric_limits<Int>::min()));
      range.max = std::min(range.max, static_cast<std::int64_t>(std::numeric_limits<Int>::max()));
    } else {
      range.min = std::max(range.min, std::int64_t{0});
    }
    return range;
  }

  const Document* known(std::string_view name);
  const Document::Scalar* scalar(std::string_view name);
  const Document::List* list(std::string_view name);
  const Document* map(std::string_view name);
  std::optional<std::int64_t> whole(std::string_view name, WholeRange range);
  std::vector<std::int64_t> wholes(std::string_view name, WholeRange range);
  std::optional<std::size_t> word_index(std::string_view name,
                                        const std::vector<std::string_view>& known);
  std::optional<std::int64_t> whole_at(const Document& value, const std::string& path,
                                       WholeRange range);
  void read_entries(const Document& map, const std::string& path, const ReadEntry& read);
  void read_map(const Document& value, const std::string& path, const ReadFields& read);
  void complain(Place place, std::string path, std::string message);
  void finish();

  const Document& map_;
  std::string path_;
  Context& context_;
  std::vector<std::string_view> known_;
};

// Reads a document that is one map. Gives all flaws in the order of the text; at most 1000.
Flaws read_fields(const Document& document, std::string_view file,
                  const FieldReader::ReadFields& read);

// The same for what programs write for programs: fields that nobody asks for are a newer version's,
// and passed over. Errors: `invalid`, the first flaw alone: "ledger: apps[0].name: is required".
// `what` is what it begins with.
Result<void> read_json_fields(const Json& json, std::string_view what,
                              const FieldReader::ReadFields& read);

}  // namespace paas
#pragma GCC visibility pop
