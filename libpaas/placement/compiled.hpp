#pragma once
// A problem in dense numbers: every name is looked up once, here, and everything behind this works
// on indices. Which node refuses whom for reasons that no placement changes is settled here too.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/placement/place.hpp"

namespace paas::placement {

using Index = std::uint32_t;
inline constexpr Index nowhere = 0xffffffff;

// A set of nodes.
class NodeSet {
 public:
  explicit NodeSet(std::size_t nodes = 0) : words_((nodes + 63) / 64) {}
  bool has(Index node) const { return (words_[node / 64] >> (node % 64) & 1U) != 0; }
  void add(Index node) { words_[node / 64] |= std::uint64_t{1} << (node % 64); }
  std::uint64_t word(std::size_t block) const { return words_[block]; }  // of 64 nodes

 private:
  std::vector<std::uint64_t> words_;
};

struct Need {
  Index resource;
  Amount amount;  // above 0
  auto operator<=>(const Need&) const = default;
};

// Cards are single devices; their types are pairs of kind and model, interned.
struct CardWant {
  std::vector<std::uint8_t> types;  // by type: whether it will do
  int count = 1;
  int share_milli = 1000;
  std::string kind{};  // for people, with the models that will do: "gpu of model A100 or H100"
  auto operator<=>(const CardWant&) const = default;
};

// What one replica takes from a node. Workloads that ask for the same have one shape.
struct Shape {
  std::vector<Need> needs;      // by resource
  std::vector<CardWant> cards;  // the hardest to satisfy first
  auto operator<=>(const Shape&) const = default;
};

// What is expected to come: shapes, and how many replicas of each. In any order; of one shape the
// counts add up.
using Mix = std::vector<std::pair<Shape, Amount>>;

// The conditions on a node that no placement changes. Workloads with the same ones share a gate.
struct Gate {
  std::vector<std::string> archs, pin, volumes;
  std::vector<Term> required;
  std::vector<Toleration> tolerations;
  NodeSet open{};
};

// The wishes about a node that no placement changes.
struct Taste {
  std::vector<Preference> preferred;
  std::vector<Toleration> tolerations;  // of soft taints
  std::vector<std::int32_t> liking{};   // by node: weights of what it satisfies
  bool indifferent = true;              // whether it likes all nodes alike, and not at all
};

// A partition of the nodes: each alone, by host, or by a label's value.
struct Level {
  std::string name;
  std::vector<Index> domain_of{};      // by node; nowhere where the label is absent
  std::vector<std::string> domains{};  // names, sorted
};

enum class TieKind : std::uint8_t { apart, together, rather_apart, rather_together };

// A relation as the one who is placed sees it. A tie that somebody else declared ("keep away from
// me") is mirrored, so that it holds whoever comes first.
struct Tie {
  TieKind kind;
  bool own = false;  // the counter is an offset into those of the workload's own app
  bool mirrored = false;
  bool free_first = false;  // together: while the other app is nowhere, anywhere will do
  bool wanted = true;       // the other app is to have replicas
  Index counter = 0;
  Index level = 0;
  Index app = 0;           // the other one; nowhere: there is none of that name
  std::string app_gone{};  // its name then
  int weight = 0;
};

struct SpreadTie {
  Index counter;  // offset into those of the workload's own app
  Index level;
  int max_skew = 0;  // 0: preferred, by weight
  int weight = 0;
};

// Everything about a workload but its identity.
struct Kind {
  Index shape = 0;
  Index gate = 0;
  Index taste = 0;
  Index project = 0;
  std::vector<Tie> ties{};
  std::vector<SpreadTie> spreads{};
  std::vector<std::uint16_t> ports{};          // sorted
  std::vector<std::pair<Index, Index>> fed{};  // counters of this kind's own, and their levels
  int priority = 0;
  int max_unavailable = -1;  // -1: any number
  Amount move_cost = 0;
  Amount dominant_share = 0;  // of a mean node, 2^20 is all of it
};

struct Job {
  Index kind;
  Index app;
};

struct App {
  Index first_counter;
  Index layout;  // which levels it is counted on
};

class Compiled {
 public:
  // Jobs are the problem's workloads in its order. Keeps a reference to the problem.
  // REQUIRES: mistakes(problem).empty().
  explicit Compiled(const Problem& problem);
  explicit Compiled(Problem&&) = delete;

