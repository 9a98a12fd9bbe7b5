#include "libpaas/adapters/engine/upgraded_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"

namespace paas::engine {
namespace {

constexpr int moment_ms = 100;
constexpr std::size_t max_head_bytes = std::size_t{64} << 10;

bool ready(int fd, short events) {
  pollfd one{fd, events, 0};
  return poll(&one, 1, moment_ms) > 0;
}

std::string why() {
  return std::strerror(errno);
}

}  // namespace

UpgradedSocket::UpgradedSocket(UpgradedSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), early_(std::move(other.early_)) {}

UpgradedSocket::~UpgradedSocket() {
  if (fd_ >= 0) close(fd_);
}

Result<UpgradedSocket> UpgradedSocket::open(const std::string& socket, const std::string& path,
                                            const std::string& json, std::stop_token stop) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof(address.sun_path)) {
    return fail(Errc::invalid, "the path of the socket is too long");
  }
  std::memcpy(address.sun_path, socket.data(), socket.size());
  UpgradedSocket connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.fd_ < 0 ||
      connect(connection.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const Errc code = errno == EACCES || errno == EPERM ? Errc::denied : Errc::unavailable;
    return fail(code, "no connection to " + socket + ": " + why());
  }
  const std::string request = "POST " + path +
                              " HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\n"
                              "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: " +
                              std::to_string(json.size()) + "\r\n\r\n" + json;
  TRY(connection.write(request, stop));
  TRY(connection.shake_hands(std::move(stop)));
  return connection;
}

Result<void> UpgradedSocket::shake_hands(std::stop_token stop) {
  std::string head;
  std::size_t end = std::string::npos;
  while (end == std::string::npos) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped while waiting for the engine");
    auto piece = read();
    if (!piece) {
      return fail(Errc::unavailable, "the engine closed the connection: " + piece.error().message);
    }
    head += *piece;
    end = head.find("\r\n\r\n");
    if (head.size() > max_head_bytes) return fail(Errc::internal, "the engine's answer has no end");
  }
  const auto parts = words(std::string_view(head).substr(0, head.find("\r\n")), " ");
  const int status = parts.size() < 2 ? 0 : parse_integer<int>(parts[1]).value_or(0);
  early_ = head.substr(end + 4);
  if (status == 101 || status == 200) return {};
  // The engine closes the connection or keeps it; what is there within a moment says why.
  while (early_.size() < max_head_bytes) {
    auto piece = read();
    if (!piece || piece->empty()) break;
    early_ += *piece;
  }
  return tl::unexpected(error_of(status, early_));
}

Result<std::string> UpgradedSocket::read() {
  if (!early_.empty()) return std::exchange(early_, {});
  if (!ready(fd_, POLLIN)) return std::string();
  std::array<char, 16'384> part{};
  const ssize_t got = recv(fd_, part.data(), part.size(), 0);
  if (got > 0) return std::string(part.data(), static_cast<std::size_t>(got));
  if (got == 0 || errno == ECONNRESET) return fail(Errc::not_found, "the stream has ended");
  if (errno == EINTR || errno == EAGAIN) return std::string();
  return fail(Errc::unavailable, "the connection to the engine broke: " + why());
}

Result<void> UpgradedSocket::write(std::string_view bytes, std::stop_token stop) {
  while (!bytes.empty()) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped while sending to the engine");
    if (!ready(fd_, POLLOUT)) continue;
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return fail(Errc::unavailable, "the connection to the engine broke: " + why());
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

}  // namespace paas::engine
