#pragma once
// The nouns of placement: nodes, workloads, and who is where. Plain values; see place.hpp for what
// is done with them and docs/guides/placement.md for a worked example.
//
// All amounts are integers in the smallest unit of a resource, so that every machine computes the
// same: "cpu" counts thousandths of a core, "memory" and "disk/<storage>" count MiB, everything
// else ("guests", "addresses", "licences", any name at all) counts pieces.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace paas::placement {

using Amount = std::int64_t;
// The most that any single amount may be, so that no sum or product of ours overflows.
inline constexpr Amount most_amount = Amount{1} << 40;
using Amounts = std::map<std::string, Amount, std::less<>>;
using Labels = std::map<std::string, std::string, std::less<>>;

// Keeps workloads away that do not tolerate it.
struct Taint {
  std::string key;
  std::string value{};
  bool hard = true;  // false: others are preferred, but it may be used
  bool operator==(const Taint&) const = default;
};

struct Toleration {
  std::string key;
  std::optional<std::string> value{};  // none: whatever the value
  bool operator==(const Toleration&) const = default;
};

// Equal devices of a node: GPUs, accelerators, USB sticks.
struct DeviceGroup {
  std::string kind;     // "gpu"
  std::string model{};  // "A100"
  int count = 0;
  bool operator==(const DeviceGroup&) const = default;
};

// Whole devices of one kind, or a share of a single one; all on one node.
struct DeviceRequest {
  std::string kind;
  int count = 1;
  int share_milli = 1000;             // thousandths of each device; below 1000 only with count 1
  std::vector<std::string> models{};  // any of these; empty: any at all
  bool operator==(const DeviceRequest&) const = default;
};

struct Node {
  std::string name;
  // The physical machine below a virtual one; nodes of one host fail together. Empty: itself.
  std::string host{};
  std::string arch{};  // "amd64", "arm64"
  Labels labels{};
  Amounts capacity{};  // a resource that is not named is not there
  Amounts reserved{};  // headroom that no workload gets
  // Thousandths of the capacity that may be promised: 2000 promises twice what is there. A resource
  // that is not named is promised once.
  Amounts overcommit_milli{};
  std::vector<DeviceGroup> devices{};
  std::vector<int> ports_taken{};      // by others than our workloads
  std::vector<std::string> volumes{};  // that exist here and nowhere else
  std::vector<Taint> taints{};
  bool drained = false;  // takes nothing, and what is here moves away
  bool operator==(const Node&) const = default;
};

struct Cluster {
  std::vector<Node> nodes;
  bool operator==(const Cluster&) const = default;
};

enum class Operator { in, not_in, exists, absent, greater, less };

// A condition on one label. `greater` and `less` compare whole numbers with the only value; a label
// that is absent or no number does not satisfy them. `not_in` is satisfied by an absent label.
struct Term {
  std::string label;
  Operator op = Operator::in;
  std::vector<std::string> values{};
  bool operator==(const Term&) const = default;
};

struct Preference {
  Term term;
  int weight = 50;  // 1..100
  bool operator==(const Preference&) const = default;
};

// To be where another app is, or where it is not. An app may name itself;
// to be together with itself is then required of all its workloads.
struct Relation {
  std::string app;
  std::string level = "node";   // "node", "host", or the label whose value they share
  bool apart = true;            // false: together
  std::optional<int> weight{};  // 1..100: preferred; none: required
  bool operator==(const Relation&) const = default;
};

// To divide an app's replicas evenly over the values of a level.
struct Spread {
  std::string level = "host";  // "node", "host", or a label
  // The most that the fullest value may have over the emptiest; none: preferred, not required.
  std::optional<int> max_skew{};
  int weight = 50;  // 1..100, used where max_skew is none
  bool operator==(const Spread&) const = default;
};

struct Workload {
  std::string name;       // unique; its allocations are name/0, name/1, …
  std::string app{};      // what relations and spreads speak of; empty: the name
  std::string project{};  // whose quota it draws on
  int replicas = 1;
  Amounts requests{};  // of each replica
  std::vector<DeviceRequest> devices{};
  std::vector<int> ports{};            // of the node; each has one user
  std::vector<std::string> volumes{};  // must be on the node
  std::vector<std::string> archs{};    // any of these; empty: any at all
  std::vector<std::string> pin{};      // nodes that may be used; empty: all
  std::vector<Term> required{};
  std::vector<Preference> preferred{};
  std::vector<Toleration> tolerations{};
  std::vector<Relation> relations{};
  std::vector<Spread> spreads{};
  int priority = 0;    // higher ones are placed first, and may push lower ones out
  std::string gang{};  // workloads of one gang are placed all or not at all; empty: each alone
  // How many replicas of the app may be on the move in one plan; none: as many as must. Where
  // several workloads of an app say so, the least counts for all of them.
  std::optional<int> max_unavailable{};
  // What a move costs compared with others; none: its memory and disks, for that is what is copied.
  std::optional<Amount> move_cost{};
  bool operator==(const Workload&) const = default;
};

// One replica of a workload.
struct Allocation {
  std::string workload;
  int ordinal = 0;
  auto operator<=>(const Allocation&) const = default;
};

// "web/0"
std::string name_of(const Allocation& allocation);

// "web/0" read back; none for anything else.
std::optional<Allocation> allocation_of(std::string_view name);

// Where allocations are. What is not in it has no node. A node that is not in the cluster is gone;
// an ordinal beyond the replicas is not wanted any more, and its room is free.
using Assignment = std::map<Allocation, std::string>;

// What a good placement is, as data: thousandths, how much each matters beside the others.
struct Objectives {
  int pack = 1000;      // few nodes, so that whole nodes stay free
  int balance = 0;      // every node equally loaded, instead
  int fit = 1000;       // what is left of a node stays usable for the shapes that are around
  int spread = 1000;    // preferred spreads
  int affinity = 1000;  // preferred labels, relations and soft taints
  int stay = 1000;      // to stay, or to come back to where an allocation was
  bool operator==(const Objectives&) const = default;
};

// A shape of workload that is expected, and how often beside the others.
struct ExpectedShape {
  Amounts requests;
  std::vector<DeviceRequest> devices{};
  Amount weight = 1;
  bool operator==(const ExpectedShape&) const = default;
};

struct Rules {
  Objectives objectives{};
  std::map<std::string, Amounts, std::less<>> quotas{};  // by project; what is not named is free
  bool preempt = false;  // whether lower priorities may be pushed out
  // What the fit of a remainder is measured by; empty: the shapes of all workloads at hand.
  std::vector<ExpectedShape> expected{};
  // Units of work that a search for moves may spend; the answer depends on it and on nothing else.
  std::int64_t search_budget = 2'000'000;
  bool operator==(const Rules&) const = default;
};

}  // namespace paas::placement
#pragma GCC visibility pop
