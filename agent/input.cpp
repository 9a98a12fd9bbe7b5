#include "agent/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace paas::agent {
namespace {

constexpr std::size_t most_input = std::size_t{64} << 20;

tl::unexpected<Error> input_error(const std::string& file, int number) {
  const Errc code = number == ENOENT                      ? Errc::not_found
                    : number == EACCES || number == EPERM ? Errc::denied
                    : number == EISDIR || number == ENXIO ? Errc::invalid
                                                          : Errc::internal;
  return fail(code, file + ": " + std::strerror(number));
}

// Open file, closed at the end.
class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

Result<std::string> read_file(const std::string& file) {
  const OpenFile open(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (open.number() < 0) return input_error(file, errno);
  std::string text;
  std::array<char, std::size_t{1} << 16> part{};
  while (true) {
    const auto got = ::read(open.number(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return input_error(file, errno);
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > most_input) return fail(Errc::invalid, file + ": is more than 64 MiB");
  }
}

Result<std::string> read_text(const Invocation& invocation, const std::string& file) {
  if (file != "-") return read_file(file);
  std::string text;
  std::array<char, std::size_t{1} << 16> part{};
  while (invocation.in) {
    invocation.in.read(part.data(), part.size());
    text.append(part.data(), static_cast<std::size_t>(invocation.in.gcount()));
    if (text.size() > most_input) return fail(Errc::invalid, "stdin: is more than 64 MiB");
  }
  if (invocation.in.bad()) return fail(Errc::internal, "stdin: cannot be read");
  return text;
}

std::string shown_name(const std::string& file) {
  return file == "-" ? "stdin" : file;
}

Result<void> write_file(const std::string& file, const std::string& beside, std::string_view text) {
  const OpenFile open(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (open.number() < 0) return input_error(beside, errno);
  while (!text.empty()) {
    const auto put = ::write(open.number(), text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return input_error(beside, errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(open.number()) != 0) return input_error(beside, errno);
  if (::rename(beside.c_str(), file.c_str()) != 0) return input_error(file, errno);
  const std::string folder = file.substr(0, file.rfind('/') + 1);
  const OpenFile opened(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() >= 0) ::fsync(opened.number());
  return {};
}

}  // namespace paas::agent
