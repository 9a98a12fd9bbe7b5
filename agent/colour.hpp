#pragma once
// Colours, for a person at a terminal alone.

#include <string>

#include "agent/program.hpp"

namespace paas::agent {

class Colour {
 public:
  // Only on a terminal, and not where NO_COLOR is set (no-color.org).
  explicit Colour(const Invocation& invocation)
      : on_(invocation.out_is_terminal && (!invocation.environment.contains("NO_COLOR") ||
                                           invocation.environment.at("NO_COLOR").empty())) {}

  std::string bold(const std::string& text) const { return coloured(text, "1"); }
  std::string red(const std::string& text) const { return coloured(text, "31"); }
  // One of six that tell things apart.
  std::string of_many(const std::string& text, std::size_t index) const {
    return coloured(text, std::to_string(31 + (index + 1) % 6));
  }

 private:
  std::string coloured(const std::string& text, const std::string& code) const {
    return on_ ? "\x1b[" + code + "m" + text + "\x1b[0m" : text;
  }
  bool on_;
};

}  // namespace paas::agent
