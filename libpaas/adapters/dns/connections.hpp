#pragma once
// Connections: DNS over TCP (RFC 7766). Many questions may be under way at once, and answers come
// as they are ready. Nobody holds a connection by being slow: a message that has begun must end in
// time, an answer must be taken in time, an idle connection goes, and each source has a bounded
// number.

#include <memory>
#include <span>

#include "libpaas/adapters/dns/counters.hpp"
#include "libpaas/adapters/dns/poller.hpp"
#include "libpaas/adapters/dns/slab.hpp"
#include "libpaas/dns/quota.hpp"
#include "libpaas/dns/wire.hpp"

namespace paas::dns {

struct ConnectionTimes {
  std::int64_t idle_ms = 10'000;    // nothing asked and nothing owed
  std::int64_t message_ms = 5'000;  // from its first byte to its last
  std::int64_t taking_ms = 10'000;  // until all that was answered is taken
};

// What comes over connections.
class Questions {
 public:
  virtual ~Questions() = default;
  // Whether this source may ask at all.
  virtual bool may_ask(const Ip& source) = 0;
  virtual void on_question(View message, const SocketAddress& from, std::uint32_t index,
                           std::uint16_t serial) = 0;
};

class Connections {
 public:
  Connections(Poller& poller, Counters& counters, Questions& questions,
              const ConnectionTimes& times);

  // Takes those that wait at a listening socket.
  void on_listener(const Descriptor& listener);
  void on_event(const Poller::Event& event);
  // For on_question(): this question will be answered by pay(), perhaps later.
  void owe(std::uint32_t index, std::uint16_t serial);
  void pay(std::uint32_t index, std::uint16_t serial, View message);
  // For on_question(): the answer, at once.
  void answer(std::uint32_t index, std::uint16_t serial, View message);
  void on_tick(std::int64_t now_ms);

  std::size_t open() const { return connections_.held(); }

 private:
  struct Connection {
    Descriptor socket;
    SocketAddress peer;
    Ip source;
    Bytes in;
    Bytes out;
    std::size_t written = 0;
    std::size_t owed = 0;
    std::int64_t due_ms = 0;
    bool ended = false;  // the other side asks no more
    bool message_begun = false;
    bool asking = false;  // its questions are being looked at: `in` must stay as it is
    std::uint32_t events = EPOLLIN;
  };
  using Id = Slab<Connection>::Id;

  bool take_one(const Descriptor& listener);
  void make_room();
  bool read_some(Connection& connection);
  bool ask_all(Id id, Connection& connection);
  void append(Connection& connection, View message);
  bool write_some(Connection& connection);
  void settle(Id id, Connection& connection);
  void close(Id id);

  Poller& poller_;
  Counters& counters_;
  Questions& questions_;
  ConnectionTimes times_;
  Quota quota_;
  Slab<Connection> connections_;
};

}  // namespace paas::dns
