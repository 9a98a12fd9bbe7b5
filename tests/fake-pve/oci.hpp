#pragma once
// OCI image archives: told from ordinary templates, and what their configuration asks for.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace paas::fake_pve {

struct OciImage {
  std::vector<std::string> environment;  // "NAME=value"
  std::vector<std::string> command;      // entry point and arguments
  std::string user;
  std::string working_dir;
  std::string stop_signal;
  std::vector<std::string> volumes;
};

// The image in a tar file. None if it is not one as the real server sees it: entries named
// exactly `oci-layout`, `index.json` and `blobs/...` (a leading "./" is enough to fail).
std::optional<OciImage> read_oci_archive(const std::filesystem::path& file);

// The command as one line, quoted for a shell.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace paas::fake_pve
