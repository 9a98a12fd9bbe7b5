#pragma once
// What a message from the network is answered with: the whole of the server that needs no network.

#include "libpaas/dns/query.hpp"
#include "libpaas/dns/zone.hpp"

namespace paas::dns {

enum class Transport { udp, tcp };

struct Reply {
  enum class Kind {
    answered,  // `bytes` of the buffer are the answer
    forward,   // not ours: `query`, which points into the message, is for somebody else
    drop,      // no answer at all
  };
  Kind kind = Kind::drop;
  std::size_t bytes = 0;
  Query query;
};

// REQUIRES: `out` holds most_udp_bytes for UDP, most_message_bytes for TCP.
//
// A source that the zone does not know gets nothing. Names below "internal" and addresses of ours
// are always answered here and never forwarded; anything else is forwarded if it is asked
// recursively, else refused. Over UDP a set of records is whole, or left out and the answer marked
// as truncated.
Reply answer(const Zone& zone, View message, const Ip& source, Transport transport, Rotor& rotor,
             Buffer out);

// An answer without records to a query that was read: header, question and, where the query has
// one, the OPT record. `out` as above.
std::size_t empty_answer(const Query& query, Rcode rcode, std::uint16_t more_flags, Buffer out);

}  // namespace paas::dns
