#pragma once
// How a compose file is read: values in the several spellings that it allows, and two lists of what
// there is to say, mistakes and what has no counterpart.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/document.hpp"
#include "libpaas/model/container.hpp"

namespace paas::compose {

// A value of the file, and how to speak of it.
struct At {
  const Document& value;
  std::string path;
  Place place;
  std::string name{};  // of a member: its key

  std::string_view key() const { return name; }
};

class Reading {
 public:
  explicit Reading(std::string file) : file_(std::move(file)) {}

  // What makes the file no compose file.
  void wrong(const At& at, std::string message);
  // What is not carried over, or differently; and what to do instead.
  void left_out(const At& at, std::string message);
  Flaws mistakes{};
  Flaws not_carried{};

  // Members of a map that are not null, in the order of the text. Anything but a map is wrong.
  std::vector<At> members(const At& at);
  std::vector<At> items(const At& at);
  // One scalar, else wrong; the text as it is spelt.
  std::optional<std::string> text(const At& at);
  std::optional<bool> flag(const At& at);
  std::optional<std::int64_t> whole(const At& at, std::int64_t least, std::int64_t most);
  // "1m30s", "500ms": whole seconds, rounded up.
  std::optional<model::Seconds> duration(const At& at);
  // "512m", "1gb", a plain number counts bytes: MiB, rounded up.
  std::optional<std::uint64_t> mib(const At& at);
  std::optional<std::uint64_t> mib(const At& at, std::string_view spelt);
  // Cores: "0.5", thousandths rounded up.
  std::optional<std::uint64_t> milli_cores(const At& at);
  // A list of texts, or one.
  std::vector<std::pair<std::string, At>> texts(const At& at);
  // A list of words, or a line as a shell would split it.
  std::optional<model::Texts> words(const At& at);
  // A map, or a list of NAME=VALUE; one without a value has none.
  struct Pair {
    std::string name;
    std::optional<std::string> value;
    At at;
  };
  std::vector<Pair> pairs(const At& at);

 private:
  std::string file_;
};

// Words of a line: blanks part, quotes and backslashes hold together (POSIX shell, section 2.2).
// None where a quote is open at the end.
std::optional<model::Texts> shell_words(std::string_view line);

// The name as a DNS label; of what has no letter and no digit, "x".
std::string mended_label(std::string_view name);

}  // namespace paas::compose
