#include "libpaas/adapters/dns/socket.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>

namespace paas::dns {
namespace {

constexpr int backlog = 128;
constexpr int buffer_bytes = 4 << 20;

tl::unexpected<Error> socket_failure(const std::string& doing, int number) {
  const Errc code = number == EADDRINUSE                  ? Errc::conflict
                    : number == EACCES || number == EPERM ? Errc::denied
                    : number == ECONNREFUSED || number == ENETUNREACH || number == EHOSTUNREACH
                        ? Errc::unavailable
                        : Errc::internal;
  return fail(code, "unable to " + doing + ": " + std::strerror(number));
}

void set(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);
}

std::string shown(const Endpoint& endpoint, SocketKind kind) {
  return to_text(endpoint) + (kind == SocketKind::udp ? "/udp" : "/tcp");
}

int new_socket(const Endpoint& endpoint, SocketKind kind) {
  const int type = kind == SocketKind::udp ? SOCK_DGRAM : SOCK_STREAM;
  return ::socket(endpoint.ip.is_v4() ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

std::optional<sockaddr_un> unix_address(std::string_view path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof out.sun_path) return {};
  path.copy(out.sun_path, path.size());
  if (out.sun_path[0] == '@') out.sun_path[0] = '\0';
  return out;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Endpoint SocketAddress::endpoint() const {
  return {ip_of(*this), ntohs(storage.sin6_port), {}};
}

Result<SocketAddress> socket_address(const Endpoint& endpoint) {
  SocketAddress out;
  if (endpoint.ip.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    std::memcpy(&v4->sin_addr, endpoint.ip.bytes.data() + 12, 4);
    out.length = sizeof(sockaddr_in);
    return out;
  }
  out.storage.sin6_family = AF_INET6;
  out.storage.sin6_port = htons(endpoint.port);
  std::memcpy(&out.storage.sin6_addr, endpoint.ip.bytes.data(), 16);
  if (!endpoint.zone.empty()) {
    out.storage.sin6_scope_id = ::if_nametoindex(endpoint.zone.c_str());
    if (out.storage.sin6_scope_id == 0) {
      return fail(Errc::invalid, "there is no interface \"" + endpoint.zone + "\"");
    }
  }
  return out;
}

Ip ip_of(const SocketAddress& address) {
  Ip out;
  if (address.storage.sin6_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    return Ip::v4({ntohl(v4->sin_addr.s_addr)});
  }
  std::memcpy(out.bytes.data(), &address.storage.sin6_addr, 16);
  return out;
}

Result<Descriptor> listen_on(const Endpoint& endpoint, SocketKind kind) {
  const SocketAddress address = TRY(socket_address(endpoint));
  Descriptor socket(new_socket(endpoint, kind));
  const std::string doing = "listen on " + shown(endpoint, kind);
  if (!socket) return socket_failure(doing, errno);
  const bool v4 = endpoint.ip.is_v4();
  set(socket.get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_FREEBIND : IPV6_FREEBIND, 1);
  if (!v4) set(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (kind == SocketKind::tcp) {
    set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  } else {
    // Room for what comes while we are not running; beyond the system's limit where we may.
    set(socket.get(), SOL_SOCKET, SO_RCVBUF, buffer_bytes);
    set(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, buffer_bytes);
    set(socket.get(), SOL_SOCKET, SO_SNDBUF, buffer_bytes);
  }
  if (::bind(socket.get(), address.get(), address.length) != 0) return socket_failure(doing, errno);
  if (kind == SocketKind::tcp && ::listen(socket.get(), backlog) != 0) {
    return socket_failure(doing, errno);
  }
  return socket;
}

Result<Descriptor> connect_to(const Endpoint& endpoint, SocketKind kind) {
  const SocketAddress address = TRY(socket_address(endpoint));
  Descriptor socket(new_socket(endpoint, kind));
  const std::string doing = "reach " + shown(endpoint, kind);
  if (!socket) return socket_failure(doing, errno);
  if (kind == SocketKind::tcp) set(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(socket.get(), address.get(), address.length) != 0 && errno != EINPROGRESS) {
    return socket_failure(doing, errno);
  }
  return socket;
}

Endpoint local_endpoint(const Descriptor& socket) {
  SocketAddress address;
  ::getsockname(socket.get(), address.get(), &address.length);
  return address.endpoint();
}

Result<Descriptor> listen_on_path(const std::string& path) {
  const std::string doing = "listen on " + path;
  const auto address = unix_address(path);
  if (!address) return fail(Errc::invalid, "unable to " + doing + ": not a path for a socket");
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return socket_failure(doing, errno);
  struct stat about{};
  if (::lstat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode)) ::unlink(path.c_str());
  const auto* name = reinterpret_cast<const sockaddr*>(&*address);
  const mode_t usual = ::umask(0117);
  const int bound = ::bind(socket.get(), name, sizeof *address);
  const int number = errno;
  ::umask(usual);
  if (bound != 0) return socket_failure(doing, number);
  if (::listen(socket.get(), backlog) != 0) return socket_failure(doing, errno);
  return socket;
}

void notify_supervisor(std::string_view socket_path, std::string_view state) {
  const auto address = unix_address(socket_path);
  if (!address) return;
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_path.size());
  ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&*address), length);
}

}  // namespace paas::dns
