#pragma once
// Poller: epoll(7) with a token for each descriptor that says whose event it is.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "libpaas/adapters/dns/socket.hpp"

namespace paas::dns {

enum class Owner : std::uint8_t { stop, watch, udp, tcp, connection, flight, metrics, reader };

struct Token {
  Owner owner = Owner::stop;
  std::uint8_t part = 0;  // of the owner: which attempt of a flight
  std::uint16_t serial = 0;
  std::uint32_t index = 0;
};

class Poller {
 public:
  struct Event {
    Token token;
    std::uint32_t events = 0;  // EPOLLIN, …
  };

  Poller();
  // A descriptor that is closed is forgotten by itself.
  void add(const Descriptor& descriptor, std::uint32_t events, Token token);
  void add(int descriptor, std::uint32_t events, Token token);
  void change(const Descriptor& descriptor, std::uint32_t events, Token token);
  void forget(const Descriptor& descriptor);
  // Valid until the next call. `timeout_ms` below zero: for ever.
  std::span<const Event> wait(int timeout_ms);

 private:
  Descriptor epoll_;
  std::array<Event, 64> events_;
};

// Milliseconds of a clock that never goes back.
std::int64_t monotonic_ms();

}  // namespace paas::dns
