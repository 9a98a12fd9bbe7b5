#include "libpaas/placement/frontier.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <tuple>

namespace paas::placement {
namespace {

// Divides classes further, so that nodes of one class have equal values. Gives how many there are.
template <class Value>
std::size_t refine(std::vector<Index>& class_of, Value value) {
  std::map<std::pair<Index, decltype(value(Index{}))>, Index> classes;
  for (Index node = 0; node < class_of.size(); ++node) {
    const auto next = static_cast<Index>(classes.size());
    class_of[node] = classes.try_emplace({class_of[node], value(node)}, next).first->second;
  }
  return classes.size();
}

}  // namespace

Frontier::Frontier(const Scorer& scorer, const Bonuses& bonuses, std::size_t most_groups)
    : scorer_(scorer),
      compiled_(scorer.compiled()),
      bonuses_(bonuses),
      least_(compiled_.resource_count(), most_amount),
      let_in_(compiled_.gates().size()) {
  for (const Shape& shape : compiled_.shapes()) {
    std::vector<Amount> needs(least_.size());
    for (const Need& need : shape.needs) needs[need.resource] = need.amount;
    for (std::size_t r = 0; r < least_.size(); ++r) least_[r] = std::min(least_[r], needs[r]);
  }
  if (!divide(most_groups)) return;
  number_places();
  file_all();
}

// False if there are no nodes, or too many groups.
bool Frontier::divide(std::size_t most_groups) {
  const std::size_t nodes = compiled_.node_count();
  if (nodes == 0) return false;
  std::vector<Index> classes(nodes);
  for (Index r = 0; r < compiled_.resource_count(); ++r) {
    refine(classes, [&](Index node) { return compiled_.capacity(node)[r]; });
  }
  refine(classes, [&](Index node) {
    const auto* cards = compiled_.card_types().data();
    return std::vector<Index>(cards + compiled_.first_card(node), cards + compiled_.end_card(node));
  });
  breed_of_ = classes;
  for (const Taste& taste : compiled_.tastes()) {
    if (std::equal(taste.liking.begin() + 1, taste.liking.end(), taste.liking.begin())) continue;
    if (refine(classes, [&](Index node) { return taste.liking[node]; }) > most_groups) return false;
  }
  for (Index level = 0; level < compiled_.levels().size(); ++level) {
    if (!bonuses_.covers(level)) continue;
    const auto count = refine(classes, [&](Index node) { return bonuses_.place(level, node); });
    if (count > most_groups) return false;
  }
  group_of_ = std::move(classes);
  return true;
}

void Frontier::number_places() {
  std::vector<Index> nodes = compiled_.by_name();
  std::stable_sort(nodes.begin(), nodes.end(), [&](Index a, Index b) {
    return std::pair(breed_of_[a], group_of_[a]) < std::pair(breed_of_[b], group_of_[b]);
  });
  place_of_.resize(nodes.size());
  open_at_.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == 0 || group_of_[nodes[i]] != group_of_[nodes[i - 1]]) {
      node_at_.resize((node_at_.size() + 63) / 64 * 64, nobody);
      groups_.push_back({node_at_.size() / 64, 0, breed_of_[nodes[i]]});
    }
    place_of_[nodes[i]] = static_cast<Index>(node_at_.size());
    node_at_.push_back(nodes[i]);
    groups_.back().end_word = (node_at_.size() + 63) / 64;
  }
  node_at_.resize((node_at_.size() + 63) / 64 * 64, nobody);
}

bool Frontier::may_take_something(Index node) const {
  const Amount* free = scorer_.ledger().free(node);
  for (std::size_t r = 0; r < least_.size(); ++r) {
    if (least_[r] > 0 && free[r] < least_[r]) return false;
  }
  return true;
}

void Frontier::file_all() {
  if (!grouped()) return;
  untouched_.assign(node_at_.size() / 64, 0);
  open_ = {};
  open_.let_in.resize((compiled_.gates().size() + 63) / 64);
  std::fill(open_at_.begin(), open_at_.end(), nobody);
  for (Index node = 0; node < compiled_.node_count(); ++node) file(node);
}

