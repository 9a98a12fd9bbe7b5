#include "libpaas/placement/ledger.hpp"

#include <algorithm>

namespace paas::placement {

std::uint32_t Tallies::count(Index counter, Index key) const {
  const Entry* first = begin(counter);
  const Entry* last = end(counter);
  first = std::lower_bound(first, last, key, [](const Entry& e, Index k) { return e.key < k; });
  return first != last && first->key == key ? first->count : 0;
}

void Tallies::add(Index counter, Index key) {
  Tally& tally = tallies_[counter];
  ++tally.total;
  Entry* first = pool_.data() + tally.first;
  Entry* last = first + tally.size;
  Entry* at = std::lower_bound(first, last, key, [](const Entry& e, Index k) { return e.key < k; });
  if (at != last && at->key == key) {
    ++at->count;
    return;
  }
  const auto position = static_cast<std::uint32_t>(at - first);
  if (tally.chunk == 0 || tally.size == 1U << (tally.chunk - 1)) grow(tally);
  first = pool_.data() + tally.first;
  std::copy_backward(first + position, first + tally.size, first + tally.size + 1);
  first[position] = {key, 1};
  ++tally.size;
}

void Tallies::remove(Index counter, Index key) {
  Tally& tally = tallies_[counter];
  --tally.total;
  Entry* first = pool_.data() + tally.first;
  Entry* last = first + tally.size;
  Entry* at = std::lower_bound(first, last, key, [](const Entry& e, Index k) { return e.key < k; });
  if (--at->count > 0) return;
  std::copy(at + 1, last, at);
  if (--tally.size == 0) {
    spare_[tally.chunk].push_back(tally.first);
    tally.first = tally.chunk = 0;
  }
}

void Tallies::grow(Tally& tally) {
  const std::uint32_t old = tally.first;
  const std::uint32_t chunk = tally.chunk + 1;
  if (spare_.size() <= chunk) spare_.resize(chunk + 1);
  if (spare_[chunk].empty()) {
    tally.first = static_cast<std::uint32_t>(pool_.size());
    pool_.resize(pool_.size() + (std::size_t{1} << (chunk - 1)));
  } else {
    tally.first = spare_[chunk].back();
    spare_[chunk].pop_back();
  }
  std::copy_n(pool_.data() + old, tally.size, pool_.data() + tally.first);
  if (tally.chunk > 0) spare_[tally.chunk].push_back(old);
  tally.chunk = chunk;
}

std::size_t Tallies::bytes() const {
  return tallies_.capacity() * sizeof(Tally) + pool_.capacity() * sizeof(Entry);
}

Ledger::Ledger(const Compiled& compiled)
    : compiled_(compiled),
      free_(compiled.node_count() * compiled.resource_count()),
      card_free_(compiled.card_types().size(), 1000),
      jobs_on_(compiled.node_count()),
      ports_(compiled.node_count()),
      used_(compiled.project_count() * compiled.resource_count()),
      last_change_(compiled.node_count()) {
  for (Index n = 0; n < compiled.node_count(); ++n) {
    std::copy_n(compiled.capacity(n), compiled.resource_count(),
                free_.data() + n * compiled.resource_count());
    for (const int port : compiled.node(n).ports_taken) {
      ports_[n].push_back(static_cast<std::uint16_t>(port));
    }
    std::sort(ports_[n].begin(), ports_[n].end());
  }
  tallies_.resize(compiled.counter_count());
}

bool Ledger::port_taken(Index node, std::uint16_t port) const {
  return std::binary_search(ports_[node].begin(), ports_[node].end(), port);
}

bool Ledger::within_quota(Index job) const {
  const Index project = compiled_.kind(job).project;
  const Amount* limits = compiled_.quota(project);
  if (limits == nullptr) return true;
  const auto& needs = compiled_.shape(job).needs;
  return std::all_of(needs.begin(), needs.end(), [&](const Need& need) {
    const Amount limit = limits[need.resource];
    return limit < 0 || used(project, need.resource) + need.amount <= limit;
  });
}

std::optional<Cards> Ledger::cards_for(const Shape& shape, Index node) const {
  Cards out;
  const Index first = compiled_.first_card(node);
  const Index last = compiled_.end_card(node);
  const auto left = [&](Index card) {
    int milli = card_free_[card];
    for (const CardShare& share : out) milli -= share.card == card ? share.milli : 0;
    return milli;
  };
  for (const CardWant& want : shape.cards) {
    for (int i = 0; i < want.count; ++i) {
      Index best = nowhere;
      int best_left = 1001;
      for (Index card = first; card < last; ++card) {
        if (want.types[compiled_.card_types()[card]] == 0) continue;
        const int milli = left(card);
        if (milli < want.share_milli || milli >= best_left) continue;
        best = card;
        best_left = milli;
      }
      if (best == nowhere) return std::nullopt;
      out.push_back({best, want.share_milli});
    }
  }
  return out;
}

void Ledger::take(Index job, Index node, const Cards& cards) {
  book(job, node, cards, 1);
  const auto& ports = compiled_.kind(job).ports;
  for (const std::uint16_t port : ports) {
    auto& taken = ports_[node];
    taken.insert(std::lower_bound(taken.begin(), taken.end(), port), port);
  }
  count(job, node, true);
}

void Ledger::give_back(Index job, Index node, const Cards& cards) {
  book(job, node, cards, -1);
  const auto& ports = compiled_.kind(job).ports;
  for (const std::uint16_t port : ports) {
    auto& taken = ports_[node];
    taken.erase(std::lower_bound(taken.begin(), taken.end(), port));
  }
  count(job, node, false);
}

void Ledger::book(Index job, Index node, const Cards& cards, int sign) {
  const Kind& kind = compiled_.kind(job);
  Amount* row = free_.data() + node * compiled_.resource_count();
  Amount* project = used_.data() + kind.project * compiled_.resource_count();
  for (const Need& need : compiled_.shapes()[kind.shape].needs) {
    row[need.resource] -= sign * need.amount;
    project[need.resource] += sign * need.amount;
  }
  for (const CardShare& share : cards) card_free_[share.card] -= sign * share.milli;
  jobs_on_[node] += static_cast<std::uint32_t>(sign);
  last_change_[node] = log_end();
  log_.push_back(node);
  // Whoever is behind by more than all nodes twice over starts afresh for less.
  const std::size_t most = std::max<std::size_t>(4 * compiled_.node_count(), 1024);
  if (log_.size() <= most) return;
  log_.erase(log_.begin(), log_.begin() + static_cast<std::ptrdiff_t>(most / 2));
  forgotten_ += most / 2;
}

void Ledger::count(Index job, Index node, bool add) {
  const auto each = [&](Index counter, Index level) {
    const Index domain = compiled_.levels()[level].domain_of[node];
    if (domain == nowhere) return;
    if (add) {
      tallies_.add(counter, domain);
    } else {
      tallies_.remove(counter, domain);
    }
  };
  const App& app = compiled_.app(compiled_.job(job).app);
  Index counter = app.first_counter;
  for (const Index level : compiled_.layouts()[app.layout]) each(counter++, level);
  for (const auto& [own, level] : compiled_.kind(job).fed) each(own, level);
}

std::size_t Ledger::bytes() const {
  std::size_t out = free_.capacity() * sizeof(Amount) + card_free_.capacity() * sizeof(int) +
                    jobs_on_.capacity() * sizeof(std::uint32_t) + log_.capacity() * sizeof(Index) +
                    last_change_.capacity() * sizeof(std::uint64_t) + tallies_.bytes();
  for (const auto& ports : ports_) out += sizeof(ports) + ports.capacity() * sizeof(ports[0]);
  return out;
}

}  // namespace paas::placement
