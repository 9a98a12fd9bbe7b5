#pragma once
// Rows as aligned text for people.

#include <cstdint>
#include <string>
#include <vector>

namespace paas::agent {

using Row = std::vector<std::string>;

// Columns two blanks apart, none behind the last; "-" for an empty cell. Control characters, which
// a terminal would obey, are shown as '?'.
// REQUIRES: every row is as long as the heading.
std::string table(const Row& heading, const std::vector<Row>& rows);

// "1.5 GiB", "512 MiB", "0 B"
std::string size_cell(std::uint64_t bytes);

// "12d 3h", "3h 5m", "5m", "42s"
std::string uptime_cell(std::uint64_t seconds);

}  // namespace paas::agent
