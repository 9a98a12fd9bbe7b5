#pragma once
// What would happen if: nodes lost, drained or added, workloads scaled; what survives the loss of
// any one host; what still fits; and how a better placement could be reached. Nothing is decided.

#include "libpaas/base/result.hpp"
#include "libpaas/placement/place.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

// Changes to a problem, made in this order.
struct Change {
  std::vector<std::string> lose_nodes{};  // gone, with what was on them
  std::vector<std::string> lose_hosts{};  // all nodes of these physical machines
  std::vector<std::string> drain_nodes{};
  std::vector<Node> add_nodes{};
  std::vector<Workload> add_workloads{};
  std::vector<std::string> remove_workloads{};
  std::map<std::string, int, std::less<>> replicas{};      // of workloads, by name
  std::map<std::string, Amounts, std::less<>> requests{};  // those named here are the new ones
  bool operator==(const Change&) const = default;
};

// The problem after the change. Errors: `not_found`, naming all that is unknown and
// what may have been meant; `invalid`.
Result<Problem> changed(Problem problem, const Change& change);

// Replicas of an app that have a place, of how many.
struct AppStanding {
  std::string app;
  int placed = 0;
  int wanted = 0;
  bool operator==(const AppStanding&) const = default;
};

// What is left after the loss of one host, before and after everything was placed anew.
struct Loss {
  std::string host;
  std::vector<AppStanding> at_once{};  // apps that lost replicas: what still runs
  std::vector<AppStanding> after{};    // apps that cannot get all replicas back
  bool survived = false;  // every app has at least one replica at once, and all of them afterwards
  bool operator==(const Loss&) const = default;
};

// One for each host, by name.
std::vector<Loss> losses(const Problem& problem);

// Apps that some single loss stops altogether, or leaves without room for all their replicas.
std::vector<std::string> apps_that_do_not_survive(const std::vector<Loss>& losses);

// How many more replicas of this workload could be placed now, nothing moved; at most `limit`.
int room_for(const Problem& problem, const Workload& shape, int limit = 100'000);

struct Move {
  Allocation allocation;
  std::string from;
  std::string to;
  Amount cost = 0;
  std::int64_t gain = 0;  // by how much the placement gets better; less than 0 only for the sake
                          // of moves that come later
  bool operator==(const Move&) const = default;
};

// At most `max_moves` moves that make the placement better by the rules' objectives, in an order in
// which each can be made; nothing is moved twice. The gain is their sum: moves that only gain
// together are found, too, and the answer is never worse than the best single moves one after the
// other. Bounded by the rules' search_budget. See docs/guides/rebalancing.md.
std::vector<Move> rebalance(const Problem& problem, int max_moves);

}  // namespace paas::placement
#pragma GCC visibility pop
