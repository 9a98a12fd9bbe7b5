#pragma once
// Image archives: what image a tar file holds, and what Docker needs to be told about one in OCI
// layout, which it does not read by itself. Pure: the file is read by whoever has it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

namespace paas::engine {

// Bytes of the archive; fewer than asked for only at its end.
using ReadAt = std::function<Result<std::string>(std::uint64_t offset, std::size_t size)>;

struct ArchivedImage {
  std::string id;  // "sha256:…" of its configuration
  // Set for an archive in OCI layout: its first bytes with this behind them are one as `docker
  // save` writes them, with the same blobs.
  struct DockerForm {
    std::uint64_t first_bytes = 0;
    std::string tail;
  };
  std::optional<DockerForm> docker{};
};

// `platform` chooses among several: "linux/amd64". Errors: `invalid` for what is no image archive
// or holds more than one image, `not_found` if none is for the platform.
Result<ArchivedImage> inspect_archive(const ReadAt& read_at, std::string_view platform);

}  // namespace paas::engine
