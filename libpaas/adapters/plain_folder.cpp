#include "libpaas/adapters/plain_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

constexpr std::size_t most_plain_bytes = std::size_t{16} << 20;

tl::unexpected<Error> plain_failure(const char* what, const std::string& path, int problem) {
  Errc code = Errc::internal;
  if (problem == EACCES || problem == EPERM || problem == ELOOP) code = Errc::denied;
  const bool disk = problem == ENOSPC || problem == EDQUOT || problem == EROFS || problem == EIO;
  if (disk) code = Errc::unavailable;
  return fail(code, std::string("unable to ") + what + " \"" + path + "\": " + strerror(problem));
}

class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

int write_whole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

int sync_folder(const std::string& path) {
  const OpenFile folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return errno;
  return ::fsync(folder.get()) == 0 ? 0 : errno;
}

Result<std::string> read_whole(const OpenFile& file, const std::string& path) {
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return plain_failure("look at", path, errno);
  if (!S_ISREG(about.st_mode)) return fail(Errc::invalid, "\"" + path + "\" is no regular file");
  std::string out;
  std::array<char, 1 << 14> piece{};
  while (out.size() <= most_plain_bytes) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return plain_failure("read", path, errno);
    if (got == 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(got));
  }
  return fail(Errc::invalid, "\"" + path + "\" is longer than 16 MiB");
}

class PlainFolder final : public Folder {
 public:
  PlainFolder(std::string path, Audience audience) : path_(std::move(path)), audience_(audience) {}

  Result<std::optional<std::string>> read(std::string_view name) override {
    const std::string path = TRY(checked(name));
    // Without waiting: a named pipe would hold us for ever.
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::optional<std::string>();
    if (!file) return plain_failure("open", path, errno);
    return std::optional<std::string>(TRY(read_whole(file, path)));
  }

  Result<void> write(std::string_view name, std::string_view bytes) override {
    const std::string path = TRY(checked(name));
    const std::string folder = path.substr(0, path.rfind('/'));
    TRY(make_folders(folder));
    const std::string part = path + ".part";
    ::unlink(part.c_str());
    const mode_t mode = audience_ == Audience::root ? 0400 : 0644;
    const OpenFile file(
        ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file) return plain_failure("write", part, errno);
    int problem = ::fchmod(file.get(), mode) == 0 ? write_whole(file.get(), bytes) : errno;
    if (problem == 0 && ::rename(part.c_str(), path.c_str()) != 0) problem = errno;
    if (problem == 0) problem = sync_folder(folder);
    if (problem == 0) return {};
    ::unlink(part.c_str());
    return plain_failure("write", path, problem);
  }

  Result<std::vector<std::string>> list(std::string_view name) override {
    const std::string path = TRY(checked(name));
    std::error_code problem;
    std::vector<std::string> out;
    std::filesystem::directory_iterator entries(path, problem);
    for (; !problem && entries != std::filesystem::directory_iterator();
         entries.increment(problem)) {
      out.push_back(entries->path().filename().string());
    }
    if (problem == std::errc::no_such_file_or_directory) return std::vector<std::string>();
    if (problem) return plain_failure("list", path, problem.value());
    std::sort(out.begin(), out.end());
    return out;
  }

  Result<void> remove(std::string_view name) override {
    const std::string path = TRY(checked(name));
    std::error_code problem;
    std::filesystem::remove_all(path, problem);
    if (problem) return plain_failure("remove", path, problem.value());
    return {};
  }

  std::string path_of(std::string_view name) const override {
    return path_ + "/" + std::string(name);
  }

 private:
  Result<std::string> checked(std::string_view name) const {
    for (const std::string_view part : split(name, '/')) {
      const bool fine = !part.empty() && part != "." && part != ".." && part.size() <= 255 &&
                        part.find('\0') == std::string_view::npos;
      if (!fine) return fail(Errc::invalid, excerpt(name, 100) + " is no name of a file");
    }
    return path_of(name);
  }

  Result<void> make_folders(const std::string& folder) const {
    const mode_t mode = audience_ == Audience::root ? 0700 : 0755;
    for (auto slash = folder.find('/', 1); true; slash = folder.find('/', slash + 1)) {
      const std::string part = folder.substr(0, slash);
      if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) {
        return plain_failure("make", part, errno);
      }
      if (slash == std::string::npos) return {};
    }
  }

  std::string path_;
  Audience audience_;
};

}  // namespace

std::unique_ptr<Folder> make_plain_folder(std::string path, Audience audience) {
  return std::make_unique<PlainFolder>(std::move(path), audience);
}

}  // namespace paas
