#include "libpaas/placement/potential.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace paas::placement {
namespace {

constexpr int best_of = 24;                  // a node gets the best of so many arrivals
constexpr int price_doublings = 3;           // price: load beside the highest, to the eighth power
constexpr std::size_t most_groups = 128;     // of shapes, after merging
constexpr std::int64_t open_flat = 20972;    // 0.02 of a mean node, for opening any
constexpr std::int64_t open_size = 10486;    // 0.01 for each mean node of size
constexpr std::int64_t card_weight = 19661;  // 0.30, in 2^-16: a lost card beside a mean node
constexpr std::int64_t card_step = 40;       // unusable cards count in steps of so many thousandths
constexpr std::int64_t one_q30 = std::int64_t{1} << 30;

// The probability that none of best_of arrivals does what one fails to do with probability q.
std::int64_t none_of_all(std::int64_t q) {
  std::int64_t out = one_q30;
  for (int n = best_of; n > 0; n >>= 1, q = q * q >> 30) {
    if ((n & 1) != 0) out = out * q >> 30;
  }
  return out;
}

}  // namespace

Potential::Potential(const Compiled& compiled, const Mix& mix)
    : compiled_(&compiled),
      resources_(static_cast<Index>(compiled.resource_count() + 1)),
      shift_(resources_),
      biggest_(resources_),
      price_(resources_),
      unit_(resources_) {
  prices(mix);
  for (int axis = 0; axis < 2; ++axis) coarse_[axis] = shift_[axis_[axis]];
  scale_[0] = (grid << 32) / std::max<Amount>(biggest_[axis_[0]], 1);
  scale_[1] = (grid << 32) / std::max<Amount>(biggest_[axis_[1]], 1);
  tabulate(mix);
  openings();
  choose_card_shapes(mix);
}

Amount Potential::needed(const Shape& shape, Index resource) const {
  Amount out = 0;
  if (resource + 1 == resources_) {
    for (const CardWant& want : shape.cards) out += Amount{want.count} * want.share_milli;
  }
  for (const Need& need : shape.needs) {
    if (need.resource == resource) out = need.amount;
  }
  return out;
}

Amount Potential::available(Index node, Index resource) const {
  if (resource + 1 < resources_) return compiled_->capacity(node)[resource];
  return (Amount{compiled_->end_card(node)} - compiled_->first_card(node)) * 1000;
}

void Potential::prices(const Mix& mix) {
  const auto nodes = static_cast<Amount>(std::max<std::size_t>(compiled_->node_count(), 1));
  std::vector<std::int64_t> load(resources_), mean(resources_);
  std::int64_t top = 1;
  for (Index r = 0; r < resources_; ++r) {
    for (Index n = 0; n < compiled_->node_count(); ++n) {
      biggest_[r] = std::max(biggest_[r], available(n, r));
    }
    while (biggest_[r] >> shift_[r] >= Amount{1} << 30) ++shift_[r];
    biggest_[r] >>= shift_[r];
    Amount total = 0;
    for (Index n = 0; n < compiled_->node_count(); ++n) total += available(n, r) >> shift_[r];
    mean[r] = std::max<Amount>(total / nodes, 1);
    Amount want = 0;
    for (const auto& [shape, count] : mix) {
      // What fits nowhere makes nothing scarce.
      const Amount need = needed(shape, r) >> shift_[r];
      if (need <= biggest_[r]) want += need * count;
    }
    for (; want >= Amount{1} << 38; want >>= 1) total >>= 1;
    if (total > 0) load[r] = std::min((want << 24) / total, std::int64_t{1} << 46);
    top = std::max(top, load[r]);
  }
  for (Index r = 0; r < resources_; ++r) {
    std::int64_t price = (load[r] << 16) / top;
    for (int i = 0; i < price_doublings; ++i) price = price * price >> 16;
    price_[r] = price;
    unit_[r] = (price << 24) / mean[r];
  }
  std::vector<Index> order(resources_);
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return price_[a] > price_[b]; });
  const Index second = order.size() > 1 ? order[1] : order[0];
  axis_[0] = std::min(order[0], second);
  axis_[1] = std::max(order[0], second);
}