void Frontier::file(Index node) {
  if (!grouped()) return;
  const Index place = place_of_[node];
  const std::uint64_t bit = std::uint64_t{1} << (place % 64);
  if (scorer_.ledger().jobs_on(node) == 0) {
    untouched_[place / 64] |= bit;
    return close(node);
  }
  untouched_[place / 64] &= ~bit;
  if (!may_take_something(node)) return close(node);
  if (open_at_[node] == nobody) {
    open_at_[node] = static_cast<Index>(open_.size());
    open_.node.push_back(node);
    open_.x.push_back(0);
    open_.y.push_back(0);
    open_.waste.push_back(0);
    note_gates(node);
  }
  const Index at = open_at_[node];
  const Scorer::Axes free = scorer_.free_axes(node);
  open_.x[at] = free.x;
  open_.y[at] = free.y;
  open_.waste[at] = scorer_.fit().waste(free);
}

void Frontier::note_gates(Index node) {
  const std::vector<Gate>& gates = compiled_.gates();
  for (std::size_t word = 0; word < open_.let_in.size(); ++word) {
    std::uint64_t let_in = 0;
    for (std::size_t g = word * 64; g < std::min(gates.size(), word * 64 + 64); ++g) {
      let_in |= std::uint64_t{gates[g].open.has(node)} << (g % 64);
    }
    open_.let_in[word].push_back(let_in);
  }
}

void Frontier::close(Index node) {
  const Index at = open_at_[node];
  if (at == nobody) return;
  open_at_[open_.node.back()] = at;
  open_at_[node] = nobody;
  const auto take_last = [at](auto& values) {
    values[at] = values.back();
    values.pop_back();
  };
  take_last(open_.node);
  take_last(open_.x);
  take_last(open_.y);
  take_last(open_.waste);
  for (auto& words : open_.let_in) take_last(words);
}

Index Frontier::some_untouched(const Group& group) const {
  for (std::size_t w = group.first_word; w < group.end_word; ++w) {
    if (untouched_[w] == 0) continue;
    return node_at_[w * 64 + static_cast<std::size_t>(std::countr_zero(untouched_[w]))];
  }
  return nowhere;
}

Index Frontier::next_untouched(const Group& group, Index gate, Index behind) {
  const std::vector<std::uint64_t>& admitted = let_in(gate);
  std::size_t word = group.first_word;
  std::uint64_t mask = ~std::uint64_t{0};
  if (behind != nowhere) {
    word = place_of_[behind] / 64;
    mask = ~std::uint64_t{1} << (place_of_[behind] % 64);
  }
  for (; word < group.end_word; ++word, mask = ~std::uint64_t{0}) {
    const std::uint64_t left = untouched_[word] & admitted[word] & mask;
    if (left != 0) return node_at_[word * 64 + static_cast<std::size_t>(std::countr_zero(left))];
  }
  return nowhere;
}

const std::vector<std::uint64_t>& Frontier::let_in(Index gate) {
  std::vector<std::uint64_t>& out = let_in_[gate];
  if (!out.empty()) return out;
  out.resize(untouched_.size());
  const NodeSet& open = compiled_.gates()[gate].open;
  for (Index node = 0; node < compiled_.node_count(); ++node) {
    if (!open.has(node)) continue;
    out[place_of_[node] / 64] |= std::uint64_t{1} << (place_of_[node] % 64);
  }
  return out;
}

std::size_t Frontier::bytes() const {
  std::size_t out = open_.node.capacity() * (sizeof(Index) + 3 * sizeof(Amount)) +
                    groups_.capacity() * sizeof(Group) +
                    untouched_.capacity() * sizeof(std::uint64_t);
  for (const auto* list : {&group_of_, &breed_of_, &place_of_, &node_at_, &open_at_}) {
    out += list->capacity() * sizeof(Index);
  }
  for (const auto& words : let_in_) out += words.capacity() * sizeof(std::uint64_t);
  return out;
}

}  // namespace paas::placement
