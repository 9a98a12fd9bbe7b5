#include "libpaas/placement/reassign/search.hpp"

#include <algorithm>
#include <cstddef>

#include "libpaas/placement/reassign/state.hpp"

namespace paas::placement::reassign {
namespace {

// splitmix64
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // REQUIRES: 0 < n <= 2^32.
  Place below(std::size_t n) { return static_cast<Place>(((next() >> 32) * n) >> 32); }

 private:
  std::uint64_t state_;
};

constexpr Number hottest = Number{1} << 38;  // so that its product with a 24 bit share fits
constexpr int samples = 20'000;
constexpr std::uint64_t swap_share = 90;   // of 128 changes: exchanges; the others are shifts
constexpr Number cooling = 64;             // each step takes a 64th
constexpr int coldest_shift = 14;          // the last temperature, in halves of the first
constexpr Number first_pull = 16;          // of home, in load costs of what would be held there
constexpr std::int64_t cool_percent = 30;  // of the work; the rest is for a few machines each
constexpr Place most_together = 6;         // machines that are improved together
constexpr int candidates = 5;              // of which the worst machine is taken
constexpr std::int64_t least_round = 500;  // changes judged on a few machines
constexpr int round_steps = 10;

// Simulated annealing: first on all machines, from a temperature of the order of what changes cost;
// then on a few machines at a time, of which one may begin with a process squeezed in.
class Search {
 public:
  Search(const Instance& instance, const Options& options)
      : state_(instance), chance_(options.seed), most_work_(options.work) {
    for (const Process& process : instance.processes) {
      Number held = 0;
      for (std::size_t r = 0; r < instance.resources.size(); ++r) {
        const Resource& resource = instance.resources[r];
        if (resource.transient) held += resource.load_weight * process.needs[r];
      }
      held_.push_back(held);
    }
    out_.start_cost = state_.cost();
    keep();
  }

  Outcome run() {
    if (state_.machines() > 1 && state_.processes() > 0) {
      measure();
      cool();
      recall();
      while (work_ < most_work_) improve_some();
      keep();
    }
    out_.work = work_;
    return std::move(out_);
  }

 private:
  void keep() {
    if (out_.placement.empty() || state_.cost() < out_.cost) {
      out_.cost = state_.cost();
      out_.placement = state_.placement();
    }
  }

  void recall() {
    std::vector<State::Seat> seats;
    std::vector<Place> machines;
    for (Place p = 0; p < state_.processes(); ++p) seats.push_back({p, out_.placement[p]});
    for (Place m = 0; m < state_.machines(); ++m) machines.push_back(m);
    state_.put_back(seats, machines, out_.cost);
  }

  // Half of what a change costs or saves in the mean.
  void measure() {
    Number sum = 0;
    Number count = 0;
    for (int i = 0; i < samples && work_ < most_work_; ++i, ++work_) {
      const Place process = chance_.below(state_.processes());
      const Place to = chance_.below(state_.machines());
      if (to == state_.at(process)) continue;
      const Number delta = state_.shift_delta(process, to);
      if (delta == forbidden) continue;
      sum += std::min(delta < 0 ? -delta : delta, hottest);
      ++count;
    }
    start_temperature_ = std::max<Number>(count == 0 ? 0 : sum / count / 2, 16);
  }

  // In 256ths. What is away from home holds room there, of which there is soon none left; therefore
  // home pulls, at first more than anything.
  void heat(Number temperature) {
    temperature_ = temperature >> 8;
    pull_ = (first_pull * temperature) / start_temperature_;
  }

  Number pull(Place process, Place to) const {
    const Place home = state_.home(process);
    const Number change =
        static_cast<Number>(to != home) - static_cast<Number>(state_.at(process) != home);
    return change * ((held_[process] * pull_) >> 8);
  }

  // A change that costs is made if chance will have it.
  void try_shift(Place process, Place to, std::uint64_t dice) {
    const Number delta = state_.shift_delta(process, to);
    if (delta == forbidden || delta + pull(process, to) > limit(dice)) return;
    state_.shift(process, to, delta);
  }

  void try_swap(Place one, Place other, std::uint64_t dice) {
    const Number delta = state_.swap_delta(one, other);
    if (delta == forbidden) return;
    const Number pulls = pull(one, state_.at(other)) + pull(other, state_.at(one));
    if (delta + pulls <= limit(dice)) state_.swap(one, other, delta);
  }

  Number limit(std::uint64_t dice) const {
    return (temperature_ * static_cast<Number>(dice >> 40)) >> 24;
  }
  static bool means_swap(std::uint64_t dice) { return (dice & 127) < swap_share; }

  void cool() {
    const Number first = start_temperature_ << 8;
    const Number last = std::max<Number>(first >> coldest_shift, 256);
    const auto next = [](Number t) { return t - std::max<Number>(t / cooling, 1); };
    std::int64_t steps = 1;
    for (Number t = first; t > last; t = next(t)) ++steps;
    const std::int64_t each = (most_work_ - work_) / 100 * cool_percent / steps;
    for (Number t = first; t > last; t = next(t)) {
      heat(t);
      for (std::int64_t i = 0; i < each; ++i) try_any();
      keep();
    }
  }