// 2^20 is a mean node's worth.
std::int64_t Potential::value(Index resource, Amount amount) const {
  return unit_[resource] * amount >> 20;
}

std::vector<Potential::Group> Potential::groups(const Mix& mix) const {
  std::int64_t all = 0;
  for (const auto& [shape, count] : mix) all += count;
  int coarsen = 0;
  while (all >> coarsen >= std::int64_t{1} << 32) ++coarsen;
  // Shapes in one quarter of a cell are one; in more, while there are too many.
  for (int shift = 10;; ++shift) {
    std::map<std::pair<std::int64_t, std::int64_t>, Group> merged;
    for (const auto& [shape, whole] : mix) {
      const std::int64_t count = std::max<std::int64_t>(whole >> coarsen, whole > 0 ? 1 : 0);
      const Amount x = needed(shape, axis_[0]);
      const Amount y = needed(shape, axis_[1]);
      if (count == 0 || x >> shift_[axis_[0]] > biggest_[axis_[0]] ||
          y >> shift_[axis_[1]] > biggest_[axis_[1]]) {
        continue;
      }
      Group& group = merged[{cell(x, 0) >> shift, cell(y, 1) >> shift}];
      group.count += count;
      group.x += count * (x >> shift_[axis_[0]]);
      group.y += count * (y >> shift_[axis_[1]]);
    }
    if (merged.size() > most_groups && shift < 18) continue;
    std::vector<Group> out;
    for (auto& [key, group] : merged) {
      group.x /= group.count;
      group.y /= group.count;
      group.cells_x = group.x * scale_[0] >> 20;
      group.cells_y = group.y * scale_[1] >> 20;
      // A step takes at least one cell, so that the table can be filled in order.
      const std::int64_t most = std::max<std::int64_t>({group.cells_x, group.cells_y, 1});
      if (most < 4096) {
        group.cells_x = (group.cells_x << 12) / most;
        group.cells_y = (group.cells_y << 12) / most;
        if (group.cells_x == 0 && group.cells_y == 0) continue;  // takes nothing of either
      }
      out.push_back(group);
    }
    return out;
  }
}

// What W says of a node, once the wastes of all arrivals are known: `order` is by waste, rising,
// and ends with those that do not fit, after which all is wasted.
std::int64_t Potential::expected_waste(const std::vector<Group*>& order, std::int64_t count,
                                       std::int64_t all_of_it) {
  std::int64_t out = 0;
  std::int64_t left = count;
  std::int64_t none = one_q30;  // the probability that none was so good yet
  for (const Group* group : order) {
    if (group->waste == does_not_fit || none == 0) break;
    left -= group->count;
    const std::int64_t still_none = none_of_all((left << 30) / count);
    out += group->waste * (none - still_none);
    none = still_none;
  }
  out += std::min<std::int64_t>(all_of_it, INT32_MAX) * none;
  return std::min<std::int64_t>(out >> 30, INT32_MAX);
}

void Potential::tabulate(const Mix& mix) {
  std::vector<Group> all = groups(mix);
  std::int64_t count = 0;
  std::vector<Group*> order;
  for (Group& group : all) {
    count += group.count;
    order.push_back(&group);
  }
  count = std::max<std::int64_t>(count, 1);
  table_.assign(static_cast<std::size_t>(side * side), 0);
  const Lookup so_far = lookup();
  const auto rest = [](std::int64_t corner, std::int64_t step) {
    const std::int64_t left = (corner << 12) - step;
    return left > 0 ? left : 0;
  };
  for (std::int64_t i = 0; i <= grid; ++i) {
    const Amount x = biggest_[axis_[0]] * i / grid;
    for (std::int64_t j = 0; j <= grid; ++j) {
      const Amount y = biggest_[axis_[1]] * j / grid;
      // Sorted by insertion: from one corner to the next little changes.
      for (std::size_t n = 0; n < order.size(); ++n) {
        Group* group = order[n];
        const bool fits = group->x <= x && group->y <= y;
        group->waste =
            fits ? so_far.at(rest(i, group->cells_x), rest(j, group->cells_y)) : does_not_fit;
        std::size_t at = n;
        for (; at > 0 && order[at - 1]->waste > group->waste; --at) order[at] = order[at - 1];
        order[at] = group;
      }
      const std::int64_t all_of_it =
          value(axis_[0], x) + (axis_[0] == axis_[1] ? 0 : value(axis_[1], y));
      table_[static_cast<std::size_t>(i * side + j)] =
          static_cast<std::int32_t>(expected_waste(order, count, all_of_it));
    }
  }
}

