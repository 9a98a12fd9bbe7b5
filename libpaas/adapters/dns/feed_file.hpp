#pragma once
// The feed as a file between two processes: written whole, read whole, or not at all.

#include <memory>
#include <string>

#include "libpaas/ports/names.hpp"

namespace paas::dns {

// Writes `path` by way of a file beside it that takes its name when it is complete and on the disk.
std::unique_ptr<Names> make_feed_file(std::string path);

// The whole of a small regular file. Errors: `not_found`, `denied`, `invalid` (it is no regular
// file, or longer than `most_bytes`), `internal`, each naming the path.
Result<std::string> read_small_file(const std::string& path, std::size_t most_bytes);

}  // namespace paas::dns
