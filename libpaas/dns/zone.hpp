#pragma once
// Zone: a feed made ready to answer from. Immutable: a new feed makes a new zone, and whoever
// serves swaps a pointer.
//
// Names lie in an open-addressing table; the records of each are rendered once, their owner a
// pointer to the question, so that an answer is a few copies. All offsets are into one block.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "libpaas/dns/feed.hpp"
#include "libpaas/dns/name.hpp"
#include "libpaas/dns/wire.hpp"

namespace paas::dns {

// A question's name, folded once, with its hash.
class Key {
 public:
  explicit Key(View name);
  View name() const { return {bytes_.data(), size_}; }
  std::uint32_t hash() const { return hash_; }

 private:
  std::array<std::uint8_t, most_name_bytes> bytes_;
  std::size_t size_;
  std::uint32_t hash_;
};

// All records of one name and type.
struct RecordSet {
  std::uint16_t type = 0;
  std::uint16_t count = 0;
  std::uint16_t record_bytes = 0;  // 0: they differ, and stand in pieces
  std::uint32_t bytes = 0;         // of all of them
  std::uint32_t at = 0;            // in the block, or the first piece
};

// One record of a set whose records differ in length.
struct Piece {
  std::uint32_t at = 0;  // in the block
  std::uint16_t bytes = 0;
  std::uint32_t target = 0;  // SRV: the entry of the name it points to, plus one
};

struct Entry {
  std::uint32_t key_at = 0;
  std::uint32_t first_set = 0;
  std::uint16_t project = 0;  // whose own name this is; 0: everybody's
  std::uint8_t key_bytes = 0;
  std::uint8_t sets : 7 = 0;
  bool declared : 1 = false;  // else it is only there because names below it are
};

class Zone {
 public:
  // Who asks: 0, no project, or the number of one.
  using Asker = std::uint16_t;

  // A zone of nothing, for nobody.
  Zone();
  // REQUIRES: `feed` is as parse_feed() gives it. Errors: `invalid`, if it is too large.
  static Result<Zone> compile(const Feed& feed);

  std::uint64_t generation() const { return generation_; }
  std::size_t names() const { return entries_.size(); }

  // None: this source is none of ours and gets no answer.
  std::optional<Asker> asker(const Ip& source) const;
  // What a name is to an asker: a full name before a short one of its own project.
  const Entry* find(const Key& key, Asker asker) const;
  // Whether all addresses of a block are ours to name.
  bool names_all_of(const Network& block) const;

  std::span<const RecordSet> sets(const Entry& entry) const {
    return std::span(sets_).subspan(entry.first_set, entry.sets);
  }
  std::span<const Piece> pieces(const RecordSet& set) const {
    return std::span(pieces_).subspan(set.at, set.count);
  }
  const std::uint8_t* block(std::uint32_t at) const { return block_.data() + at; }
  const Entry& entry(std::size_t index) const { return entries_[index]; }

  // The authority record (RFC 1035, section 3.3.13), with the time to live of negative answers.
  const RecordSet& soa() const { return soa_; }
  // What is answered where all records are asked for (RFC 8482).
  const RecordSet& any() const { return any_; }

 private:
  friend class ZoneBuilder;
  struct Range {
    Ip first;
    Ip last;
    Asker asker = 0;
  };
  const Entry* find_in(const Key& key, Asker asker) const;
  void insert(const Key& key, Asker asker, std::uint32_t entry_plus_one);

  std::uint64_t generation_ = 0;
  std::vector<std::uint32_t> table_;  // entry plus one; a power of two of them, at most half in use
  std::vector<Entry> entries_;
  std::vector<RecordSet> sets_;
  std::vector<Piece> pieces_;
  Bytes block_;
  std::vector<Range> projects_;  // disjoint, in order, as all three
  std::vector<Range> clients_;
  std::vector<Range> ours_;
  RecordSet soa_;
  RecordSet any_;
};

// Where the next answer for a name begins. Lives longer than any zone, so that an update starts no
// name again from its first record; names that share a number only take turns.
class Rotor {
 public:
  // `chance`: any number; processes that differ in it begin at different records.
  explicit Rotor(std::uint64_t chance);
  std::uint32_t turn(const Key& key, std::uint16_t type) {
    return next_[(key.hash() ^ type * 0x9E37u) % next_.size()]++;
  }

 private:
  std::array<std::uint32_t, 1024> next_;
};

}  // namespace paas::dns
