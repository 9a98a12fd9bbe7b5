#include "tests/bench/placement/course.hpp"

#include <algorithm>

namespace paas::bench {
namespace {

double percent_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

double ratio(std::int64_t a, std::int64_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

class Watch {
 public:
  explicit Watch(const World& world)
      : world_(world), there_(world.totals()), on_(world.nodes.size()) {}

  // One replica came, and got this node or none. Errors: the node cannot hold it.
  Result<void> saw(const Shape& shape, std::optional<std::size_t> node) {
    offered_.add(shape);
    if (node) {
      if (!fits(shape, *node))
        return fail(Errc::internal, "overbooked: " + world_.nodes[*node].name);
      taken_.add(shape);
    } else if (!failed_) {
      note_failure();
    }
    if (!half_ && offered_.cpu_milli * 2 >= there_.cpu_milli) {
      half_ = true;
      figures_.half_over_fluid = over_fluid();
    }
    return {};
  }

  bool full() const { return there_.card_milli > 0 && offered_.card_milli >= there_.card_milli; }

  Figures figures() {
    if (!failed_) note_failure();
    figures_.end_mean = (cpu() + memory()) / 2;
    figures_.cards_at_full = percent_of(taken_.card_milli, there_.card_milli);
    return figures_;
  }

 private:
  bool fits(const Shape& shape, std::size_t node) {
    Totals& here = on_[node];
    here.add(shape);
    const WorldNode& has = world_.nodes[node];
    return here.cpu_milli <= has.cpu_milli && here.memory_mib <= has.memory_mib &&
           here.card_milli <= std::int64_t{has.cards} * 1000;
  }
  double cpu() const { return percent_of(taken_.cpu_milli, there_.cpu_milli); }
  double memory() const { return percent_of(taken_.memory_mib, there_.memory_mib); }
  void note_failure() {
    failed_ = true;
    figures_.first_failure_cpu = cpu();
    figures_.first_failure_fuller = std::max(cpu(), memory());
  }
  double over_fluid() const {
    Totals used;
    for (std::size_t node = 0; node < on_.size(); ++node) {
      if (on_[node].cpu_milli > 0) used.add(world_.nodes[node]);
    }
    return std::min(ratio(used.cpu_milli, taken_.cpu_milli),
                    ratio(used.memory_mib, taken_.memory_mib));
  }

  const World& world_;
  const Totals there_;
  std::vector<Totals> on_;  // promised, by node
  Totals offered_, taken_;
  bool failed_ = false;
  bool half_ = false;
  Figures figures_;
};

}  // namespace

Result<Figures> run(const World& world, Placer& placer) {
  Watch watch(world);
  for (std::size_t arrival = 0; arrival < world.arrivals.size() && !watch.full(); ++arrival) {
    placer.begin(arrival);
    const Arrival& who = world.arrivals[arrival];
    for (int replica = 0; replica < who.replicas; ++replica) {
      TRY(watch.saw(world.shapes[who.shape], placer.place()));
    }
  }
  return watch.figures();
}

}  // namespace paas::bench
