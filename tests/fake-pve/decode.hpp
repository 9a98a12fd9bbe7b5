#pragma once
// From the bytes of a request to its parameters.

#include <map>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/verify.hpp"

namespace paas::fake_pve {

using Values = std::map<std::string, Value>;

// "a=1&b=2;c=3": `&` and `;` separate, repeated keys become one value joined by NUL.
Values decode_form(std::string_view text);

// A JSON object: true and false are 1 and 0, null is absent, a list stays a list. Errors:
// `invalid`, for text that is no JSON object.
Result<Values> decode_json(std::string_view text);

}  // namespace paas::fake_pve
