#pragma once
// Store: what a node keeps on disk. A write is there whole or not at all, whenever the power goes.

#include <optional>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

class Store {
 public:
  struct Kept {
    std::string bytes;
    std::string warning{};  // the newest was torn: this is the one before
  };

  virtual ~Store() = default;
  // The last that was written whole; none if there never was one. Errors: `invalid` (it and the one
  // before are both torn), `internal`.
  virtual Result<std::optional<Kept>> read(std::string_view name) = 0;
  // Durable when it returns: checksummed, synced with its folder, the one before kept. Errors:
  // `unavailable` (the disk is full or gone), `internal`.
  virtual Result<void> write(std::string_view name, std::string_view bytes) = 0;
  // One that is not there is no error.
  virtual Result<void> remove(std::string_view name) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
