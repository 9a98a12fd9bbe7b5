#pragma once
// What the names service counts, and how it tells Prometheus. One thread writes; all start at zero.

#include <array>
#include <cstdint>
#include <string>

#include "libpaas/dns/wire.hpp"

namespace paas::dns {

struct Counters {
  std::uint64_t udp_queries = 0;
  std::uint64_t tcp_queries = 0;
  std::array<std::uint64_t, 16> answers{};  // by return code
  std::uint64_t truncated = 0;
  std::uint64_t dropped_source = 0;     // from nobody we know
  std::uint64_t dropped_malformed = 0;  // no question at all
  std::uint64_t unsent = 0;
  std::uint64_t forwarded = 0;
  std::uint64_t forward_failures = 0;  // ended without another server's answer
  std::uint64_t forward_refusals = 0;  // over a limit
  std::uint64_t forward_mismatches = 0;
  std::uint64_t forward_loops = 0;
  std::uint64_t tcp_connections = 0;
  std::uint64_t tcp_refusals = 0;  // over a limit, or from nobody we know
  std::uint64_t tcp_expired = 0;   // too slow, or idle

  void count_answer(View answer) {
    ++answers[answer[3] & flag::rcode];
    if ((answer[2] & (flag::truncated >> 8)) != 0) ++truncated;
  }
};

// What is so at this moment.
struct Gauges {
  std::uint64_t generation = 0;
  std::uint64_t names = 0;
  bool feed_good = false;  // the file as it is now is what is served
  std::uint64_t feeds_taken = 0;
  std::uint64_t feeds_refused = 0;
  std::uint64_t flights = 0;
  std::uint64_t connections = 0;
  std::uint64_t upstreams = 0;
  std::uint64_t upstreams_alive = 0;
};

// The text format, version 0.0.4.
std::string metrics_text(const Counters& counters, const Gauges& gauges);

}  // namespace paas::dns