void Potential::openings() {
  const std::int64_t prices =
      std::max<std::int64_t>(std::accumulate(price_.begin(), price_.end(), std::int64_t{0}), 1);
  for (Index n = 0; n < compiled_->node_count(); ++n) {
    std::int64_t size = 0;
    for (Index r = 0; r < resources_; ++r) size += value(r, available(n, r) >> shift_[r]);
    size = std::min(size, std::int64_t{1} << 40);
    opening_.push_back(open_flat + (((size << 16) / prices * open_size) >> 20));
  }
}

void Potential::choose_card_shapes(const Mix& mix) {
  if (compiled_->card_types().empty()) return;
  Amount all = 0;
  bool wanted = false;
  for (const auto& [shape, count] : mix) {
    all += count;
    wanted = wanted || (!shape.cards.empty() && count > 0);
  }
  if (!wanted) return;
  Mix order = mix;
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (auto& [shape, count] : order) {  // the most frequent, up to 95 of 100
    if (card_weight_ >= all / 100 * 95 + all % 100 * 95 / 100) break;
    card_weight_ += count;
    card_shapes_.emplace_back(std::move(shape), count);
  }
}

std::int64_t Potential::unusable_cards(Index node, const Amount* free, const int* left) const {
  const Index first = compiled_->first_card(node);
  const Index count = compiled_->end_card(node) - first;
  std::int64_t all = 0;
  for (Index i = 0; i < count; ++i) all += left[i];
  if (all == 0) return 0;
  std::int64_t out = 0;
  for (const auto& [shape, weight] : card_shapes_) {
    bool fits = !shape.cards.empty();
    for (const Need& need : shape.needs) fits = fits && free[need.resource] >= need.amount;
    std::int64_t lost = 0;
    if (fits) {
      const CardWant& want = shape.cards.front();
      int cards = 0;
      for (Index i = 0; i < count; ++i) {
        const bool will_do =
            want.types[compiled_->card_types()[first + i]] != 0 && left[i] >= want.share_milli;
        if (will_do) {
          ++cards;
        } else {
          lost += left[i];
        }
      }
      fits = cards >= want.count;
    }
    out += weight * (fits ? lost : all);
  }
  return out;
}

std::int64_t Potential::cards_value(std::int64_t change) const {
  const std::int64_t step = std::max<std::int64_t>(card_weight_, 1) * card_step;
  const std::int64_t steps = change >= 0 ? (change + step - 1) / step : -(-change / step);
  return steps * card_step * card_weight * 16 / 1000;
}

std::string constants_of_the_rule() {
  return "best of " + std::to_string(best_of) + " arrivals, price to the power of " +
         std::to_string(1 << price_doublings) + ", grid of " + std::to_string(Potential::grid) +
         ", at most " + std::to_string(most_groups) +
         " shapes; of a million parts of a mean node: opening " +
         std::to_string(open_flat * 1'000'000 >> 20) + " and " +
         std::to_string(open_size * 1'000'000 >> 20) + " for each mean node of size, a lost card " +
         std::to_string(card_weight * 1'000'000 >> 16) + " in steps of " +
         std::to_string(card_step) + " thousandths";
}

}  // namespace paas::placement
