#pragma once
// Datagrams: DNS over UDP, many messages a system call.

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>

#include "libpaas/adapters/dns/counters.hpp"
#include "libpaas/adapters/dns/socket.hpp"
#include "libpaas/dns/wire.hpp"

namespace paas::dns {

// What comes in datagrams. The answer goes into `out`; 0: there is none, or it comes later.
class DatagramQuestions {
 public:
  virtual ~DatagramQuestions() = default;
  virtual std::size_t on_datagram(View message, const SocketAddress& from, std::uint32_t index,
                                  Buffer out) = 0;
};

class Datagrams {
 public:
  Datagrams(Counters& counters, DatagramQuestions& questions);
  // Answers what waits at a socket, `index` to its owner, up to one batch. Whether it was a full
  // one.
  bool on_readable(const Descriptor& socket, std::uint32_t index);
  // One answer, later.
  void send(const Descriptor& socket, const SocketAddress& to, View answer);

 private:
  static constexpr std::size_t batch = 32;
  static constexpr std::size_t most_question_bytes = 2048;
  struct Slots {
    std::array<SocketAddress, batch> from;
    std::array<iovec, batch> in_parts;
    std::array<iovec, batch> out_parts;
    std::array<mmsghdr, batch> in;
    std::array<mmsghdr, batch> out;
    std::array<std::array<std::uint8_t, most_question_bytes>, batch> questions;
    std::array<std::array<std::uint8_t, most_udp_bytes>, batch> answers;
  };

  void send_all(const Descriptor& socket, std::size_t count);

  Counters& counters_;
  DatagramQuestions& questions_;
  std::unique_ptr<Slots> slots_;
};

}  // namespace paas::dns
