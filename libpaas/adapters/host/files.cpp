#include "libpaas/adapters/host/files.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace paas::host {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

StopSignal::StopSignal(const std::stop_token& stop)
    : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), callback_(stop, Raise{event_.get()}) {}

void StopSignal::Raise::operator()() const {
  const std::uint64_t one = 1;
  if (::write(event, &one, sizeof one) < 0) return;  // it is readable already
}

tl::unexpected<Error> failure(std::string_view doing, const std::string& path, int number) {
  Errc code = Errc::internal;
  if (number == ENOENT || number == ENOTDIR) code = Errc::not_found;
  if (number == EACCES || number == EPERM || number == ELOOP) code = Errc::denied;
  const bool disk = number == ENOSPC || number == EDQUOT || number == EROFS || number == EIO ||
                    number == EFBIG || number == ENODEV || number == ESTALE;
  if (disk) code = Errc::unavailable;
  return fail(code,
              "unable to " + std::string(doing) + " \"" + path + "\": " + std::strerror(number));
}

Result<std::string> read_regular(const std::string& path, std::size_t most_bytes) {
  // Without waiting: a named pipe would hold us for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return failure("open", path, errno);
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return failure("look at", path, errno);
  if (!S_ISREG(about.st_mode)) {
    return fail(Errc::invalid, "\"" + path + "\" is not a regular file");
  }
  std::string text;
  std::array<char, 1 << 14> piece{};
  while (text.size() <= most_bytes) {
    const ssize_t got = ::read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", path, errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return fail(Errc::invalid,
              "\"" + path + "\" is longer than " + std::to_string(most_bytes) + " bytes");
}

int write_synced(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

}  // namespace paas::host
