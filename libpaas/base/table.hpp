#pragma once
// Rows as aligned text for people.

#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace paas {

using Row = std::vector<std::string>;

// Columns two blanks apart, none behind the last; "-" for an empty cell. Control characters, which
// a terminal would obey, are shown as '?'.
// REQUIRES: every row is as long as the heading.
std::string table(const Row& heading, const std::vector<Row>& rows);

}  // namespace paas
#pragma GCC visibility pop
