#include "tests/bench/placement/peers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace paas::bench {

PeerPlacer::PeerPlacer(const World& world, const PeerRule& rule, std::uint64_t seed)
    : world_(world),
      rule_(rule),
      random_(seed),
      replicas_on_(world.nodes.size()),
      order_(world.nodes.size()) {
  std::map<std::tuple<std::int64_t, std::int64_t, int, std::string>, std::size_t> makes;
  for (std::size_t i = 0; i < world.nodes.size(); ++i) {
    const WorldNode& node = world.nodes[i];
    const std::size_t make =
        makes.try_emplace({node.cpu_milli, node.memory_mib, node.cards, node.model}, i)
            .first->second;
    state_of_.push_back(number_of({make, Free::all_of(node)}));
  }
}

std::size_t PeerPlacer::number_of(const State& state) {
  const auto [found, is_new] = numbers_.try_emplace(state, states_.size());
  if (is_new) {
    states_.push_back(state);
    offers_.emplace_back();
  }
  return found->second;
}

PeerPlacer::Offer PeerPlacer::judged(const State& state, const Shape& shape) const {
  const WorldNode& node = world_.nodes[state.make];
  Offer out;
  out.is = Offer::Is::none;
  if (!fits(shape, node, state.free)) return out;
  const int cards = shape.cards == 1 ? state.free.cards : 1;
  for (int card = 0; card < cards; ++card) {
    const auto milli = [&](int which) {
      return state.free.card_milli[static_cast<std::size_t>(which)];
    };
    if (shape.cards == 1) {
      if (milli(card) < shape.share_milli) break;
      const bool same_follows = card + 1 < cards && milli(card + 1) == milli(card);
      const bool other_follows = card + 1 < cards && milli(card + 1) >= shape.share_milli;
      if (rule_.cards_by_score ? same_follows : other_follows) continue;
    }
    const Free after = less(state.free, shape, card);
    // Equals stay equal, whatever the rounding of their floats.
    const double score = std::round(rule_.score({node, state.free, after}) * 1e9);
    if (out.is == Offer::Is::good && score <= out.score) continue;
    out = {score, card, Offer::Is::good};
  }
  return out;
}

const PeerPlacer::Offer& PeerPlacer::offer(std::size_t node) {
  std::vector<Offer>& row = offers_[state_of_[node]];
  if (row.empty()) row.resize(world_.shapes.size());
  Offer& out = row[who_->shape];
  if (out.is == Offer::Is::unknown)
    out = judged(states_[state_of_[node]], world_.shapes[who_->shape]);
  return out;
}

double PeerPlacer::score(std::size_t node, const Offer& offer) const {
  const int there = replicas_on_[node];
  const double score = offer.score / 1e9;
  if (!rule_.anti_affinity || there == 0) return score;
  return (score - (there + 1.0) / who_->replicas) / 2;
}

void PeerPlacer::begin(std::size_t arrival) {
  who_ = &world_.arrivals[arrival];
  for (const std::size_t node : touched_) replicas_on_[node] = 0;
  touched_.clear();
  if (!rule_.sampled) return;
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  shuffle(order_, random_);
  next_ = 0;
}

std::optional<std::size_t> PeerPlacer::best_of_all() {
  std::optional<std::size_t> out;
  double best = 0;
  for (std::size_t node = 0; node < world_.nodes.size(); ++node) {
    const Offer& here = offer(node);
    if (here.is != Offer::Is::good) continue;
    const double value = score(node, here);
    if (out && value <= best) continue;
    out = node;
    best = value;
  }
  return out;
}

std::optional<std::size_t> PeerPlacer::best_of_sample() {
  constexpr std::size_t most_put_off = 3;
  const std::size_t limit =
      std::max<std::size_t>(2, static_cast<std::size_t>(std::bit_width(order_.size() - 1)));
  std::vector<std::size_t> put_off;
  std::optional<std::size_t> out;
  double best = 0;
  std::size_t seen = 0;
  const auto consider = [&](std::size_t node) {
    ++seen;
    const double value = score(node, offer(node));
    if (out && value <= best) return;
    out = node;
    best = value;
  };
  for (std::size_t i = 0; i < order_.size() && seen < limit; ++i) {
    const std::size_t node = order_[next_];
    next_ = (next_ + 1) % order_.size();
    const Offer& here = offer(node);
    if (here.is != Offer::Is::good) continue;
    if (put_off.size() < most_put_off && score(node, here) <= 0) {
      put_off.push_back(node);
    } else {
      consider(node);
    }
  }
  for (std::size_t i = 0; i < put_off.size() && seen < limit; ++i) consider(put_off[i]);
  return out;
}

std::optional<std::size_t> PeerPlacer::place() {
  const auto node = rule_.sampled ? best_of_sample() : best_of_all();
  if (!node) return {};
  const int card = offer(*node).card;
  const State& before = states_[state_of_[*node]];
  state_of_[*node] = number_of({before.make, less(before.free, world_.shapes[who_->shape], card)});
  if (replicas_on_[*node]++ == 0) touched_.push_back(*node);
  return node;
}

}  // namespace paas::bench
