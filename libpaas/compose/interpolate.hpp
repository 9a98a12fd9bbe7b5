#pragma once
// ${VARIABLE} in the values of a compose file (compose-spec.io, "Interpolation").

#include <set>
#include <string>
#include <string_view>

#include "libpaas/base/document.hpp"
#include "libpaas/compose/reading.hpp"

namespace paas::compose {

struct Interpolated {
  std::string text{};
  std::set<std::string> unset{};  // taken as empty
};
// $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message},
// ${NAME:+instead}, ${NAME+instead}, one within another; "$$" is a '$'. Errors: `invalid` (the
// message that the file gives, or what is not written so; more than 1 MiB).
Result<Interpolated> interpolate(std::string_view text, const model::TextMap& environment);

// All values of the file. What is wrong, and what is not set, goes to `reading`.
Document interpolated(const Document& document, const model::TextMap& environment,
                      Reading& reading);

}  // namespace paas::compose
