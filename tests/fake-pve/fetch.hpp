#pragma once
// Downloads, from this machine only: whatever a test serves on 127.0.0.1. Every other host is
// out of reach.

#include <cstdint>
#include <filesystem>
#include <string>

#include "libpaas/base/result.hpp"

namespace paas::fake_pve {

struct Download {
  std::int64_t size = 0;
  std::string mime_type;
};

// GET of `url` into `target`; "" as target reads the headers only. Plain http is spoken, https
// not verified. Errors: the text of the real downloader, "Connecting to ... failed: ...".
Result<Download> fetch_local(const std::string& url, const std::filesystem::path& target);

}  // namespace paas::fake_pve
