#include "tests/bench/placement/rules.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

namespace paas::bench {
namespace {

double part(std::int64_t amount, std::int64_t of) {
  return of == 0 ? 0 : static_cast<double>(amount) / static_cast<double>(of);
}

struct Parts {
  double cpu, memory;
};
Parts free_parts(const WorldNode& node, const Free& free) {
  return {part(free.cpu_milli, node.cpu_milli), part(free.memory_mib, node.memory_mib)};
}

// The expected unusable part of what is free.
class Fragmentation {
 public:
  explicit Fragmentation(const World& world) {
    std::vector<std::int64_t> counts = world.expected;
    if (counts.empty()) {
      counts.resize(world.shapes.size());
      for (const Arrival& arrival : world.arrivals) counts[arrival.shape] += arrival.replicas;
    }
    std::vector<std::size_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
    const double all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0LL));
    double covered = 0;
    for (const std::size_t shape : order) {
      if (covered >= 0.95 * all) break;
      covered += static_cast<double>(counts[shape]);
      typical_.emplace_back(world.shapes[shape], static_cast<double>(counts[shape]));
    }
    for (auto& [shape, weight] : typical_) weight /= covered;
  }

  // Thousandths of cards.
  double of_cards(const WorldNode& node, const Free& free) const {
    const double all = static_cast<double>(free.all_cards());
    if (all == 0) return 0;
    double out = 0;
    for (const auto& [shape, weight] : typical_) {
      out += weight * (shape.cards == 0 || !fits(shape, node, free)
                           ? all
                           : static_cast<double>(too_small(shape, free)));
    }
    return out;
  }

  // Parts of the node, of CPU and memory together.
  double of_amounts(const WorldNode& node, const Free& free) const {
    const Parts left = free_parts(node, free);
    double out = 0;
    for (const auto& [shape, weight] : typical_) {
      if (!fits(shape, node, free)) out += weight * (left.cpu + left.memory);
    }
    return out;
  }

 private:
  static int too_small(const Shape& shape, const Free& free) {
    int out = 0;
    for (const int card : free.card_milli) out += card < shape.share_milli ? card : 0;
    return out;
  }

  std::vector<std::pair<Shape, double>> typical_;
};

}  // namespace

Free Free::all_of(const WorldNode& node) {
  Free out{node.cpu_milli, node.memory_mib, node.cards};
  std::fill_n(out.card_milli.begin(), node.cards, 1000);
  return out;
}

std::int64_t Free::all_cards() const {
  return std::accumulate(card_milli.begin(), card_milli.end(), std::int64_t{0});
}

bool fits(const Shape& shape, const WorldNode& node, const Free& free) {
  if (free.cpu_milli < shape.cpu_milli || free.memory_mib < shape.memory_mib) return false;
  if (shape.cards == 0) return true;
  // The freest come first.
  if (free.cards < shape.cards) return false;
  if (free.card_milli[static_cast<std::size_t>(shape.cards) - 1] < shape.share_milli) return false;
  return shape.models.empty() ||
         std::find(shape.models.begin(), shape.models.end(), node.model) != shape.models.end();
}

Free less(const Free& free, const Shape& shape, int card) {
  Free out = free;
  out.cpu_milli -= shape.cpu_milli;
  out.memory_mib -= shape.memory_mib;
  if (shape.cards == 0) return out;
  auto* const first = out.card_milli.begin() + (shape.cards == 1 ? card : 0);
  std::for_each(first, first + shape.cards, [&](int& milli) { milli -= shape.share_milli; });
  std::sort(out.card_milli.begin(), out.card_milli.end(), std::greater<>());
  return out;
}

PeerRule first_fit() {
  return {"first fit", [](const PeerRule::Look&) { return 0.0; }};
}

PeerRule best_fit() {
  return {"best fit", [](const PeerRule::Look& look) {
            if (look.node.cards > 0) {
              const double left =
                  part(look.after.cpu_milli, 128'000) / 2 + part(look.after.all_cards(), 8'000) / 2;
              return std::trunc(100 * (1 - left));
            }
            const Parts left = free_parts(look.node, look.after);
            return -(left.cpu + left.memory);
          }};
}

PeerRule nomad(bool anti_affinity, bool sampled) {
  std::string name = "Nomad bin-pack";
  if (anti_affinity) name += " + anti-affinity";
  if (sampled) name += ", log2 n candidates";
  return {name,
          [](const PeerRule::Look& look) {
            const Parts left = free_parts(look.node, look.after);
            const double fit = 20 - std::pow(10, left.cpu) - std::pow(10, left.memory);
            return std::clamp(fit, 0.0, 18.0) / 18;
          },
          false, anti_affinity, sampled};
}

PeerRule kubernetes(bool older) {
  return {older ? "Kubernetes 1.20" : "Kubernetes", [older](const PeerRule::Look& look) {
            const Parts left = free_parts(look.node, look.after);
            const double apart = std::fabs(left.cpu - left.memory);
            return (left.cpu + left.memory) / 2 + 1 - (older ? apart : apart / 2);
          }};
}

PeerRule fgd(const World& world) {
  const auto lost = std::make_shared<const Fragmentation>(world);
  return {"FGD",
          [lost](const PeerRule::Look& look) {
            if (look.node.cards == 0)
              return lost->of_amounts(look.node, look.before) -
                     lost->of_amounts(look.node, look.after);
            const double gain =
                lost->of_cards(look.node, look.before) - lost->of_cards(look.node, look.after);
            return std::trunc(100 / (1 + std::exp(-gain / 1000)));
          },
          true};
}

}  // namespace paas::bench
