#pragma once
// Folder: plain files of the host that other programs read or write, too.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

// A name is a path below the folder without "." and "..": "status.json", "holds/shop.web". Errors
// of every call: `invalid` (the name, no regular file, more than 16 MiB), `denied`, `unavailable`
// (the disk is full or gone), `internal`; each names the path. Thread-safe.
class Folder {
 public:
  virtual ~Folder() = default;
  // None if it is not there.
  virtual Result<std::optional<std::string>> read(std::string_view name) = 0;
  // Replaced whole, durable when it returns; folders on the way are made.
  virtual Result<void> write(std::string_view name, std::string_view bytes) = 0;
  // The names in a folder below it, sorted; none if it is not there.
  virtual Result<std::vector<std::string>> list(std::string_view name) = 0;
  // One that is not there is no error; a folder goes with all that is in it.
  virtual Result<void> remove(std::string_view name) = 0;
  // Where the file is, for others of this host.
  virtual std::string path_of(std::string_view name) const = 0;
};

}  // namespace paas
#pragma GCC visibility pop
