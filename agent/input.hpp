#pragma once
// Files that a command reads and writes.

#include <string>
#include <string_view>

#include "agent/program.hpp"
#include "libpaas/base/result.hpp"

namespace paas::agent {

// The whole of a file; "-" is standard input. Errors: `not_found`, `denied`, `invalid` (a folder,
// or more than 64 MiB), `internal`.
Result<std::string> read_text(const Invocation& invocation, const std::string& file);
Result<std::string> read_file(const std::string& file);

// How mistakes name it: "-" is "stdin".
std::string shown_name(const std::string& file);

// There whole or not at all, and durable: written as `beside`, of the same file system, and
// renamed, with mode 0644.
Result<void> write_file(const std::string& file, const std::string& beside, std::string_view text);

}  // namespace paas::agent
