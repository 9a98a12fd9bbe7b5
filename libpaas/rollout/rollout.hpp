#pragma once
// How an app gets from one release to the next, replica by replica. A pure state machine: facts and
// the time go in, the next state comes out; what a node is to run and which replicas have names
// follows from the state alone. The state is what must outlive the process.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/model/app.hpp"
#include "libpaas/model/engine.hpp"
#include "libpaas/rollout/addresses.hpp"

#pragma GCC visibility push(default)
namespace paas::rollout {

using model::Moment;

// Of one replica (S2.6).
enum class Stage {
  pending,       // waits for its turn
  pulling,       // its image is fetched
  starting,      // its container is made and runs, but is not ready
  healthy,       // ready
  dns_updating,  // gets its names; the old one loses them
  stopping_old,  // the old one drains, then stops
  running,       // nothing more to do
  stopped,       // leaves, because there are to be fewer
};
std::string_view word_of(Stage stage);

// One container of a replica.
struct Member {
  std::string release;
  std::string address;
  bool named = false;    // the names service may tell of it, if it is ready
  bool leaving = false;  // its container is to go; it is forgotten when that is gone
  bool operator==(const Member&) const = default;
};

struct Slot {
  int ordinal = 0;
  Stage stage = Stage::pending;
  Moment since{};                     // when the stage began, or the wait within it
  std::optional<Member> serving{};    // the old one, or the only one
  std::optional<Member> candidate{};  // the new one
  bool operator==(const Slot&) const = default;
};

enum class State {
  updating,
  running,
  failed,       // the new release does not come up; what served goes on serving
  rolled_back,  // … and the last good one was brought back, or is being
};
std::string_view word_of(State state);

struct Rollout {
  State state = State::updating;
  std::string release{};  // towards which it goes, or that it runs
  std::string good{};     // the last that ran on every replica; empty: none yet
  std::string refused{};  // that failed and was rolled back: not tried again until it changes
  std::string trouble{};  // why
  std::vector<Slot> slots{};
  bool operator==(const Rollout&) const = default;
};

// What is wanted of an app.
struct Wanted {
  std::string project;
  std::string app;
  int replicas = 1;
  std::string release;
  model::Update update{};
  bool one_writer = false;  // it has a volume that only one container may write
  model::Seconds dns_ttl{5};
};

// What is known of a container, by name_of().
struct Fact {
  bool image_here = false;
  bool there = false;  // the engine knows it, running or not
  bool running = false;
  bool ready = false;
  std::string trouble{};  // it cannot come up: why
  bool operator==(const Fact&) const = default;
};
struct Facts {
  std::map<std::string, Fact, std::less<>> containers{};
  std::set<std::string, std::less<>> named{};  // of whom the names service tells at this moment
};

// The containers that shall run by this state, and the images that shall be here.
struct Part {
  int ordinal;
  Member member;
  bool container = false;  // else only its image
  bool operator==(const Part&) const = default;
};
std::vector<Part> parts_of(const Rollout& rollout);

// "shop-web-0-1f2e3d4c": project, app, replica and the first digits of the release.
std::string name_of(const Wanted& wanted, int ordinal, const Member& member);

// One step further for whoever can make one. Calling it again with the same facts and time changes
// nothing once it has come to rest. Addresses of new members are taken from the ledger, those of
// members that are gone given back.
Rollout advance(Rollout rollout, const Wanted& wanted, const Facts& facts, Addresses& addresses,
                Moment now);

// When it must be asked again though nothing happens: the earliest deadline behind `after`, or the
// epoch if none.
Moment next_deadline(const Rollout& rollout, const Wanted& wanted, Moment after = {});

}  // namespace paas::rollout
#pragma GCC visibility pop
