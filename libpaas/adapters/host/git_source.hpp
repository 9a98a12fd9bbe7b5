#pragma once
// Source as a branch of a git repository, by the git program of the host.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libpaas/ports/process.hpp"
#include "libpaas/ports/source.hpp"

namespace paas::host {

// "https://host/repo.git//folder#branch".
struct GitLocation {
  std::string url;            // without credentials, path and branch
  std::string path{};         // in the repository: a file or a folder; empty: its root
  std::string branch{};       // empty: the one that the repository calls its own (HEAD)
  std::string credentials{};  // "user:password" of an http(s) address
  bool operator==(const GitLocation&) const = default;
};

// None if it is no git URL but a path: "http://", "https://", "ssh://", "git://", "file://", each
// with "git+" before it or without, and "user@host:path". Errors: `invalid` (what follows '#' or
// "//" cannot be a branch or a path); credentials are not quoted.
Result<std::optional<GitLocation>> parse_git_location(std::string_view text);

struct GitOptions {
  GitLocation location;
  std::string cache;  // a folder of our own, made when needed and made anew when it is spoilt
  bool require_signed = false;
  std::string allowed_signers{};  // of SSH keys (ssh-keygen(1)); empty: as git of this host is told
  std::chrono::seconds poll{60};
};

// `process` outlives it.
std::unique_ptr<Source> make_git_source(GitOptions options, Process& process);

}  // namespace paas::host
