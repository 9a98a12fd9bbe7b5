#pragma once
// Flight: one question on its way to other servers, as a machine without a network.
//
//   begin ─▶ ask ─▶ … reply ─▶ deliver
//             ▲   └ silence, failure, a server's own failure: ask the next, until the time is over
//             └─── a truncated reply: ask the same by TCP, if the asker can use more
//
// Whoever owns a flight does what a Step says and tells it what came of that. An attempt stays open
// when the next begins: a slow answer is still an answer.

#include <string>
#include <vector>

#include "libpaas/dns/query.hpp"
#include "libpaas/dns/upstreams.hpp"

namespace paas::dns {

struct FlightTimes {
  std::int64_t next_ms = 1200;     // an attempt without an answer is followed by another
  std::int64_t give_up_ms = 4000;  // below the five seconds of a stub resolver
};

struct Step {
  enum class Kind {
    wait,     // nothing to do until `due_ms()`
    ask,      // send question(attempt) to its server, by TCP if it says so, from a port of its own
    deliver,  // reply() is the answer; the flight is over
  };
  Kind kind = Kind::wait;
  std::size_t attempt = 0;
  bool operator==(const Step&) const = default;
};

class Flight {
 public:
  struct Attempt {
    Endpoint server;
    std::uint16_t id = 0;
    bool tcp = false;
    bool open = true;
  };

  // `limit`: the most bytes the asker takes. `chance`: a number nobody can guess; ids come from it.
  Flight(const Query& query, bool asker_has_tcp, std::size_t limit, std::uint64_t chance);

  Step begin(Upstreams& upstreams, std::int64_t now_ms, const FlightTimes& times = {});
  // A message came to the socket of an attempt.
  Step on_message(std::size_t attempt, View message, Upstreams& upstreams, std::int64_t now_ms);
  // The attempt cannot be sent, or its connection broke.
  Step on_failure(std::size_t attempt, Upstreams& upstreams, std::int64_t now_ms);
  // For every due_ms() that has passed.
  Step on_time(Upstreams& upstreams, std::int64_t now_ms);

  std::int64_t due_ms() const { return due_ms_; }
  const std::vector<Attempt>& attempts() const { return attempts_; }
  // The message of an attempt, without the two bytes of length that TCP puts before it. It has the
  // question as it was asked and an OPT record if the asker sent one; nothing else of the asker's.
  Bytes question(std::size_t attempt) const;
  // To the asker, with the id and the letters it used, cut to what it takes.
  const Bytes& reply() const { return reply_; }
  Rcode rcode() const { return Rcode{static_cast<std::uint16_t>(reply_[3] & flag::rcode)}; }
  // Messages that answered another question.
  int mismatches() const { return mismatches_; }

 private:
  Step ask(const Endpoint& server, bool tcp, std::int64_t now_ms);
  Step ask_next(Upstreams& upstreams, std::int64_t now_ms);
  Step deliver(Bytes message);
  Step deliver_kept();
  bool any_open() const;
  std::ptrdiff_t times_asked(const Endpoint& server) const;
  bool answers_us(const Attempt& attempt, View message) const;

  std::uint16_t id_;
  std::uint16_t flags_;
  Bytes question_;
  bool edns_;
  bool dnssec_ok_;
  bool wants_more_;  // than what was truncated
  std::size_t limit_;
  std::uint64_t chance_;
  FlightTimes times_;
  std::int64_t begun_ms_ = 0;
  std::int64_t due_ms_ = 0;
  std::vector<Attempt> attempts_;
  Bytes kept_;  // a reply that is better than none
  Bytes reply_;
  int mismatches_ = 0;
};

}  // namespace paas::dns
