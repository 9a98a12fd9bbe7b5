#pragma once
// Downloads. The world outside is what a test serves on 127.0.0.1, and the few appliances of
// download.proxmox.com that are listed in the source by size and digest, without their bytes. Every
// other host is one that cannot be found.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "libpaas/base/result.hpp"

namespace paas::fake_pve {

struct Download {
  std::int64_t size = 0;
  std::string mime_type;
  // Set: nothing was written, the file is known by these alone: algorithm -> digest.
  std::map<std::string, std::string> digests{};
};

// GET of `url` into `target`; "" as target reads the headers only. Plain http is spoken, https
// not verified; user and password before the host are sent. Errors: the text of the real
// downloader, "Connecting to ... failed: ...".
Result<Download> fetch(const std::string& url, const std::filesystem::path& target);

}  // namespace paas::fake_pve
