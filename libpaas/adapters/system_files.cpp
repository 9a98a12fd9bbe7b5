#include "libpaas/adapters/system_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "libpaas/base/hash.hpp"

namespace paas {
namespace {

class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

tl::unexpected<Error> file_failure(const std::string& doing, const std::string& path, int number) {
  const Errc code = number == ENOENT || number == ENOTDIR ? Errc::not_found
                    : number == EACCES || number == EPERM ? Errc::denied
                                                          : Errc::internal;
  return fail(code, "unable to " + doing + " file \"" + path + "\": " + std::strerror(number));
}

class SystemFiles final : public Files {
 public:
  Result<FileDigest> digest(const std::string& path) override {
    // Without waiting: a named pipe would hold us for ever.
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return file_failure("open", path, errno);
    struct stat about{};
    if (::fstat(file.get(), &about) != 0) return file_failure("look at", path, errno);
    if (!S_ISREG(about.st_mode))
      return fail(Errc::invalid, "\"" + path + "\" is not a regular file");
    Sha256 hash;
    FileDigest result;
    std::array<char, 1 << 16> piece{};
    while (true) {
      const ssize_t got = ::read(file.get(), piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return file_failure("read", path, errno);
      if (got == 0) break;
      hash.update({piece.data(), static_cast<std::size_t>(got)});
      result.bytes += static_cast<std::uint64_t>(got);
    }
    result.sha256 = hex(hash.finish());
    return result;
  }
};

}  // namespace

std::unique_ptr<Files> make_system_files() {
  return std::make_unique<SystemFiles>();
}

}  // namespace paas
