#include "libpaas/placement/blocks.hpp"

#include <algorithm>
#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "libpaas/placement/refusals.hpp"

namespace paas::placement {
namespace {

constexpr std::size_t block_size = 64;
constexpr std::int64_t closed = Bonuses::closed;

// Which of a block's scores are at least that high.
std::uint64_t at_least(const std::int32_t* scores, std::int32_t bound) {
  std::uint64_t out = 0;
#ifdef __SSE2__
  const __m128i below = _mm_set1_epi32(bound);
  for (unsigned i = 0; i < block_size; i += 4) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(scores + i));
    const int lower = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(below, four)));
    out |= static_cast<std::uint64_t>(~lower & 15) << i;
  }
#else
  for (unsigned i = 0; i < block_size; ++i) {
    out |= static_cast<std::uint64_t>(scores[i] >= bound ? 1 : 0) << i;
  }
#endif
  return out;
}

}  // namespace

BlockIndex::BlockIndex(const Scorer& scorer, Bonuses& bonuses, std::size_t most_tables)
    : scorer_(scorer),
      compiled_(scorer.compiled()),
      most_tables_(most_tables),
      blocks_((compiled_.node_count() + block_size - 1) / block_size),
      bonuses_(bonuses),
      first_rank_(blocks_, nowhere),
      offers_(blocks_) {
  find_shared_domains();
}

void BlockIndex::find_shared_domains() {
  for (Index node = 0; node < compiled_.node_count(); ++node) {
    Index& first = first_rank_[node / block_size];
    first = std::min(first, compiled_.rank(node));
  }
  for (const Level& level : compiled_.levels()) {
    const auto mixed = static_cast<Index>(level.domains.size() + 1);
    auto& shared = shared_.emplace_back();
    const auto at = static_cast<Index>(shared_.size() - 1);
    if (!bonuses_.covers(at)) continue;
    shared.resize(blocks_);
    for (Index node = 0; node < compiled_.node_count(); ++node) {
      const Index domain = bonuses_.place(at, node);
      Pair& pair = shared[node / block_size];
      if (node % block_size == 0) {
        pair = {domain, domain};
      } else if (pair.one != mixed && domain != pair.one && domain != pair.other) {
        if (pair.one == pair.other) {
          pair.other = domain;
        } else {
          pair = {mixed, mixed};
        }
      }
    }
  }
}

BlockIndex::Table& BlockIndex::table(Index shape, Index taste) {
  auto& slot = tables_[{shape, taste}];
  if (!slot) {
    slot = std::make_unique<Table>();
    slot->shape = shape;
    slot->taste = taste;
    if (tables_.size() > most_tables_) {
      auto oldest = tables_.end();
      for (auto at = tables_.begin(); at != tables_.end(); ++at) {
        if (at->second == slot) continue;
        if (oldest == tables_.end() || at->second->used < oldest->second->used) oldest = at;
      }
      tables_.erase(oldest);
    }
    rebuild(*slot);
  }
  slot->used = ++clock_;
  return *slot;
}

void BlockIndex::rebuild(Table& table) const {
  table.scores.assign(blocks_ * block_size, no_fit);
  table.tops.assign(blocks_, no_fit);
  for (Index node = 0; node < compiled_.node_count(); ++node) {
    const std::int32_t score = scorer_.lasting(table.shape, table.taste, node);
    table.scores[node] = score;
    table.tops[node / block_size] = std::max(table.tops[node / block_size], score);
  }
  table.seen = scorer_.ledger().log_end();
}

void BlockIndex::refresh(Table& table) const {
  const Ledger& ledger = scorer_.ledger();
  if (table.seen < ledger.log_begin()) return rebuild(table);
  for (; table.seen < ledger.log_end(); ++table.seen) {
    if (!ledger.is_last(table.seen)) continue;
    const Index node = ledger.logged(table.seen);
    set(table, node, scorer_.lasting(table.shape, table.taste, node));
  }
}

void BlockIndex::set(Table& table, Index node, std::int32_t score) const {
  const std::size_t block = node / block_size;
  const std::int32_t old = table.scores[node];
  table.scores[node] = score;
  std::int32_t& top = table.tops[block];
  if (score >= top) {
    top = score;
  } else if (old == top) {
    const std::int32_t* first = &table.scores[block * block_size];
    std::int32_t highest = no_fit;
    for (std::size_t i = 0; i < block_size; ++i) highest = std::max(highest, first[i]);
    top = highest;
  }
}