  // Another job with an app of its own that is like the one given in all else.
  // REQUIRES: that job's relations are with its own app.
  Index add_like(Index job);

  const Problem& problem() const { return problem_; }
  std::size_t node_count() const { return nodes_.size(); }
  std::size_t resource_count() const { return resources_.size(); }
  const Node& node(Index node) const { return *nodes_[node]; }
  // Nodes are numbered so that those alike are neighbours; names decide between equals.
  Index rank(Index node) const { return rank_[node]; }
  const std::vector<Index>& by_name() const { return by_name_; }
  Index find_node(std::string_view name) const;  // nowhere if there is none

  // What may be promised of each resource: capacity less headroom, times the over-commitment.
  const Amount* capacity(Index node) const { return capacity_.data() + node * resources_.size(); }
  Amount total(Index resource) const { return totals_[resource]; }
  const std::string& resource(Index resource) const { return resources_[resource]; }
  Index find_resource(std::string_view name) const;

  const std::vector<Index>& card_types() const { return card_types_; }  // by card, node by node
  Index first_card(Index node) const { return first_card_[node]; }
  Index end_card(Index node) const { return first_card_[node + 1]; }
  std::size_t card_type_count() const { return types_.size(); }
  const std::pair<std::string, std::string>& card_type(Index type) const { return types_[type]; }

  const std::vector<Shape>& shapes() const { return shapes_; }
  const std::vector<Gate>& gates() const { return gates_; }
  const std::vector<Taste>& tastes() const { return tastes_; }
  const std::vector<Level>& levels() const { return levels_; }
  const std::vector<Kind>& kinds() const { return kinds_; }
  const std::vector<std::vector<Index>>& layouts() const { return layouts_; }

  std::size_t job_count() const { return jobs_.size(); }
  const Job& job(Index job) const { return jobs_[job]; }
  const Kind& kind(Index job) const { return kinds_[jobs_[job].kind]; }
  const Shape& shape(Index job) const { return shapes_[kind(job).shape]; }
  const Gate& gate(Index job) const { return gates_[kind(job).gate]; }
  const App& app(Index app) const { return apps_[app]; }
  std::size_t counter_count() const { return counters_; }
  std::string_view app_name(Index app) const { return app_names_[app]; }  // of the problem's apps

  // Limits of a project by resource; -1 where there is none. Null if it has no limits at all.
  const Amount* quota(Index project) const;
  std::size_t project_count() const { return projects_.size(); }
  const std::string& project(Index project) const { return projects_[project]; }

  // Domains of a level with a node that a gate lets in.
  const std::vector<Index>& domains_behind(Index gate, Index level) const;

  // What is expected, and how often: the rules' own list, or the workloads at hand.
  const Mix& mix() const { return mix_; }

 private:
  friend class Compiler;

  const Problem& problem_;
  std::vector<const Node*> nodes_;
  std::vector<Index> rank_, by_name_;
  std::vector<std::string> resources_;
  std::vector<Amount> capacity_, totals_;
  std::vector<std::pair<std::string, std::string>> types_;
  std::vector<Index> card_types_, first_card_;
  std::vector<Shape> shapes_;
  std::vector<Gate> gates_;
  std::vector<Taste> tastes_;
  std::vector<Level> levels_;
  std::vector<Kind> kinds_;
  std::vector<std::vector<Index>> layouts_;
  std::vector<Job> jobs_;
  std::vector<App> apps_;
  std::vector<std::string_view> app_names_;
  std::size_t counters_ = 0;
  std::vector<std::string> projects_;
  std::vector<std::vector<Amount>> quotas_;
  std::map<std::pair<Index, Index>, std::vector<Index>> behind_;
  Mix mix_;
};

// Conditions on what a node is.
bool satisfies(const Labels& labels, const Term& term);
bool tolerates(const std::vector<Toleration>& tolerations, const Taint& taint);

// Its own name where no app is given.
const std::string& app_name_of(const Workload& workload);

}  // namespace paas::placement
