#pragma once
// Paths as text: nothing here looks at a disk.

#include <optional>
#include <string>
#include <string_view>

namespace paas::blueprint {

// Absolute, without "." and ".." and doubled slashes, so that two that differ are two; without what
// engines take for a separator. "/" alone is none.
bool is_path(std::string_view path);

// What an absolute path names once "." and ".." and doubled slashes are resolved: "/srv/../etc/" is
// "/etc", and nothing is above "/". None: it is relative, empty or holds a zero byte.
std::optional<std::string> resolved(std::string_view path);

// Whether `path` is `folder` or below it. REQUIRES: both are resolved.
bool is_within(std::string_view path, std::string_view folder);

// Whether a resolved path fits a pattern, in which '*' stands for any text without '/'.
bool fits(std::string_view path, std::string_view pattern);

}  // namespace paas::blueprint
