#pragma once
// Base64 as in RFC 4648, section 4: the alphabet with '+' and '/'.

#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

namespace paas {

enum class Padding { with, without };

std::string base64_encode(std::string_view bytes, Padding padding = Padding::with);

// Takes text with or without padding. Errors: `invalid` for any other character (white space too),
// an impossible length, wrong padding, or bits left over that are not zero.
Result<std::string> base64_decode(std::string_view text);

}  // namespace paas
