#pragma once
// A node for tests: a host that does what the ledger asks for, a second later, and a names service
// that follows. Between two looks the ledger is written down and read back.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "libpaas/expansion/expand.hpp"

namespace paas::expansion::world {

struct World {
  NodeSettings settings{.owner = "node-1"};
  model::Blueprint blueprint{};
  Ledger ledger = first_ledger(settings);
  jobs::TimeZones zones{{"UTC", {}}};
  model::Moment now{std::chrono::seconds{1'795'305'600}};  // 2026-11-22 00:00:00 UTC
  model::ExpectedState expected{};
  rollout::Facts facts{};
  jobs::Facts job_facts{};

  std::set<std::string> missing{};         // images that never arrive
  std::set<std::string> broken{};          // images whose containers are never ready
  std::set<std::string> stuck{};           // containers that the engine does not remove
  std::map<std::string, int> ends_with{};  // exit codes of jobs, by image; else they run on

  // apps.yaml; must be sound.
  void declare(const std::string& text);
  // One look, then a second in which the host acts.
  void tick();
  void look();
  void ticks(int count) {
    for (int i = 0; i < count; ++i) tick();
  }
  // Until nothing changes any more; the number of seconds, at most 3000.
  int settle();

  // "shop-web-0-1f2e3d4c 10.200.1.2", then of the names "web.shop 0=10.200.1.2" and, for each
  // project, "shop asks from 10.200.1.2/32".
  std::vector<std::string> told() const;
  // Of the names: how many replicas of an app have one.
  std::size_t named(const std::string& project, const std::string& app) const;
  const AppRecord& app(const std::string& key) const { return ledger.apps.at(key); }

 private:
  void act();
  void act_on_runs();
};

}  // namespace paas::expansion::world
