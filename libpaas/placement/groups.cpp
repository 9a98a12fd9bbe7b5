#include "libpaas/placement/groups.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

#include "libpaas/base/hash.hpp"

namespace paas::placement {
namespace grouping {

// How apps wait for each other because they must be together.
class Dependencies {
 public:
  explicit Dependencies(const Compiled& compiled) {
    for (Index job = 0; job < compiled.problem().workloads.size(); ++job) {
      const Index app = compiled.job(job).app;
      grow(app);
      priority_[app] = std::max(priority_[app], compiled.kind(job).priority);
      for (const Tie& tie : compiled.kind(job).ties) {
        if (tie.kind != TieKind::together || tie.app == nowhere || tie.app == app) continue;
        grow(tie.app);
        seeks_[app].push_back(tie.app);
      }
    }
    for (Index app = 0; app < seeks_.size(); ++app) {
      auto& all = seeks_[app];
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
    }
    for (Index app = 0; app < seeks_.size(); ++app) measure(app);
    for (bool changed = true; changed;) {
      changed = false;
      for (Index app = 0; app < seeks_.size(); ++app) {
        for (const Index sought : seeks_[app]) {
          if (priority_[sought] >= priority_[app]) continue;
          priority_[sought] = priority_[app];
          changed = true;
        }
      }
    }
  }
  // 0 for who seeks nobody.
  int depth(Index app) const { return depth_[app]; }
  int priority(Index app) const { return priority_[app]; }
  const std::vector<Index>& seeks(Index app) const { return seeks_[app]; }

 private:
  static constexpr int unknown = -1;
  void grow(Index app) {
    if (app < seeks_.size()) return;
    seeks_.resize(app + 1);
    depth_.resize(app + 1, unknown);
    priority_.resize(app + 1, std::numeric_limits<int>::min());
  }
  // Depth first without recursion, for chains may be long. In a circle somebody has to be first.
  void measure(Index first) {
    std::vector<std::pair<Index, std::size_t>> open;  // apps, and how many they seek are measured
    const auto enter = [&](Index app) {
      if (depth_[app] != unknown) return;
      depth_[app] = 0;
      open.emplace_back(app, 0);
    };
    for (enter(first); !open.empty();) {
      const auto [app, next] = open.back();
      if (next < seeks_[app].size()) {
        ++open.back().second;
        enter(seeks_[app][next]);
        continue;
      }
      open.pop_back();
      int depth = 0;
      for (const Index sought : seeks_[app]) depth = std::max(depth, 1 + depth_[sought]);
      depth_[app] = depth;
    }
  }

  std::vector<std::vector<Index>> seeks_;  // by app, sorted
  std::vector<int> depth_, priority_;
};

// Which jobs are decided together: a union of sets.
class Unions {
 public:
  Unions(const Compiled& compiled, const Dependencies& dependencies)
      : parent_(compiled.problem().workloads.size()), tied_(parent_.size()) {
    std::iota(parent_.begin(), parent_.end(), Index{0});
    std::map<std::string_view, Index> gangs;
    std::vector<Index> first_of(parent_.size(), nowhere);  // by app: a job of it
    for (Index job = 0; job < parent_.size(); ++job) {
      Index& first = first_of[compiled.job(job).app];
      if (first == nowhere) first = job;
      const std::string& gang = compiled.problem().workloads[job].gang;
      if (!gang.empty()) unite(job, gangs.emplace(gang, job).first->second);
    }
    std::vector<bool> tied_apps(parent_.size());
    std::vector<std::pair<Index, Index>> pairs;
    for (Index job = 0; job < parent_.size(); ++job) {
      const Index app = compiled.job(job).app;
      for (const Index sought : dependencies.seeks(app)) {
        // Who is less urgent waits until it is its turn.
        if (dependencies.priority(sought) != dependencies.priority(app)) continue;
        unite(first_of[app], first_of[sought]);
        tied_apps[app] = tied_apps[sought] = true;
      }
    }
    for (Index job = 0; job < parent_.size(); ++job) {
      const Index app = compiled.job(job).app;
      if (tied_apps[app]) unite(job, first_of[app]);
    }
    for (Index job = 0; job < parent_.size(); ++job) {
      if (tied_apps[compiled.job(job).app]) tied_[root(job)] = true;
    }
  }
  Index root(Index job) {
    while (parent_[job] != job) job = parent_[job] = parent_[parent_[job]];
    return job;
  }
  bool tied(Index job) { return tied_[root(job)]; }

 private:
  void unite(Index a, Index b) { parent_[root(a)] = root(b); }

  std::vector<Index> parent_;
  std::vector<bool> tied_;
};

using Key = std::tuple<int, bool, Amount, std::uint64_t, std::string, int>;

struct Member {
  int depth;
  Key key;
  Index seat;
  auto operator<=>(const Member&) const = default;
};

}  // namespace grouping

std::vector<Group> groups_of(const Seating& seating) {
  using grouping::Key;
  const Compiled& compiled = seating.compiled();
  const grouping::Dependencies dependencies(compiled);
  grouping::Unions unions(compiled, dependencies);
  const auto key_of = [&](Index seat) {
    const Seat& one = seating[seat];
    const std::string& name = seating.workload(seat).name;
    return Key{-dependencies.priority(compiled.job(one.job).app),
               !one.had_node,
               -compiled.kind(one.job).dominant_share,
               stable_hash({name}),
               name,
               one.ordinal};
  };
  std::map<Index, std::vector<grouping::Member>> sets;
  std::vector<std::pair<Key, Group>> out;
  for (Index seat = 0; seat < seating.size(); ++seat) {
    const Index job = seating[seat].job;
    if (seating[seat].node != nowhere) continue;
    if (seating.workload(seat).gang.empty() && !unions.tied(job)) {
      out.emplace_back(key_of(seat), Group{{seat}});
    } else {
      sets[unions.root(job)].push_back(
          {dependencies.depth(compiled.job(job).app), key_of(seat), seat});
    }
  }
  for (auto& [root, members] : sets) {
    std::sort(members.begin(), members.end());
    Key first = members.front().key;
    Group group{{}, unions.tied(root)};
    for (const grouping::Member& member : members) {
      first = std::min(first, member.key);
      group.seats.push_back(member.seat);
    }
    out.emplace_back(std::move(first), std::move(group));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Group> groups;
  for (auto& [key, group] : out) groups.push_back(std::move(group));
  return groups;
}

}  // namespace paas::placement
