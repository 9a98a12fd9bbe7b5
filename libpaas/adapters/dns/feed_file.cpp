#include "libpaas/adapters/dns/feed_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "libpaas/adapters/dns/socket.hpp"

namespace paas::dns {
namespace {

tl::unexpected<Error> feed_file_failure(const std::string& doing, const std::string& path,
                                        int number) {
  const Errc code = number == ENOENT || number == ENOTDIR ? Errc::not_found
                    : number == EACCES || number == EPERM ? Errc::denied
                                                          : Errc::internal;
  return fail(code, "unable to " + doing + " \"" + path + "\": " + std::strerror(number));
}

// 0, or what went wrong.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(file, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

class FeedFile final : public Names {
 public:
  explicit FeedFile(std::string path) : path_(std::move(path)) {}

  Result<void> publish(const Feed& feed) override {
    const std::string part = path_ + ".part";
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    const Descriptor file(::open(part.c_str(), flags, 0644));
    if (!file) return feed_file_failure("write", part, errno);
    int problem = write_all(file.get(), print_feed(feed));
    if (problem == 0 && std::rename(part.c_str(), path_.c_str()) != 0) problem = errno;
    if (problem != 0) {
      ::unlink(part.c_str());
      return feed_file_failure("write", path_, problem);
    }
    const std::size_t slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) return feed_file_failure("sync", folder, errno);
    return {};
  }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<Names> make_feed_file(std::string path) {
  return std::make_unique<FeedFile>(std::move(path));
}

Result<std::string> read_small_file(const std::string& path, std::size_t most_bytes) {
  // Without waiting: a named pipe would hold us for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return feed_file_failure("open", path, errno);
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return feed_file_failure("look at", path, errno);
  if (!S_ISREG(about.st_mode)) {
    return fail(Errc::invalid, "\"" + path + "\" is not a regular file");
  }
  std::string text;
  std::array<char, 1 << 14> piece{};
  while (text.size() <= most_bytes) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return feed_file_failure("read", path, errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return fail(Errc::invalid,
              "\"" + path + "\" is longer than " + std::to_string(most_bytes) + " bytes");
}

}  // namespace paas::dns
