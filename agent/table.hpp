#pragma once
// What stands in the cells of a table.

#include <cstdint>
#include <string>

namespace paas::agent {

// "1.5 GiB", "512 MiB", "0 B"
std::string size_cell(std::uint64_t bytes);

// "12d 3h", "3h 5m", "5m", "42s"
std::string uptime_cell(std::uint64_t seconds);

}  // namespace paas::agent
