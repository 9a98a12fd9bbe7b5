#pragma once
// convert(): a compose file (compose-spec.io) as a blueprint. What has no counterpart is named,
// nothing is dropped silently.

#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/document.hpp"
#include "libpaas/model/app.hpp"

#pragma GCC visibility push(default)
namespace paas::compose {

struct Options {
  std::string project{};         // empty: the file's `name`, else "default"
  model::TextMap environment{};  // what ${VARIABLES} of the file stand for
};

struct Converted {
  model::Blueprint blueprint{};
  // What was not carried over, or differently: path, place and why; what a person does instead.
  Flaws left_out{};
};

// YAML. Errors: what makes the file no compose file, all at once.
Checked<Converted> convert(std::string_view text, std::string_view file, const Options& options);

}  // namespace paas::compose
#pragma GCC visibility pop
