#include "libpaas/dns/query.hpp"

#include <algorithm>

#include "libpaas/dns/name.hpp"

namespace paas::dns {
namespace {

// Where the name at `at` ends, a pointer being the end of one; 0 if it does not.
std::size_t behind_name(View message, std::size_t at) {
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if ((length & 0xC0u) == 0xC0u) return at + 2 <= message.size() ? at + 2 : 0;
    if (length > most_label_bytes) return 0;
    at += 1u + length;
    if (length == 0) return at;
  }
  return 0;
}

struct RecordHead {
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  std::uint32_t ttl = 0;
  bool of_root = false;
};

// Reads the record at `at`, which then stands behind it.
bool read_record(View message, std::size_t& at, RecordHead& head) {
  const std::size_t fixed = behind_name(message, at);
  if (fixed == 0 || fixed + 10 > message.size()) return false;
  head.of_root = message[at] == 0;
  head.type = load16(&message[fixed]);
  head.klass = load16(&message[fixed + 2]);
  head.ttl = load32(&message[fixed + 4]);
  at = fixed + 10 + load16(&message[fixed + 8]);
  return at <= message.size();
}

bool read_additional(View message, std::size_t at, int records, Query& query) {
  for (; records > 0; --records) {
    RecordHead head;
    if (!read_record(message, at, head)) return false;
    if (head.type != type::opt) continue;
    if (query.edns || !head.of_root) return false;
    query.edns = true;
    query.udp_bytes = head.klass;
    query.edns_version = static_cast<std::uint8_t>(head.ttl >> 16);
    query.dnssec_ok = (head.ttl & 0x8000u) != 0;
  }
  return at == message.size();
}

}  // namespace

std::size_t Query::udp_limit() const {
  return edns ? std::clamp(udp_bytes, least_udp_bytes, most_udp_bytes) : least_udp_bytes;
}

Verdict read_query(View message, Query& query) {
  if (message.size() < header_bytes) return Verdict::drop;
  query.id = load16(&message[0]);
  query.flags = load16(&message[2]);
  if (query.wants(flag::response)) return Verdict::drop;
  if (query.wants(flag::opcode)) return Verdict::not_implemented;
  if (load16(&message[4]) != 1) return Verdict::format_error;
  const std::size_t name_bytes = plain_name_bytes(message, header_bytes);
  if (name_bytes == 0) return Verdict::format_error;
  std::size_t at = header_bytes + name_bytes + 4;
  if (at > message.size()) return Verdict::format_error;
  query.name = message.subspan(header_bytes, name_bytes);
  query.type = load16(&message[at - 4]);
  query.klass = load16(&message[at - 2]);
  // An IXFR says in the authority section what it has: refused later, as any transfer is.
  if (query.type == type::ixfr) return Verdict::good;
  if (load32(&message[6]) != 0) return Verdict::format_error;
  const bool whole = read_additional(message, at, load16(&message[10]), query);
  return whole ? Verdict::good : Verdict::format_error;
}

}  // namespace paas::dns
