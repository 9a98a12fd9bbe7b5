#pragma once
// Forwards: the questions that are under way to other servers. A flight decides
// (libpaas/dns/flight); this gives each of its attempts a socket of its own, so that the port is
// drawn anew and the kernel lets nobody but the one who was asked answer.

#include <memory>
#include <optional>
#include <vector>

#include "libpaas/adapters/dns/counters.hpp"
#include "libpaas/adapters/dns/poller.hpp"
#include "libpaas/adapters/dns/slab.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/dns/answer.hpp"
#include "libpaas/dns/flight.hpp"
#include "libpaas/dns/quota.hpp"
#include "libpaas/ports/random.hpp"

namespace paas::dns {

// Who waits for an answer.
struct Client {
  Transport transport = Transport::udp;
  SocketAddress address;    // UDP: where to send it
  std::uint32_t index = 0;  // of the socket or connection it came by
  std::uint16_t serial = 0;
};

// Takes the answers; the client may be gone by then.
class Deliveries {
 public:
  virtual ~Deliveries() = default;
  virtual void deliver(const Client& client, View answer) = 0;
};

class Forwards {
 public:
  Forwards(Poller& poller, Counters& counters, Random& random, Log& log, Deliveries& deliveries);

  // From now on these are asked, first of all whether they lead back to us.
  void use(const std::vector<Endpoint>& servers);
  // The answer may come before this returns. `limit`: the most bytes it may have.
  void start(const Query& query, const Client& client, std::size_t limit);
  void on_event(const Poller::Event& event);
  void on_tick(std::int64_t now_ms);

  std::size_t under_way() const { return flights_.held(); }
  const Upstreams& upstreams() const { return upstreams_; }

 private:
  // The socket of an attempt; for TCP what is still to be written and what has come.
  struct Line {
    Descriptor socket;
    Bytes out;
    std::size_t written = 0;
    Bytes in;
  };
  struct Journey {
    Flight flight;
    std::optional<Client> client;  // none: it only finds out whether a server leads back to us
    Ip source;
    Upstreams probed{};  // the server that is found out about
    std::vector<Line> lines{};
  };
  using Id = Slab<Journey>::Id;

  void probe(const Endpoint& server);
  bool is_own_question(const Query& query);
  Upstreams& servers_of(Journey& journey);
  void launch(std::unique_ptr<Journey> journey);
  void follow(Id id, Journey& journey, Step step);
  Result<void> send(Id id, Journey& journey, std::size_t attempt);
  void on_datagram(Id id, Journey& journey, std::size_t attempt);
  void on_stream(Id id, Journey& journey, std::size_t attempt, std::uint32_t events);
  bool write_stream(Line& line);
  bool read_stream(Line& line, bool& whole);
  void finish(Id id);

  Poller& poller_;
  Counters& counters_;
  Random& random_;
  Log& log_;
  Deliveries& deliveries_;
  Upstreams upstreams_;
  Quota quota_;
  Slab<Journey> flights_;
  struct Probe {
    std::string name;
    Endpoint server;
  };
  std::vector<Probe> probes_;  // of the servers in use
  Bytes buffer_;
};

}  // namespace paas::dns
