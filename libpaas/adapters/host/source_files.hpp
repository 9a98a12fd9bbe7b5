#pragma once
// What the sources of this folder have in common, and the one that reads paths of this host.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "libpaas/ports/source.hpp"

namespace paas::host {

inline constexpr std::size_t most_source_bytes = std::size_t{16} << 20;
inline constexpr std::size_t most_source_files = 1'000;

// "apps.yaml", "b.yml", "c.json", and no hidden file.
bool is_source_name(std::string_view name);

// "sha256:…" of names and texts.
std::string version_of(const std::vector<SourceFile>& files);

// A file, or the files of a folder. Watched by inotify(7) wherever symbolic links lead, so that a
// link that is put in place of another is seen; looked at now and then all the same, since not
// every file system tells.
std::unique_ptr<Source> make_path_source(std::string path,
                                         std::chrono::seconds look_again = std::chrono::seconds{
                                             60});

}  // namespace paas::host
