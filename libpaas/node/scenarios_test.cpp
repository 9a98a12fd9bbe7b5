// Scenarios of tests/scenarios/node: what is declared and what happens, and what is recorded of
// what the loop does about it (tests/scenarios/README.md).

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <sstream>

#include "libpaas/node/report.hpp"
#include "libpaas/node/world_test.hpp"
#include "tests/contract/scenario.hpp"

namespace paas::node::scenarios_test {
using world::World;

using scenarios::Scenario;

class Play {
 public:
  explicit Play(const Scenario& scenario) : scenario_(scenario) {
    if (const auto host = scenario.files.find("host.yaml"); host != scenario.files.end()) {
      auto rules = blueprint::parse_host_rules(host->second, "host.yaml");
      REQUIRE(rules);
      world_.rules = *std::move(rules);
    }
  }

  std::string run(const std::string& command) {
    std::istringstream in(command.substr(2));
    std::string verb, what, more;
    in >> verb >> what >> more;
    told_ = world_.told.size();
    do_one(verb, what, more);
    CHECK(world_.breaches == std::vector<std::string>{});
    std::string out = command + "\n";
    for (; told_ < world_.told.size(); ++told_) out += world_.told[told_] + "\n";
    if (verb == "status") out += status();
    return out;
  }

 private:
  void do_one(const std::string& verb, const std::string& what, const std::string& more) {
    std::map<std::string, std::set<std::string>*> sets{{"missing", &world_.missing},
                                                       {"denied", &world_.denied},
                                                       {"never-ready", &world_.never_ready},
                                                       {"not-alive", &world_.not_alive},
                                                       {"stubborn", &world_.stubborn}};
    std::map<std::string, bool*> flags{{"engine-down", &world_.engine_down},
                                       {"disk-full", &world_.disk_full},
                                       {"filter-broken", &world_.filter_broken},
                                       {"names-broken", &world_.names_broken},
                                       {"steps-hang", &world_.steps_hang}};
    if (sets.contains(verb)) {
      if (!sets.at(verb)->insert(what).second) sets.at(verb)->erase(what);
    } else if (flags.contains(verb)) {
      *flags.at(verb) = !*flags.at(verb);
    } else {
      do_other(verb, what, more);
    }
  }

  void do_other(const std::string& verb, const std::string& what, const std::string& more) {
    if (verb == "declare") return world_.declare(scenario_.files.at(what));
    if (verb == "source-fails") return world_.source_fails(what);
    if (verb == "run") return world_.run(std::chrono::seconds{std::stoi(what)});
    if (verb == "kill") return world_.kill();
    if (verb == "reboot") return world_.reboot();
    if (verb == "end") return world_.end(what, std::stoi(more));
    if (verb == "remove") return world_.remove_by_hand(what);
    if (verb == "limit") return world_.limit_by_hand(what, std::stoull(more));
    if (verb == "drop-network") return world_.drop_network();
    if (verb == "foreign") return world_.add_foreign(what, more);
    if (verb == "rules-lost") return world_.happen(RulesLost{});
    if (verb == "fail-steps") {
      world_.failing_steps = std::stoi(what);
    } else if (verb == "slow") {
      world_.pull_seconds[what] = std::stoi(more);
    } else if (verb == "ends-with") {
      world_.ends_with[what] = std::stoi(more);
    } else if (verb == "goes-on") {
      world_.ends_with.erase(what);
    } else if (verb == "forget-image") {
      world_.images.erase("sha256:" + what);
      world_.images.erase(what);
    } else if (verb == "hold") {
      const auto slash = what.find('/');
      world_.happen(HoldAsked{what.substr(0, slash), what.substr(slash + 1), more});
    } else if (verb == "clock") {
      world_.set_clock(std::chrono::seconds{std::stoi(what)});
    } else {
      REQUIRE(verb == "status");
    }
  }

  std::string status() const {
    const Status status = report(world_.state, world_.now);
    std::string out = status.phase + (status.settled ? ", settled" : "") +
                      (status.change.empty() ? "" : ": " + status.change) + "\n";
    const auto add = [&](const std::string& name, const std::string& text) {
      if (!text.empty()) out += name + ": " + text + "\n";
    };
    add("source", status.source.trouble);
    add("engine", status.engine_trouble);
    add("disk", status.disk_trouble);
    for (const AppStatus& app : status.apps) {
      add(app.project + "/" + app.app, app.state + " " + app.release + ", " +
                                           std::to_string(app.ready) + " of " +
                                           std::to_string(app.replicas) + " ready" +
                                           (app.trouble.empty() ? "" : ", " + app.trouble));
    }
    for (const ContainerStatus& one : status.containers) {
      add("  " + one.name,
          one.stage + ", " + one.state + (one.ready ? ", ready" : "") +
              (one.named ? ", named" : "") +
              (one.restarts > 0 ? ", restarts " + std::to_string(one.restarts) : "") +
              (one.trouble.empty() ? "" : ", " + one.trouble));
      for (const std::string& line : one.log) add("    log", line);
    }
    for (const JobStatus& job : status.jobs) {
      for (const RunStatus& run : job.runs) {
        add(run.project + "/" + run.job,
            run.stage + " " + run.outcome +
                (run.exit_code ? ", exit code " + std::to_string(*run.exit_code) : ""));
      }
    }
    for (const std::string& line : status.pending) add("pending", line);
    return out;
  }

  const Scenario& scenario_;
  World world_;
  std::size_t told_ = 0;
};

TEST_CASE("node: every scenario leads to what is recorded") {
  scenarios::check_recorded(PAAS_SOURCE_DIR "/tests/scenarios/node", 20,
                            [](const Scenario& scenario) -> scenarios::Answer {
                              const auto play = std::make_shared<Play>(scenario);
                              return
                                  [play](const std::string& command) { return play->run(command); };
                            });
}

}  // namespace paas::node::scenarios_test