std::size_t BlockIndex::offer(Query& query) {
  if (blocks_ == 0) return 0;
  for (const Tie& tie : compiled_.kind(query.job).ties) {
    if (tie.kind == TieKind::rather_together && !bonuses_.covers(tie.level) && tie.level != 0) {
      query.anywhere += scorer_.affinity_value(tie.weight);
    }
  }
  const std::int32_t* tops = query.table->tops.data();
  for (std::size_t b = 0; b < blocks_; ++b) {
    if (tops[b] == no_fit || query.open->word(b) == 0) {
      offers_[b] = closed;
      continue;
    }
    offers_[b] = tops[b] + query.anywhere;
  }
  for (std::size_t i = 0; i < bonuses_.size(); ++i) {
    const Pair* shared = shared_[bonuses_[i].level].data();
    const std::int64_t* values = bonuses_[i].values.data();
    for (std::size_t b = 0; b < blocks_; ++b) {
      offers_[b] += std::max(values[shared[b].one], values[shared[b].other]);
    }
  }
  return most_promising();
}

std::size_t BlockIndex::most_promising() const {
  std::size_t best = 0;
  for (std::size_t b = 1; b < blocks_; ++b) {
    if (offers_[b] < offers_[best]) continue;
    if (offers_[b] > offers_[best] || first_rank_[b] < first_rank_[best]) best = b;
  }
  return best;
}

bool BlockIndex::can_win(const Query& query, std::size_t block) const {
  if (offers_[block] < closed / 2) return false;
  if (query.best.node == nowhere || offers_[block] > query.best.score) return true;
  return offers_[block] == query.best.score && first_rank_[block] < compiled_.rank(query.best.node);
}

// The most that company can add to the score of one node.
std::int64_t BlockIndex::most_for(const Query& query, Index node) const {
  return query.anywhere + bonuses_.at(node);
}

// `bonus` is the most that company can add.
void BlockIndex::look_at(Query& query, Index node, std::int64_t bonus) {
  const std::int32_t lasting = query.table->scores[node];
  if (lasting == no_fit) return;
  const auto wins = [&](std::int64_t score) {
    if (query.best.node == nowhere || score > query.best.score) return true;
    return score == query.best.score && compiled_.rank(node) < compiled_.rank(query.best.node);
  };
  if (bonus < closed / 2 || !wins(lasting + bonus)) return;
  const std::int64_t score = lasting + scorer_.company(query.job, node);
  if (!wins(score) || !company_admits(scorer_.ledger(), query.job, node)) return;
  query.best = {node, score};
}

// Those who like to share a node with somebody: there are few such nodes, and all others need no
// allowance for it then.
void BlockIndex::look_at_partners(Query& query) {
  if (bonuses_.covers(0)) return;
  const Index own = compiled_.app(compiled_.job(query.job).app).first_counter;
  const Tallies& tallies = scorer_.ledger().tallies();
  for (const Tie& tie : compiled_.kind(query.job).ties) {
    if (tie.kind != TieKind::rather_together || tie.level != 0 || tie.app == nowhere) continue;
    const Index counter = tie.counter + (tie.own ? own : 0);
    for (const auto* at = tallies.begin(counter); at != tallies.end(counter); ++at) {
      const Index node = compiled_.by_name()[at->key];
      if (query.open->has(node)) look_at(query, node, -closed);
    }
  }
}

void BlockIndex::visit(Query& query, std::size_t block) {
  const std::int32_t top = query.table->tops[block];
  const std::int64_t bonus = offers_[block] - top;
  const std::int32_t* scores = &query.table->scores[block * block_size];
  const std::uint64_t open = query.open->word(block);
  const auto look = [&](std::uint64_t left) {
    for (; left != 0; left &= left - 1) {
      const auto node =
          static_cast<Index>(block * block_size) + static_cast<Index>(std::countr_zero(left));
      look_at(query, node, most_for(query, node));
    }
  };
  offers_[block] = closed;
  // The highest first: it mostly settles the others.
  look(open & at_least(scores, top));
  std::int32_t bound = no_fit + 1;
  if (query.best.node != nowhere) {
    bound = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(query.best.score - bonus, no_fit + 1, top));
  }
  if (bound < top) look(open & at_least(scores, bound) & ~at_least(scores, top));
}

Spot BlockIndex::best(Index job, Spot best) {
  const Kind& kind = compiled_.kind(job);
  Query query{job, &table(kind.shape, kind.taste), &compiled_.gates()[kind.gate].open, best};
  refresh(*query.table);
  bonuses_.collect(job);
  look_at_partners(query);
  // The most promising until there is one to beat; then whoever may still beat it.
  std::size_t top = offer(query);
  while (true) {
    if (blocks_ == 0 || !can_win(query, top)) return query.best;
    visit(query, top);
    if (query.best.node != nowhere) break;
    top = most_promising();
  }
  for (std::size_t b = 0; b < blocks_; ++b) {
    if (offers_[b] >= query.best.score && can_win(query, b)) visit(query, b);
  }
  return query.best;
}

std::size_t BlockIndex::bytes() const {
  std::size_t out = 0;
  for (const auto& [key, table] : tables_) {
    out += sizeof(Table) + (table->scores.capacity() + table->tops.capacity()) * sizeof(int);
  }
  return out;
}

}  // namespace paas::placement
