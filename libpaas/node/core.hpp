#pragma once
// The node's loop, without a clock, a file or an engine: next() takes what is known, what happened
// and the time, and says what is known now and what is to be done. shell.hpp does it.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "libpaas/base/log.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/expansion/expand.hpp"
#include "libpaas/expansion/ledger.hpp"
#include "libpaas/health/health.hpp"
#include "libpaas/jobs/jobs.hpp"
#include "libpaas/model/app.hpp"
#include "libpaas/model/engine.hpp"
#include "libpaas/model/expected.hpp"
#include "libpaas/reconcile/diff.hpp"
#include "libpaas/reconcile/plan.hpp"

#pragma GCC visibility push(default)
namespace paas::node {

using model::Moment;
using model::Seconds;

struct Settings {
  expansion::NodeSettings node{};
  std::string location{};  // of the source, for people
  std::string version{};   // of the agent
  std::uint64_t seed = 0;  // spreads questions and back-offs
  bool isolate = true;     // no container starts before the packet filter knows it
  Seconds look_every{10};
  Seconds change_bound{300};  // a change that takes longer is given up
  Seconds names_settle{1};    // from the feed's being written until it is answered from
  std::size_t pulls_at_once = 3;
  std::size_t stops_at_once = 16;
  std::size_t probes_at_once = 8;
};

// What a source was found to hold, judged and allowed.
struct Declared {
  std::string version;
  model::Blueprint blueprint{};
  jobs::TimeZones zones{};  // those that its jobs name
  // Zones follow from the blueprint.
  bool operator==(const Declared& other) const {
    return version == other.version && blueprint == other.blueprint;
  }
};

// --- What happens. ---

struct SourceRead {
  Declared declared;
};
struct SourceFailed {
  std::string trouble;  // unreadable, missing, wrong, or not allowed on this host
};
struct Saved {
  Result<void> outcome{};
};
struct Looked {  // at everything
  reconcile::Observed seen;
};
struct LookedAt {  // at some containers; none: it is not there
  std::map<std::string, std::optional<model::ContainerInfo>> containers;
};
struct LookFailed {
  Error why;
};
struct EngineSaid {
  model::EngineEvent said;
};
struct StepsEnded {
  Result<void> outcome{};
};
struct PullEnded {
  std::string reference;
  Result<std::string> image_id;
};
struct StopEnded {
  std::string name;
  Result<void> outcome{};
};
struct ProbeAnswered {
  std::string name;
  std::string id;  // of the container that was asked
  bool liveness = false;
  health::Answer answer{};
};
struct LogRead {
  std::string name;
  std::vector<std::string> lines{};
};
struct NamesTold {
  std::string names;
  Result<void> outcome{};
};
struct RulesLoaded {
  std::string rules;
  Result<void> outcome{};
};
struct RulesLost {};  // somebody changed the packet filter's tables of ours
struct HoldAsked {
  std::string project;
  std::string app;
  std::string release{};  // first digits; empty: the last good one before
};
struct TimePassed {};

using Event = std::variant<SourceRead, SourceFailed, Saved, Looked, LookedAt, LookFailed,
                           EngineSaid, StepsEnded, PullEnded, StopEnded, ProbeAnswered, LogRead,
                           NamesTold, RulesLoaded, RulesLost, HoldAsked, TimePassed>;

// --- What is to be done. ---

// Durable, in this order, before anything behind it in the list is done. Answered by Saved at once;
// if it fails, nothing behind it is done.
struct Save {
  std::optional<std::string> blueprint{};  // text of what was accepted
  std::optional<std::string> ledger{};
};
struct Look {
  std::vector<std::string> containers{};  // empty: at everything
};
// One after the other, until one fails. Looks that were asked for before are done before.
struct CarryOut {
  std::string text;
  std::vector<reconcile::Step> steps;
};
struct GiveUp {};  // what is being carried out takes too long
struct Pull {
  std::string reference;
  std::string platform{};
  std::optional<model::Registry> registry{};
};
struct StopBeside {
  std::string id;
  std::string name;
  Seconds grace{10};
};
struct AskProbe {
  std::string name;
  std::string id;
  std::string address;
  model::Probe probe;
  bool liveness = false;
};
struct ReadLog {
  std::string name;
  std::string id;
};
struct TellNames {
  std::string names;
};
struct LoadRules {
  std::string rules;
};
struct ForgetHold {
  std::string project;
  std::string app;
};
struct Say {
  LogLevel level = LogLevel::info;
  std::string text;
};

using Action = std::variant<Save, Look, CarryOut, GiveUp, Pull, StopBeside, AskProbe, ReadLog,
                            TellNames, LoadRules, ForgetHold, Say>;

// --- What is known. ---

// How a container has fared, over all its starts.
struct Life {
  std::string id{};
  Moment started{};
  bool end_counted = false;
  bool up = false;            // it ran when it was seen last
  bool told_to_stop = false;  // by us: its end is none of its faults
  bool presumed = false;      // it was named when we came: ready until it is asked
  std::uint64_t restarts = 0;
  int exits = 0;  // on its own
  std::optional<int> exit_code{};
  bool out_of_memory = false;
  std::vector<std::string> log{};
  health::Health readiness{}, liveness{};
  bool asking_readiness = false, asking_liveness = false;
  bool operator==(const Life&) const = default;
};

// Something that failed is left alone for a while, longer each time.
struct Patience {
  int failures = 0;
  Moment not_before{};
  std::string trouble{};
  bool hopeless = false;  // it will go on failing until somebody does something
  bool operator==(const Patience&) const = default;
};

// One change, from its choice until it was looked at again.
struct Work {
  std::string text;     // "deploy container shop-web-0-1f2e3d4c": also what it is known by
  std::string subject;  // container or network
  std::vector<reconcile::Reason> reasons{};
  std::vector<reconcile::Step> steps{};
  Moment since{};
  bool verifying = false;
  bool given_up = false;
};

// What is written down before it is acted upon.
struct Proposal {
  expansion::Ledger ledger;
  std::optional<Declared> declared{};
  std::vector<HoldAsked> holds{};  // that are in it
};

struct State {
  Settings settings{};
  // What is on disk, too.
  expansion::Ledger ledger{};
  Declared declared{};  // an empty version: nothing was ever accepted, and nothing is touched
  Moment accepted{};
  std::optional<Proposal> proposal{};
  std::optional<Declared> offered{};  // read, not yet accepted
  std::vector<HoldAsked> holds{};
  Patience saving{};
  std::string source_trouble{};
  // What is seen.
  reconcile::Observed seen{};
  bool looked = false;  // at everything, at least once
  bool looking = false;
  bool looking_at_all = false;
  bool look_again = false;             // at everything
  std::set<std::string> look_at{};     // to be looked at
  std::set<std::string> looking_at{};  // being looked at
  Moment next_look{};
  int failed_looks = 0;
  std::string engine_trouble{};
  std::string engine{};  // "podman 4.3.1"
  std::map<std::string, Life, std::less<>> lives{};
  std::map<std::string, Patience, std::less<>> patience{};
  std::map<std::string, Moment, std::less<>> fetched{};      // images: when they were pulled last
  std::map<std::string, std::string, std::less<>> loaded{};  // reference → id: pulled by us
  // What is under way.
  std::optional<Work> work{};
  std::set<std::string> pulling{}, stopping{}, reading_logs{};
  // Containers that serve and are to be stopped: out of the names, and from when on nobody
  // remembers theirs.
  std::map<std::string, Moment, std::less<>> retiring{};
  // Names.
  std::string names_asked{};
  Patience naming{};
  Moment names_due{};  // when what was told last counts as told; the epoch: it does
  std::map<std::string, Moment, std::less<>> told{};    // addresses in the feed: since when
  std::map<std::string, Moment, std::less<>> hushed{};  // addresses that were: until when
  // The packet filter.
  std::string rules_wanted{}, rules_asked{}, rules_loaded{};
  Patience filtering{};
  // What follows.
  bool stale = true;  // something changed of which the following depends
  Moment deadline{};  // when it does though nothing happens; the epoch: never
  model::ExpectedState expected{};
  std::vector<Work> pending{};  // changes that are due, without steps
  Moment wake{};                // when to come again with TimePassed though nothing happens
};

struct Turn {
  State state;
  std::vector<Action> actions;
};

// What a node knows when it begins: what it kept, and what the names service was fed last.
struct Kept {
  std::optional<expansion::Ledger> ledger{};
  std::optional<Declared> declared{};
  Moment accepted{};
  std::string names{};
};
State begin(Settings settings, Kept kept);

// Nothing of what the actions name has been done when it returns; each is answered by an event.
Turn next(State state, const Event& event, Moment now);

// Nothing is to be done and nothing is waited for: what is declared runs, or was given up.
bool settled(const State& state);

// One line: "pull registry/shop/web:1"
std::string text_of(const Action& action);

}  // namespace paas::node
#pragma GCC visibility pop
