#include "tests/bench/placement/fewest_moves.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "libpaas/placement/place.hpp"
#include "tests/bench/placement/splitmix.hpp"

namespace paas::bench {
namespace {

constexpr std::size_t most_moves = 3;
constexpr std::size_t crowd_nodes = 20;
constexpr std::size_t crowd_guests = 200;
constexpr std::int64_t node_cpu = 16'000;
constexpr std::int64_t node_memory = 40'960;
constexpr int crowds = 200;

bool holds(const Crowd::Size& free, const Crowd::Size& size) {
  return free.cpu_milli >= size.cpu_milli && free.memory_mib >= size.memory_mib;
}

void change(Crowd::Size& free, const Crowd::Size& size, int sign) {
  free.cpu_milli += sign * size.cpu_milli;
  free.memory_mib += sign * size.memory_mib;
}

class Everything {
 public:
  explicit Everything(const Crowd& crowd) : crowd_(crowd), free_(crowd.free) {}

  std::optional<FewestMoves> search() {
    const auto direct = [&](const Crowd::Size& free) { return holds(free, crowd_.newcomer); };
    if (std::any_of(free_.begin(), free_.end(), direct)) return FewestMoves{};
    for (std::size_t moves = 1; moves <= most_moves && !best_; ++moves) {
      leave_next(moves, 0, 0);
    }
    return best_;
  }

 private:
  // Takes guests from `first` on until as many as `moves` have left.
  void leave_next(std::size_t moves, std::size_t first, std::int64_t cost) {
    if (left_.size() == moves) {
      if (!best_ || cost < best_->cost) seat_newcomer(cost);
      return;
    }
    for (std::size_t guest = first; guest < crowd_.guests.size(); ++guest) {
      const Crowd::Guest& who = crowd_.guests[guest];
      left_.push_back(guest);
      change(free_[who.node], who.size, 1);
      leave_next(moves, guest + 1, cost + who.move_cost);
      change(free_[who.node], who.size, -1);
      left_.pop_back();
    }
  }

  // He fitted nowhere, so he fits only where somebody left.
  void seat_newcomer(std::int64_t cost) {
    for (const std::size_t guest : left_) {
      Crowd::Size& free = free_[crowd_.guests[guest].node];
      if (!holds(free, crowd_.newcomer)) continue;
      change(free, crowd_.newcomer, -1);
      const bool found = all_seated(0);
      change(free, crowd_.newcomer, 1);
      if (!found) continue;
      best_ = FewestMoves{static_cast<int>(left_.size()), cost};
      return;
    }
  }

  // Whether those who left, from one on, find places that are not their old ones.
  bool all_seated(std::size_t from) {
    if (from == left_.size()) return true;
    const Crowd::Guest& who = crowd_.guests[left_[from]];
    for (std::size_t node = 0; node < free_.size(); ++node) {
      if (node == who.node || !holds(free_[node], who.size)) continue;
      change(free_[node], who.size, -1);
      const bool found = all_seated(from + 1);
      change(free_[node], who.size, 1);
      if (found) return true;
    }
    return false;
  }

  const Crowd& crowd_;
  std::vector<Crowd::Size> free_;
  std::vector<std::size_t> left_;
  std::optional<FewestMoves> best_;
};

placement::Workload workload_of(const std::string& name, const Crowd::Size& size,
                                std::int64_t move_cost) {
  placement::Workload out{name};
  out.requests = {{"cpu", size.cpu_milli}, {"memory", size.memory_mib}};
  out.move_cost = move_cost;
  return out;
}

Crowd::Size drawn_size(Splitmix& random, std::int64_t least, std::int64_t most) {
  const auto one = [&] {
    return least +
           static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most - least + 1)));
  };
  const std::int64_t cpu = one();
  return {100 * cpu, 256 * one()};
}

// The same for both: nearly full nodes with 200 guests, and a newcomer.
struct Question {
  Crowd crowd{};
  placement::Problem problem{};
};

