#pragma once
// A host for tests of the loop: an engine, registries, a disk and a names service that are
// imagined, in which things take time and go wrong.

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libpaas/blueprint/host.hpp"
#include "libpaas/node/core.hpp"

namespace paas::node::world {

using std::chrono::milliseconds;

struct Container {
  model::ContainerInfo info{};
  std::string image{};  // the reference it was made from
  std::string address{}, network{};
  bool foreign = false;
};

class World {
 public:
  World();

  // --- What happens to it. ---
  void declare(const std::string& text);
  void source_fails(const std::string& why) { happen(SourceFailed{why}); }
  void happen(Event event) { later(milliseconds{0}, std::move(event)); }
  // Goes on until that much time has passed.
  void run(milliseconds time);
  // Until it rests, at most that long; whether it does.
  bool rest(milliseconds most);
  // The process ends, and another begins.
  void kill();
  void end(const std::string& prefix, int code);   // containers whose names begin so
  void remove_by_hand(const std::string& prefix);  // …
  void limit_by_hand(const std::string& prefix, std::uint64_t memory_mib);
  void drop_network();
  void add_foreign(const std::string& name, const std::string& address);
  void reboot();
  void set_clock(std::chrono::seconds difference);

  // --- How it is. ---
  std::set<std::string> missing{}, denied{}, never_ready{}, not_alive{};  // images
  std::map<std::string, int> ends_with{};                                 // images: at once
  std::map<std::string, int> pull_seconds{};                              // images; else 2
  std::set<std::string> stubborn{};  // images whose containers take all of their grace
  bool engine_down = false, disk_full = false, filter_broken = false, names_broken = false;
  int failing_steps = 0;                          // so many steps from now on fail
  bool steps_hang = false;                        // until they are given up
  std::map<std::string, Container> containers{};  // by id
  std::vector<model::NetworkInfo> networks{};
  std::map<std::string, std::string, std::less<>> images{};
  blueprint::HostRules rules{};

  // --- What is found out. ---
  Moment now{std::chrono::seconds{1'795'305'600}};  // 2026-11-22 00:00:00 UTC
  Moment begun = now;
  State state{};
  std::string names{};                  // what the names service was fed
  std::vector<std::string> told{};      // actions, each with its second; looks and probes left out
  std::vector<std::string> breaches{};  // of what must never happen
  std::set<std::string> running(const std::string& prefix = "") const;

 private:
  struct Due {
    Moment at;
    int order;
    Event event;
  };
  void later(milliseconds time, Event event);
  void step_until(Moment end);
  void turn(const Event& event);
  bool act(const Action& action);  // false: what is behind it is not done
  void tell(const std::string& text);

  bool save(const Save& action);
  void look(const Look& action);
  void carry_out(const CarryOut& action);
  Result<void> do_step(const reconcile::Step& step);
  Result<void> create(const reconcile::CreateContainer& step);
  Result<void> start(const std::string& name);
  void pull(const Pull& action);
  void stop(const StopBeside& action);
  void probe(const AskProbe& action);
  void stop_now(Container& container, int code);
  Container* by_name(const std::string& name);
  void check_foreign(const std::string& id, const std::string& what);
  bool is_saved(const std::string& address) const;

  std::vector<Due> due_;
  int order_ = 0, ids_ = 0;
  std::string kept_ledger_, kept_blueprint_;
  bool carrying_out_ = false;
};

}  // namespace paas::node::world
