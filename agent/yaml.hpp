#pragma once
// JSON as YAML that a person likes to read.

#include <string>

#include "libpaas/base/json.hpp"

namespace paas::agent {

// Blocks, two blanks deep; short lists and maps of words on one line. What names a thing (`name`,
// `project`, `image`) comes first. parse_document() reads it as the same.
std::string yaml_text(const Json& value);

}  // namespace paas::agent
