#pragma once
// A command line as flags and words: "--json", "--node pve1" or "--node=pve1", and the rest.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::agent {

// A flag that a command knows.
struct Flag {
  std::string_view name;   // "--endpoint"
  std::string_view value;  // what stands for its value in the help: "URL"; empty: it takes none
  std::string_view help;
};

class Arguments {
 public:
  // Errors: `invalid`, naming the flag; a value is never quoted.
  static Result<Arguments> parse(const std::vector<std::string>& arguments,
                                 const std::vector<Flag>& flags);

  bool has(std::string_view flag) const { return values_.contains(flag); }
  std::optional<std::string> value(std::string_view flag) const;
  // What is no flag, in order; everything after "--".
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> words_;
};

// One line a flag, aligned.
std::string help_of(const std::vector<Flag>& flags);

}  // namespace paas::agent
