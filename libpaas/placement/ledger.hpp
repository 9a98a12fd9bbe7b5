#pragma once
// What is free, as things are taken and given back. Both are exact inverses of each other, and a
// log tells which nodes changed, so that what was worked out of them can be brought up to date.

#include <cstdint>
#include <optional>
#include <vector>

#include "libpaas/placement/compiled.hpp"

namespace paas::placement {

// How often each of a great many keys was counted, for a great many counters that hold few keys
// each. Memory: 16 bytes a counter, 8 bytes a key, in chunks of powers of two.
class Tallies {
 public:
  struct Entry {
    Index key;
    std::uint32_t count;
  };

  void resize(std::size_t counters) { tallies_.resize(counters); }
  std::uint32_t total(Index counter) const { return tallies_[counter].total; }
  std::uint32_t count(Index counter, Index key) const;
  void add(Index counter, Index key);
  // REQUIRES: count(counter, key) > 0.
  void remove(Index counter, Index key);

  // Entries of a counter, by key.
  const Entry* begin(Index counter) const { return pool_.data() + tallies_[counter].first; }
  const Entry* end(Index counter) const { return begin(counter) + tallies_[counter].size; }
  std::size_t bytes() const;

 private:
  struct Tally {
    std::uint32_t first = 0;
    std::uint32_t total = 0;
    std::uint32_t size = 0;
    std::uint32_t chunk = 0;  // holds 2^(chunk-1) entries; 0: none
  };
  void grow(Tally& tally);

  std::vector<Tally> tallies_;
  std::vector<Entry> pool_;
  std::vector<std::vector<std::uint32_t>> spare_;  // chunks given back, by chunk size
};

// A part of a card, or all of it.
struct CardShare {
  Index card;
  int milli;
};
using Cards = std::vector<CardShare>;

class Ledger {
 public:
  // Keeps a reference.
  explicit Ledger(const Compiled& compiled);

  const Compiled& compiled() const { return compiled_; }
  // Room for jobs that the compiled problem got since.
  void extend() { tallies_.resize(compiled_.counter_count()); }

  const Amount* free(Index node) const { return free_.data() + node * compiled_.resource_count(); }
  int card_free(Index card) const { return card_free_[card]; }
  std::uint32_t jobs_on(Index node) const { return jobs_on_[node]; }
  bool port_taken(Index node, std::uint16_t port) const;
  Amount used(Index project, Index resource) const {
    return used_[project * compiled_.resource_count() + resource];
  }
  const Tallies& tallies() const { return tallies_; }

  bool amounts_fit(const Shape& shape, Index node) const {
    const Amount* row = free(node);
    for (const Need& need : shape.needs) {
      if (row[need.resource] < need.amount) return false;
    }
    return true;
  }
  bool within_quota(Index job) const;
  // Cards for all that a shape wants, each share from the fullest card that has it; none if they do
  // not suffice.
  std::optional<Cards> cards_for(const Shape& shape, Index node) const;

  // Whether it fits is the caller's business: what is overbooked is below zero.
  void take(Index job, Index node, const Cards& cards);
  // Exactly what was taken.
  void give_back(Index job, Index node, const Cards& cards);

  // The log of changed nodes: entries from log_begin() to log_end(), older ones are forgotten. An
  // entry that is not the node's last is none of interest.
  std::uint64_t log_begin() const { return forgotten_; }
  std::uint64_t log_end() const { return forgotten_ + log_.size(); }
  Index logged(std::uint64_t entry) const { return log_[entry - forgotten_]; }
  bool is_last(std::uint64_t entry) const { return last_change_[logged(entry)] == entry; }

  std::size_t bytes() const;

 private:
  void book(Index job, Index node, const Cards& cards, int sign);
  void count(Index job, Index node, bool add);

  const Compiled& compiled_;
  std::vector<Amount> free_;
  std::vector<int> card_free_;
  std::vector<std::uint32_t> jobs_on_;
  std::vector<std::vector<std::uint16_t>> ports_;  // by node, sorted; twice if overbooked
  std::vector<Amount> used_;
  Tallies tallies_;
  std::vector<Index> log_;
  std::vector<std::uint64_t> last_change_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace paas::placement
