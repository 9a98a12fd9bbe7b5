#pragma once
// place(): decides where every allocation goes, and says why. A pure function: the same input gives
// the same bytes in any order of nodes and workloads, on any machine, with any compiler.
//
// What stands, stands: an allocation leaves its node only if it may not stay there (the node is
// gone or drained, or a required condition or the capacity does not hold any more), or if something
// else has no place unless it moves; then the fewest and cheapest moves are taken.

#include <string>
#include <vector>

#include "libpaas/placement/model.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

// Everything that place() is a function of.
struct Problem {
  Cluster cluster;
  std::vector<Workload> workloads;
  Assignment current{};
  // Workloads whose demands changed since `current` came about. Where a node has too little for
  // all that is on it, they leave before anybody else does.
  std::vector<std::string> resized{};
  Rules rules{};
  bool operator==(const Problem&) const = default;
};

// What is wrong with a problem: an attribute path ("workloads[2].spreads[0].max_skew") and why.
struct Mistake {
  std::string path;
  std::string message;
  bool operator==(const Mistake&) const = default;
};

// All that is wrong, in the order of the input, at most 1000; empty if place() can take it. Paths
// are those of a snapshot (docs/formats/placement-snapshot.schema.json), where the cluster is
// `nodes`.
//
// Names must be unique and printable, amounts within 0..most_amount, references of `current` to
// workloads known, required relations free of contradiction. No mistakes are: a node in `current`,
// a node in a pin, or an app in a relation that is not there. It is gone, which is the very case
// that a placement must answer; whoever reads what a person wrote may be stricter (snapshot.hpp).
std::vector<Mistake> mistakes(const Problem& problem);

// Why a node does not take an allocation. `what` is the resource, label, taint, port, app, … that
// stands against it; `short_of` says how much is missing where that can be counted.
struct Refusal {
  std::string reason;  // "memory", "label", "port", "apart", … : one word of refusal_words()
  std::string what{};
  Amount short_of = 0;
  auto operator<=>(const Refusal&) const = default;
};
const std::vector<std::string>& refusal_words();

// One part of a node's score: "fit" 412, "spread" -30. Higher is better.
struct ScorePart {
  std::string name;
  std::int64_t value = 0;
  bool operator==(const ScorePart&) const = default;
};

struct Option {
  std::string node;
  std::int64_t score = 0;
  std::vector<ScorePart> parts{};
  bool operator==(const Option&) const = default;
};

// How many nodes refuse for one reason (a node counts once for each that it has).
struct RefusalCount {
  std::string reason;
  std::string what{};
  int nodes = 0;
  bool operator==(const RefusalCount&) const = default;
};

// The smallest change that would give an allocation a place: more of something on a node, or
// something that is no longer asked for.
struct Remedy {
  std::string node;
  std::vector<Refusal> changes;
  std::string text;  // "512 MiB more memory on pve2"
  bool operator==(const Remedy&) const = default;
};

enum class Act {
  keep,     // stays where it is
  place,    // had no node, gets one
  move,     // leaves its node for another
  refuse,   // has no node and gets none
  preempt,  // had a node and loses it to a higher priority
};
std::string_view word_of(Act act);

struct Choice {
  Allocation allocation;
  Act act = Act::refuse;
  std::string node{};                   // where it is after this; empty if nowhere
  std::string from{};                   // where it was; empty if nowhere
  std::string because{};                // one sentence
  Option chosen{};                      // for `place` and `move`
  std::vector<Option> alternatives{};   // the best three other nodes, best first
  std::vector<RefusalCount> refused{};  // most nodes first
  std::optional<Remedy> remedy{};       // for `refuse` and `preempt`
  bool waits = false;                   // keeps a node it may not keep: no more may be on the move
  bool operator==(const Choice&) const = default;
};

struct Decision {
  std::vector<Choice> choices;  // sorted by allocation
  // Whether the moves are the fewest and cheapest there can be, or the best that were found within
  // the budget.
  bool moves_proven_minimal = true;
  bool operator==(const Decision&) const = default;

  bool fits() const;  // nothing is refused and nothing preempted
  Assignment assignment() const;
};

// REQUIRES: mistakes(problem).empty().
Decision place(const Problem& problem);

}  // namespace paas::placement
#pragma GCC visibility pop
