#include "libpaas/dns/answer.hpp"

#include <algorithm>
#include <cstring>

namespace paas::dns {
namespace {

constexpr std::size_t top_bytes = 10;  // of "internal" as a wire name
constexpr std::size_t soa_owner_only = 2;

// The answer as it grows. Every put is whole or not at all, and leaves room for what must follow.
class Draft {
 public:
  Draft(const Query& query, Buffer out, std::size_t limit)
      : out_(out), limit_(std::min(limit, out.size())), edns_(query.edns) {
    store16(&out[0], query.id);
    store16(&out[4], 1);
    std::memset(&out[6], 0, 6);
    std::memcpy(&out[header_bytes], query.name.data(), query.question().size());
    size_ = header_bytes + query.question().size();
    if (edns_) limit_ -= opt_bytes;
  }

  std::size_t size() const { return size_; }
  std::size_t room() const { return limit_ - size_; }

  void put(const std::uint8_t* from, std::size_t bytes) {
    std::memcpy(&out_[size_], from, bytes);
    size_ += bytes;
  }
  void put16(std::uint16_t value) {
    store16(&out_[size_], value);
    size_ += 2;
  }
  void rewrite16(std::size_t at, std::uint16_t value) { store16(&out_[at], value); }

  void answers(std::size_t count) { store16(&out_[6], static_cast<std::uint16_t>(count)); }
  void authorities(std::size_t count) { store16(&out_[8], static_cast<std::uint16_t>(count)); }
  void additionals(std::size_t count) { additionals_ = count; }

  // Writes what is the same for all. `rcode` may be an extended one.
  std::size_t finish(const Query& query, Rcode rcode, std::uint16_t flags) {
    const auto code = static_cast<std::uint16_t>(rcode);
    const auto kept = static_cast<std::uint16_t>(
        query.flags & (flag::recursion_desired | flag::checking_disabled));
    store16(&out_[2], static_cast<std::uint16_t>(flag::response | flag::recursion_available | kept |
                                                 flags | (code & flag::rcode)));
    if (edns_) {
      std::uint8_t* opt = &out_[size_];
      opt[0] = 0;
      store16(opt + 1, type::opt);
      store16(opt + 3, most_udp_bytes);
      opt[5] = static_cast<std::uint8_t>(code >> 4);
      opt[6] = 0;
      store16(opt + 7, query.dnssec_ok ? 0x8000 : 0);
      store16(opt + 9, 0);
      size_ += opt_bytes;
    }
    store16(&out_[10], static_cast<std::uint16_t>(additionals_ + (edns_ ? 1 : 0)));
    return size_;
  }

 private:
  Buffer out_;
  std::size_t limit_;
  std::size_t size_ = 0;
  std::size_t additionals_ = 0;
  bool edns_;
};

// A header alone, for what could not be read.
std::size_t bare_answer(const Query& query, Rcode rcode, Buffer out) {
  const auto kept = static_cast<std::uint16_t>(
      query.flags & (flag::opcode | flag::recursion_desired | flag::checking_disabled));
  store16(&out[0], query.id);
  store16(&out[2], static_cast<std::uint16_t>(flag::response | flag::recursion_available | kept |
                                              static_cast<std::uint16_t>(rcode)));
  std::memset(&out[4], 0, 8);
  return header_bytes;
}

bool is_internal(View folded) {
  constexpr std::array<std::uint8_t, top_bytes> top = {8,   'i', 'n', 't', 'e',
                                                       'r', 'n', 'a', 'l', 0};
  if (folded.size() < top_bytes ||
      std::memcmp(folded.data() + folded.size() - top_bytes, top.data(), top_bytes) != 0) {
    return false;
  }
  // That these bytes are labels, and not the inside of one, shows only from the front.
  std::size_t at = 0;
  while (folded.size() - at > top_bytes) at += 1u + folded[at];
  return folded.size() - at == top_bytes;
}

class Answerer {
 public:
  Answerer(const Zone& zone, const Query& query, const Key& key, Transport transport, Rotor& rotor,
           Buffer out)
      : zone_(zone),
        query_(query),
        key_(key),
        transport_(transport),
        rotor_(rotor),
        draft_(query, out, transport == Transport::tcp ? most_message_bytes : query.udp_limit()) {}

  // `owner`: where in the question the name of the zone begins that is asked.
  std::size_t from(const Entry& entry, std::size_t owner) {
    const auto sets = zone_.sets(entry);
    if (query_.type == type::any && !sets.empty()) return with(zone_.any());
    for (const RecordSet& set : sets) {
      if (set.type == query_.type) return with(set);
    }
    return without(Rcode::no_error, owner);
  }

  std::size_t with(const RecordSet& set) {
    if (set.bytes > draft_.room()) {
      if (transport_ == Transport::tcp) return draft_.finish(query_, Rcode::server_failure, 0);
      return draft_.finish(query_, Rcode::no_error, flag::authoritative | flag::truncated);
    }
    const std::size_t start = rotor_.turn(key_, query_.type) % set.count;
    draft_.answers(set.count);
    if (set.record_bytes != 0) {
      const std::uint8_t* records = zone_.block(set.at);
      const std::size_t ahead = start * set.record_bytes;
      draft_.put(records + ahead, set.bytes - ahead);
      draft_.put(records, ahead);
    } else {
      put_pieces(zone_.pieces(set), start);
    }
    return draft_.finish(query_, Rcode::no_error, flag::authoritative);
  }

