// Scenarios of tests/scenarios/expansion: what is declared and what happens, and what is recorded
// of the states that the node is to run (tests/scenarios/README.md).

#include <catch2/catch.hpp>
#include <memory>
#include <sstream>

#include "libpaas/expansion/keys.hpp"
#include "libpaas/expansion/world_test.hpp"
#include "tests/contract/scenario.hpp"

namespace paas::expansion::scenarios_test {
using world::World;

using scenarios::Scenario;

class Play {
 public:
  explicit Play(const Scenario& scenario) : scenario_(scenario) {}

  std::string run(const std::string& command) {
    std::istringstream in(command.substr(2));
    std::string verb, what, more;
    in >> verb >> what >> more;
    std::string out = command + "\n";
    if (verb == "declare") {
      world_.declare(scenario_.files.at(what));
    } else if (verb == "run") {
      out += seconds(std::stoi(what));
      out += summary();
    } else if (verb == "hold") {
      out += hold_app(what, more);
    } else if (verb == "subnet") {
      world_.settings.subnet = what;
    } else if (verb == "ends") {
      world_.ends_with[what] = std::stoi(more);
    } else {
      std::map<std::string, std::set<std::string>*> sets{
          {"broken", &world_.broken}, {"missing", &world_.missing}, {"stuck", &world_.stuck}};
      REQUIRE(sets.contains(verb));
      if (!sets.at(verb)->insert(what).second) sets.at(verb)->erase(what);
    }
    return out;
  }

 private:
  // The states that differ, each with the second in which it came to be expected.
  std::string seconds(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      const auto before = world_.expected.generation;
      world_.tick();
      if (world_.expected.generation != before) {
        out += std::to_string(second_) + "s: generation " +
               std::to_string(world_.expected.generation) + "\n";
        for (const std::string& line : world_.told()) out += "  " + line + "\n";
      }
      ++second_;
    }
    return out;
  }

  std::string summary() const {
    std::string out;
    for (const auto& [key, record] : world_.ledger.apps) {
      const rollout::Rollout& rollout = record.rollout;
      out += key + ": " + std::string(word_of(rollout.state)) + " " + rollout.release.substr(0, 8);
      if (!record.held.empty()) out += ", held";
      if (record.declared.empty()) out += ", leaves";
      for (const rollout::Slot& slot : rollout.slots) {
        out += ", " + std::to_string(slot.ordinal) + " " + std::string(word_of(slot.stage));
      }
      out += "\n";
      if (!rollout.trouble.empty()) out += "  " + rollout.trouble + "\n";
    }
    for (const auto& [key, record] : world_.ledger.jobs) {
      out += key + ":";
      for (const jobs::Run& run : record.record.runs) {
        out += " " + jobs::name_of(wanted_job(key), run) + " " + std::string(word_of(run.stage));
        if (run.outcome != jobs::Outcome::none) out += " " + std::string(word_of(run.outcome));
        if (!run.address.empty()) out += " " + run.address;
      }
      out += "\n";
    }
    return out;
  }

  std::string hold_app(const std::string& app, const std::string& release) {
    const auto key = parse_key(app);
    REQUIRE(key);
    auto held = hold(world_.ledger, key->project, key->name, release);
    if (!held) return "! " + held.error().message + "\n";
    world_.ledger = *std::move(held);
    return "";
  }

  const Scenario& scenario_;
  World world_;
  int second_ = 0;
};

TEST_CASE("expansion: every scenario leads to the states that are recorded") {
  scenarios::check_recorded(PAAS_SOURCE_DIR "/tests/scenarios/expansion", 20,
                            [](const Scenario& scenario) -> scenarios::Answer {
                              const auto play = std::make_shared<Play>(scenario);
                              return
                                  [play](const std::string& command) { return play->run(command); };
                            });
}

}  // namespace paas::expansion::scenarios_test