  void try_any() {
    ++work_;
    const Place process = chance_.below(state_.processes());
    const std::uint64_t dice = chance_.next();
    if (means_swap(dice)) {
      const Place other = chance_.below(state_.processes());
      if (state_.at(other) != state_.at(process)) try_swap(process, other, dice);
    } else {
      const Place to = chance_.below(state_.machines());
      if (to != state_.at(process)) try_shift(process, to, dice);
    }
  }

  // All processes of the chosen machines.
  std::vector<State::Seat> seats() const {
    std::vector<State::Seat> out;
    for (const Place machine : some_) {
      for (const Place process : state_.on(machine)) out.push_back({process, machine});
    }
    return out;
  }

  void choose() {
    ++rounds_;
    const std::size_t count =
        std::min<std::size_t>(2 + chance_.below(most_together - 1), state_.machines());
    Place worst = chance_.below(state_.machines());
    if (rounds_ % 2 == 1) {
      for (int i = 1; i < candidates; ++i) {
        const Place other = chance_.below(state_.machines());
        if (state_.cost_of(other) > state_.cost_of(worst)) worst = other;
      }
    }
    some_.assign(1, worst);
    while (some_.size() < count) {
      const Place other = chance_.below(state_.machines());
      if (std::find(some_.begin(), some_.end(), other) == some_.end()) some_.push_back(other);
    }
  }

  void improve_some() {
    ++work_;
    choose();
    const std::vector<State::Seat> before = seats();
    if (before.empty()) return;
    const Number cost = state_.cost();
    best_cost_ = cost;
    if (chance_.below(2) == 0 && !squeeze()) return state_.put_back(before, some_, cost);
    note_best();
    heat((start_temperature_ << 8) >> chance_.below(coldest_shift));
    anneal_some(std::max(least_round, 2 * static_cast<std::int64_t>(before.size()))
                << (rounds_ % 3));
    if (best_cost_ < cost) {
      if (state_.cost() > best_cost_) state_.put_back(best_, some_, best_cost_);
    } else if (state_.cost() > cost) {
      state_.put_back(before, some_, cost);
    }
  }

  void note_best() {
    if (state_.cost() >= best_cost_) return;
    best_cost_ = state_.cost();
    best_ = seats();
  }

  // Puts a process where there may be no room, and makes room by the best shifts to the other
  // machines there are; then goes on as long as shifts gain. False if there is no room to be made.
  bool squeeze() {
    const auto& here = state_.on(some_[0]);
    if (here.empty()) return false;
    const Place process = here[chance_.below(here.size())];
    const Place to = some_[1];
    const Number delta = state_.squeeze_delta(process, to);
    if (delta == forbidden) return false;
    state_.shift(process, to, delta);
    while (work_ < most_work_) {
      Number best = forbidden;
      State::Seat seat{};
      for (const Place other : state_.on(to)) {
        if (other == process) continue;
        for (const Place machine : some_) {
          if (machine == to) continue;
          ++work_;
          const Number one = state_.shift_delta(other, machine);
          if (one < best) best = one, seat = {other, machine};
        }
      }
      const bool fits = state_.fits(to);
      if (best == forbidden || (fits && best >= 0)) return fits;
      state_.shift(seat.process, seat.machine, best);
    }
    return state_.fits(to);
  }

  void anneal_some(std::int64_t changes) {
    changes = std::min(changes, most_work_ - work_);
    Number temperature = (temperature_ << 8) + 255;
    for (int step = 0; step < round_steps; ++step) {
      heat(temperature);
      for (std::int64_t i = 0; i < changes / round_steps; ++i) try_some();
      note_best();
      temperature = temperature * 3 / 4;
    }
  }

  void try_some() {
    ++work_;
    const Place a = chance_.below(some_.size());
    Place b = chance_.below(some_.size() - 1);
    if (b >= a) ++b;
    const auto& here = state_.on(some_[a]);
    const auto& there = state_.on(some_[b]);
    if (here.empty()) return;
    const Place process = here[chance_.below(here.size())];
    const std::uint64_t dice = chance_.next();
    if (means_swap(dice) && !there.empty()) {
      try_swap(process, there[chance_.below(there.size())], dice);
    } else {
      try_shift(process, some_[b], dice);
    }
  }

  State state_;
  Chance chance_;
  std::int64_t most_work_;
  std::int64_t work_ = 0;
  std::int64_t rounds_ = 0;
  std::vector<Number> held_;  // load costs, by process, of what it holds at home while away
  Number start_temperature_ = 0;
  Number temperature_ = 0;
  Number pull_ = 0;  // in 256ths
  std::vector<Place> some_;
  std::vector<State::Seat> best_;
  Number best_cost_ = 0;
  Outcome out_;
};

}  // namespace

Outcome search(const Instance& instance, const Options& options) {
  return Search(instance, options).run();
}

}  // namespace paas::placement::reassign