  std::size_t without(Rcode rcode, std::size_t owner) {
    const RecordSet& soa = zone_.soa();
    if (soa.bytes <= draft_.room()) {
      draft_.authorities(1);
      draft_.put16(static_cast<std::uint16_t>(0xC000u | (header_bytes + owner)));
      draft_.put(zone_.block(soa.at) + soa_owner_only, soa.bytes - soa_owner_only);
    }
    return draft_.finish(query_, rcode, flag::authoritative);
  }

 private:
  void put_pieces(std::span<const Piece> pieces, std::size_t start) {
    const std::size_t first = draft_.size();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[(start + i) % pieces.size()];
      draft_.put(zone_.block(piece.at), piece.bytes);
    }
    std::size_t at = first;
    std::size_t more = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[(start + i) % pieces.size()];
      if (piece.target != 0) more += put_addresses(zone_.entry(piece.target - 1), at + 18);
      at += piece.bytes;
    }
    draft_.additionals(more);
  }

  // The addresses of a name that stands at `name_at` already; none where they do not all fit.
  std::size_t put_addresses(const Entry& entry, std::size_t name_at) {
    std::size_t bytes = 0;
    for (const RecordSet& set : zone_.sets(entry)) bytes += set.bytes;
    if (bytes > draft_.room() || name_at > 0x3FFF) return 0;
    std::size_t count = 0;
    for (const RecordSet& set : zone_.sets(entry)) {
      const std::size_t begin = draft_.size();
      draft_.put(zone_.block(set.at), set.bytes);
      for (std::size_t i = 0; i < set.count; ++i) {
        draft_.rewrite16(begin + i * set.record_bytes,
                         static_cast<std::uint16_t>(0xC000u | name_at));
      }
      count += set.count;
    }
    return count;
  }

  const Zone& zone_;
  const Query& query_;
  const Key& key_;
  Transport transport_;
  Rotor& rotor_;
  Draft draft_;
};

// The shortest part of a reverse name whose addresses are all ours: where it begins in the name.
// None if even the whole is not.
std::optional<std::size_t> reverse_owner(const Zone& zone, View folded, const ReverseBlock& named) {
  if (!zone.names_all_of(named.block)) return {};
  std::size_t at = 0;
  for (int i = 0; i < named.labels_before; ++i) at += 1u + folded[at];
  // What is left of `folded` from `at` on is the block; take labels off its front while it is ours.
  Network wider = named.block;
  while (true) {
    wider.prefix -= named.step;
    const auto byte = static_cast<std::size_t>(wider.prefix / 8);
    wider.address.bytes[byte] =
        wider.prefix % 8 == 4 ? static_cast<std::uint8_t>(wider.address.bytes[byte] & 0xF0u) : 0;
    const int root = named.step == 8 ? 96 : 0;
    if (wider.prefix <= root || !zone.names_all_of(wider)) return at;
    at += 1u + folded[at];
  }
}

}  // namespace

std::size_t empty_answer(const Query& query, Rcode rcode, std::uint16_t more_flags, Buffer out) {
  return Draft(query, out, out.size()).finish(query, rcode, more_flags);
}

Reply answer(const Zone& zone, View message, const Ip& source, Transport transport, Rotor& rotor,
             Buffer out) {
  Reply reply;
  const auto asker = zone.asker(source);
  if (!asker) return reply;
  Query& query = reply.query;
  const Verdict verdict = read_query(message, query);
  if (verdict == Verdict::drop) return reply;
  reply.kind = Reply::Kind::answered;
  const auto empty = [&](Rcode rcode) {
    reply.bytes = empty_answer(query, rcode, 0, out);
    return reply;
  };
  if (verdict != Verdict::good) {
    const bool unknown = verdict == Verdict::not_implemented;
    reply.bytes = bare_answer(query, unknown ? Rcode::not_implemented : Rcode::format_error, out);
    return reply;
  }
  if (query.edns && query.edns_version > 0) return empty(Rcode::bad_version);
  if (query.klass != class_in) return empty(Rcode::refused);
  if (query.type == type::axfr || query.type == type::ixfr) return empty(Rcode::refused);
  const Key key(query.name);
  Answerer answerer(zone, query, key, transport, rotor, out);
  if (is_internal(key.name())) {
    const std::size_t owner = key.name().size() - top_bytes;
    const Entry* entry = zone.find(key, *asker);
    const bool asks_authority = owner == 0 && query.type == type::soa;
    reply.bytes = asks_authority     ? answerer.with(zone.soa())
                  : entry != nullptr ? answerer.from(*entry, owner)
                                     : answerer.without(Rcode::name_error, owner);
    return reply;
  }
  if (const auto named = reverse_block(key.name())) {
    if (const auto owner = reverse_owner(zone, key.name(), *named)) {
      const Entry* entry = zone.find(key, *asker);
      const bool inside = named->labels_before == 0 && !named->whole();
      reply.bytes = entry != nullptr
                        ? answerer.from(*entry, *owner)
                        : answerer.without(inside ? Rcode::no_error : Rcode::name_error, *owner);
      return reply;
    }
  }
  if (!query.wants(flag::recursion_desired)) return empty(Rcode::refused);
  reply.kind = Reply::Kind::forward;
  return reply;
}

}  // namespace paas::dns
