#pragma once
// A question as it comes from the network: read without copying, and with every bound checked.

#include "libpaas/dns/wire.hpp"

namespace paas::dns {

// Views point into the message.
struct Query {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  View name;  // as written, in whatever case, with the root; stands at byte 12
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  bool edns = false;
  std::uint8_t edns_version = 0;
  bool dnssec_ok = false;
  std::uint16_t udp_bytes = 0;  // what the asker says it takes; only with EDNS

  // Name, type and class.
  View question() const { return {name.data(), name.size() + 4}; }
  bool wants(std::uint16_t flag_bits) const { return (flags & flag_bits) != 0; }
  // The longest answer over UDP.
  std::size_t udp_limit() const;
};

enum class Verdict {
  good,
  drop,             // no question at all: too short, or an answer
  format_error,     // only `id` and `flags` are to be relied on
  not_implemented,  // another operation than a query; likewise
};

// What a message is. A question is one name without pointers; of the additional records one OPT is
// looked at; sections that a query has no use for, and anything behind the last record, are errors.
Verdict read_query(View message, Query& query);

}  // namespace paas::dns
