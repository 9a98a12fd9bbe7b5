#pragma once
// Turning: one turn of the loop. What happened is taken in (events.cpp, sight.cpp), then everything
// that follows is worked out (settle.cpp, work.cpp).

#include <string>
#include <utility>
#include <vector>

#include "libpaas/node/core.hpp"

namespace paas::node {

class Turning {
 public:
  Turning(State& state, Moment now, std::vector<Action>& actions)
      : s_(state), now_(now), actions_(actions) {}

  // --- What happened (events.cpp). ---
  void on(const SourceRead& event);
  void on(const SourceFailed& event);
  void on(const Saved& event);
  void on(const Looked& event);
  void on(const LookedAt& event);
  void on(const LookFailed& event);
  void on(const EngineSaid& event);
  void on(const StepsEnded& event);
  void on(const PullEnded& event);
  void on(const StopEnded& event);
  void on(const ProbeAnswered& event);
  void on(const LogRead& event);
  void on(const NamesTold& event);
  void on(const RulesLoaded& event);
  void on(const RulesLost& event);
  void on(const HoldAsked& event);
  void on(const TimePassed& event);

  // --- What follows (settle.cpp). ---
  void settle();

 private:
  void act(Action action) { actions_.push_back(std::move(action)); }
  void say(LogLevel level, std::string text) { act(Say{level, std::move(text)}); }

  // --- Patience (events.cpp). ---
  // One more failure of this subject; returns how long it is left alone.
  std::chrono::milliseconds fail(Patience& patience, std::string_view subject, std::string trouble);
  void failed(const std::string& subject, std::string trouble, bool hopeless = false);
  // Nobody's fault: tried again soon.
  void postponed(const std::string& subject, std::string trouble);
  bool backs_off(std::string_view subject) const;

  // --- What is seen (sight.cpp). ---
  void note_lives();
  void note_life(const model::ContainerInfo& info, const std::string& name);
  void note_start(Life& life, const model::ContainerInfo& info, const std::string& name);
  void note_end(Life& life, const model::ContainerInfo& info, const std::string& name);
  void forget_lives();
  void keep_loaded_images();
  void verify();

  // --- What follows (settle.cpp). ---
  void decide();
  void propose();
  bool advance_once(expansion::Ledger& ledger, const Declared& declared);
  void take_holds(expansion::Ledger& ledger, std::vector<HoldAsked>& held);
  void save(expansion::Ledger ledger, std::optional<Declared> declared,
            std::vector<HoldAsked> holds);
  void expect(const expansion::Ledger& ledger, const Declared& declared);
  void tell_names(const std::string& names);
  void look();
  void filter();
  void want_rules();
  void probe();
  std::uint64_t seed_of(std::string_view name) const;
  void wake_later();
  void wake_for_probes();
  void wake_at(Moment moment);
  bool is_due(Moment moment, Seconds most) const;
  void probe_one(const model::ExpectedContainer& want, bool liveness);
  void unwell(const model::ExpectedContainer& want, const Life& life);

  // --- Changes (work.cpp). ---
  void find_work();
  void find_job_work(std::vector<Work>& out) const;
  void fetch_images();
  void work();
  void watch_bound();
  bool begin(Work work);
  bool may_start(const Work& work) const;
  bool may_stop(const std::string& name);
  bool is_busy(const std::string& subject) const;
  bool pull(const std::string& reference, const std::string& platform);
  bool stop(const std::string& id, const std::string& name, Seconds grace);
  std::vector<reconcile::Step> steps_of(const Work& work) const;
  model::ContainerSpec spec_of(const model::ExpectedContainer& want) const;
  std::vector<reconcile::Step> job_steps_of(const Work& work) const;
  reconcile::Observed observed_apps() const;

  State& s_;
  Moment now_;
  std::vector<Action>& actions_;
  bool quiet_ = false;  // what happened changes nothing that others depend on
};

}  // namespace paas::node
