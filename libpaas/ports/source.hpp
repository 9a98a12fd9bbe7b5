#pragma once
// Source: where a node reads what it is to run: a file, a folder, a git repository.

#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

struct SourceFile {
  std::string name;  // as mistakes shall name it
  std::string text;
  bool operator==(const SourceFile&) const = default;
};

struct SourceContent {
  std::string version;              // "sha256:…" of the files, or "git:" and the commit
  std::vector<SourceFile> files{};  // by name
  bool operator==(const SourceContent&) const = default;
};

class Source {
 public:
  virtual ~Source() = default;
  // What is there now. Errors: `not_found` (nothing there, or nothing in it: keep what you have),
  // `unavailable` (the repository cannot be reached), `denied` (rights, or a commit without the
  // signature that is required), `invalid` (too big, no regular file).
  virtual Result<SourceContent> read(std::stop_token stop) = 0;
  // Waits until it may have changed, at most as long as the source itself sees fit (a watched
  // folder: minutes; git: its poll interval). Returns at once when asked to stop.
  virtual void wait(std::stop_token stop) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