// None if so many guests did not come to fit.
std::optional<Question> question(std::uint64_t seed) {
  Splitmix random(seed);
  Question out;
  for (std::size_t i = 0; i < crowd_nodes; ++i) {
    placement::Node node{"node-" + std::to_string(10 + i)};
    node.capacity = {{"cpu", node_cpu}, {"memory", node_memory}};
    out.problem.cluster.nodes.push_back(node);
    out.crowd.free.push_back({node_cpu, node_memory});
  }
  for (std::size_t drawn = 0; drawn < 2 * crowd_guests; ++drawn) {
    if (out.crowd.guests.size() == crowd_guests) break;
    const Crowd::Size size = drawn_size(random, 4, 25);
    const std::size_t first = random.below(crowd_nodes);
    const auto cost = static_cast<std::int64_t>(1 + random.below(9));
    for (std::size_t i = 0; i < crowd_nodes; ++i) {
      const std::size_t node = (first + i) % crowd_nodes;
      if (!holds(out.crowd.free[node], size)) continue;
      const std::string name = "guest-" + std::to_string(100 + out.crowd.guests.size());
      change(out.crowd.free[node], size, -1);
      out.crowd.guests.push_back({size, cost, node});
      out.problem.workloads.push_back(workload_of(name, size, cost));
      out.problem.current[{name, 0}] = out.problem.cluster.nodes[node].name;
      break;
    }
  }
  if (out.crowd.guests.size() < crowd_guests) return {};
  out.crowd.newcomer = drawn_size(random, 15, 55);
  out.problem.workloads.push_back(workload_of("newcomer", out.crowd.newcomer, 1));
  return out;
}

struct OurMoves {
  bool fits = false;  // everybody has a node, and no node more than it holds
  bool proven = false;
  FewestMoves done{};
};

OurMoves our_answer(const Question& asked) {
  const placement::Decision decision = placement::place(asked.problem);
  OurMoves out{decision.fits(), decision.moves_proven_minimal};
  std::map<std::string, Crowd::Size> free;
  for (const placement::Node& node : asked.problem.cluster.nodes) {
    free[node.name] = {node_cpu, node_memory};
  }
  std::map<std::string, const placement::Workload*> workloads;
  for (const placement::Workload& each : asked.problem.workloads) workloads[each.name] = &each;
  for (const placement::Choice& choice : decision.choices) {
    const placement::Workload& who = *workloads.at(choice.allocation.workload);
    if (choice.node.empty()) continue;
    Crowd::Size& left = free.at(choice.node);
    change(left, {who.requests.at("cpu"), who.requests.at("memory")}, -1);
    out.fits = out.fits && left.cpu_milli >= 0 && left.memory_mib >= 0;
    if (choice.act != placement::Act::move) continue;
    ++out.done.moves;
    out.done.cost += *who.move_cost;
  }
  return out;
}

}  // namespace

std::optional<FewestMoves> fewest_moves(const Crowd& crowd) {
  return Everything(crowd).search();
}

void fewest_moves_rows(const Options&, Report& report) {
  std::array<int, most_moves + 1> needed{};  // by number of moves; first: more than three
  int unlike = 0, unproven = 0, wrongly_proven = 0;
  std::uint64_t seed = 7000;
  for (int asked = 0; asked < crowds; ++seed) {
    const auto each = question(seed);
    if (!each) continue;
    const auto best = fewest_moves(each->crowd);
    if (best && best->moves == 0) continue;  // has a place without any
    ++asked;
    const OurMoves ours = our_answer(*each);
    ++needed[best ? static_cast<std::size_t>(best->moves) : 0];
    if (best) {
      if (!ours.fits || ours.done != *best) ++unlike;
      if (!ours.proven) ++unproven;
    } else if (ours.proven) {
      ++wrongly_proven;
    }
  }
  const int within = crowds - needed[0];
  Row row{"fewest moves: answers unlike trying all, up to three moves", static_cast<double>(unlike),
          "answers", 0};
  row.note = "20 nodes, 200 workloads and one more; " + std::to_string(needed[1]) +
             " need one move, " + std::to_string(needed[2]) + " two, " + std::to_string(needed[3]) +
             " three";
  report.add(row);
  report.add({"fewest moves: the same, not marked proven minimal",
              static_cast<double>(unproven),
              "answers",
              0,
              true,
              {},
              "",
              "of " + std::to_string(within)});
  report.add({"fewest moves: marked proven though more than three are needed, or none help",
              static_cast<double>(wrongly_proven),
              "answers",
              0,
              true,
              {},
              "",
              "of " + std::to_string(needed[0])});
}

}  // namespace paas::bench
