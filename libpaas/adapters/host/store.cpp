#include "libpaas/adapters/host/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "libpaas/adapters/host/files.hpp"
#include "libpaas/base/hash.hpp"
#include "libpaas/base/text.hpp"

namespace paas::host {
namespace {

constexpr std::string_view magic = "paas-store-1";
constexpr std::size_t most_stored = std::size_t{64} << 20;
constexpr std::size_t longest_header = 128;

std::string header_of(std::string_view bytes) {
  return std::string(magic) + " " + std::to_string(bytes.size()) + " sha256:" + hex(sha256(bytes)) +
         "\n";
}

// What a file holds, if it was written whole.
std::optional<std::string> whole(const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos || end > longest_header) return {};
  std::string bytes = text.substr(end + 1);
  if (header_of(bytes) != text.substr(0, end + 1)) return {};
  return bytes;
}

class FileStore final : public Store {
 public:
  explicit FileStore(std::string folder) : folder_(std::move(folder)) {}

  Result<std::optional<Kept>> read(std::string_view name) override {
    const std::string path = TRY(path_of(name));
    const Found newest = TRY(find(path));
    if (newest.bytes) return std::optional<Kept>(Kept{*newest.bytes});
    const Found before = TRY(find(path + ".previous"));
    const std::string what = newest.there ? "is torn" : "is gone";
    if (before.bytes) {
      return std::optional<Kept>(
          Kept{*before.bytes, "\"" + path + "\" " + what + ": the version before is used"});
    }
    if (!newest.there && !before.there) return std::optional<Kept>();
    return fail(Errc::invalid, "\"" + path + "\" " + what + ", and so is the version before");
  }

  Result<void> write(std::string_view name, std::string_view bytes) override {
    const std::string path = TRY(path_of(name));
    if (bytes.size() > most_stored) return fail(Errc::internal, "\"" + path + "\" is too large");
    TRY(make_folder());
    const std::string part = path + ".part";
    ::unlink(part.c_str());
    {
      const Descriptor file(
          ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
      if (!file) return failure("write", part, errno);
      const int problem = write_synced(file.get(), header_of(bytes) + std::string(bytes));
      if (problem != 0) {
        ::unlink(part.c_str());
        return failure("write", part, problem);
      }
    }
    TRY(keep(path));
    if (::rename(part.c_str(), path.c_str()) != 0) return failure("write", path, errno);
    return sync();
  }

  Result<void> remove(std::string_view name) override {
    const std::string path = TRY(path_of(name));
    // The older first: what is gone does not come back.
    for (const char* const kind : {".part", ".previous", ""}) {
      const std::string file = path + kind;
      if (::unlink(file.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
        return failure("remove", file, errno);
      }
    }
    auto synced = sync();
    if (!synced && synced.error().code == Errc::not_found) return {};
    return synced;
  }

 private:
  struct Found {
    bool there = false;
    std::optional<std::string> bytes{};
  };

  Result<std::string> path_of(std::string_view name) const {
    const auto is_plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    };
    if (name.empty() || name.size() > 100 || !std::all_of(name.begin(), name.end(), is_plain)) {
      return fail(Errc::internal, excerpt(name, 100) + " is no name for something that is kept");
    }
    return folder_ + "/" + std::string(name);
  }

  static Result<Found> find(const std::string& path) {
    const auto text = read_regular(path, most_stored + longest_header);
    if (text) return Found{true, whole(*text)};
    if (text.error().code == Errc::not_found) return Found{};
    if (text.error().code == Errc::invalid) return Found{true, {}};
    return tl::unexpected(text.error());
  }

  // What is there becomes the version before, if it is whole: there is never a moment without one.
  static Result<void> keep(const std::string& path) {
    const Found newest = TRY(find(path));
    if (!newest.bytes) return {};
    const std::string link = path + ".link";
    ::unlink(link.c_str());
    if (::link(path.c_str(), link.c_str()) != 0) return failure("keep", path, errno);
    if (::rename(link.c_str(), (path + ".previous").c_str()) != 0) {
      return failure("keep", path, errno);
    }
    ::unlink(link.c_str());  // there still, if both were one file already
    return {};
  }

  Result<void> make_folder() const {
    for (auto slash = folder_.find('/', 1); true; slash = folder_.find('/', slash + 1)) {
      const std::string part = folder_.substr(0, slash);
      if (::mkdir(part.c_str(), slash == std::string::npos ? 0700 : 0755) != 0 && errno != EEXIST) {
        return failure("make", part, errno);
      }
      if (slash == std::string::npos) return {};
    }
  }

  Result<void> sync() const {
    const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return failure("sync", folder_, errno);
    return {};
  }

  std::string folder_;
};

}  // namespace

std::unique_ptr<Store> make_store(std::string folder) {
  return std::make_unique<FileStore>(std::move(folder));
}

}  // namespace paas::host
