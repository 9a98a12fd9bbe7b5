#pragma once
// Files: the local file system, as far as use cases need it.

#include <cstdint>
#include <string>

#include "libpaas/base/result.hpp"

namespace paas {

struct FileDigest {
  std::string sha256;  // lower-case hexadecimal digits
  std::uint64_t bytes = 0;
  bool operator==(const FileDigest&) const = default;
};

class Files {
 public:
  virtual ~Files() = default;
  // Reads the whole of a regular file. Errors: `not_found`, `denied`, `invalid` (a folder, a
  // device), `internal`, each naming the path. Thread-safe.
  virtual Result<FileDigest> digest(const std::string& path) = 0;
};

}  // namespace paas
