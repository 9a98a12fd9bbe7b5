#pragma once
// Sockets as values: descriptors that close themselves, addresses in the kernel's form.

#include <netinet/in.h>

#include <string_view>
#include <utility>

#include "libpaas/base/result.hpp"
#include "libpaas/dns/address.hpp"

namespace paas::dns {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void close() { Descriptor().swap(*this); }

 private:
  void swap(Descriptor& other) { std::swap(number_, other.number_); }
  int number_ = -1;
};

// A sockaddr of either family.
struct SocketAddress {
  sockaddr_in6 storage{};  // large enough for both
  socklen_t length = sizeof(sockaddr_in6);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  Endpoint endpoint() const;
};

// Errors: `invalid`, if the interface of a link-local address is not there.
Result<SocketAddress> socket_address(const Endpoint& endpoint);

Ip ip_of(const SocketAddress& address);

enum class SocketKind { udp, tcp };

// A socket bound to one address, which need not be there yet (IP_FREEBIND): a bridge may come and
// go with its containers. TCP: listening. Non-blocking. Errors: `conflict`, the port is taken;
// `denied`; `internal`.
Result<Descriptor> listen_on(const Endpoint& endpoint, SocketKind kind);

// A socket towards one address, from a port that the kernel draws. TCP: the connection is under
// way. Only what comes from that address is seen. Errors: `unavailable`.
Result<Descriptor> connect_to(const Endpoint& endpoint, SocketKind kind);

// The port that a bound socket has.
Endpoint local_endpoint(const Descriptor& socket);

// A listening unix socket; one that a dead process left is replaced. Only its owner and group may
// connect. Errors: as listen_on().
Result<Descriptor> listen_on_path(const std::string& path);

// sd_notify(3), where NOTIFY_SOCKET names one; else nothing.
void notify_supervisor(std::string_view socket_path, std::string_view state);

}  // namespace paas::dns
