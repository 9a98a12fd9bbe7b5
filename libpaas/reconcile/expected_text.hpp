#pragma once
// The text of what a node is to run (S2.2; docs/formats/expected.schema.json): JSON with a version,
// in sections, each with the SHA-256 of its content, so that a part that was lost or changed on the
// way is known by its name.

#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"
#include "libpaas/model/expected.hpp"

#pragma GCC visibility push(default)
namespace paas::reconcile {

inline constexpr std::size_t most_expected_bytes = std::size_t{64} << 20;

// Compact JSON in one line; parse_expected() gives the same state. REQUIRES: `names` and what is
// carried are empty or compact JSON with sorted keys, `names` with a newline at its end; the
// generation is below 2^63.
std::string print_expected(const model::ExpectedState& state);

// A section's hash is that of its content as compact JSON with sorted keys. What a newer sender
// added is ignored, and still counts in the hash. Errors: `invalid`, naming the section or the path
// of the first thing that is wrong: a hash that does not fit, `containers`, `networks` or `names`
// that are not there (an empty list says that there are none), two containers of one name or
// address, an address outside of its network.
Result<model::ExpectedState> parse_expected(std::string_view text);

}  // namespace paas::reconcile
#pragma GCC visibility pop
