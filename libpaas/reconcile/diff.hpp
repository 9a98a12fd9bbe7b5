#pragma once
// diff(): what differs between what a node is to run and what it runs, with every reason. A pure
// function; plan.hpp turns the answer into steps.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/model/expected.hpp"

#pragma GCC visibility push(default)
namespace paas::reconcile {

// Labels of the objects that are ours. Nothing without `owner` and the node's own id in it is ever
// touched, whatever its name.
inline constexpr std::string_view owner_label = "paas.owner";
inline constexpr std::string_view allocation_label = "paas.allocation";  // "shop/web/0"
inline constexpr std::string_view release_label = "paas.release";
inline constexpr std::string_view grace_label = "paas.stop-grace";  // seconds
inline constexpr std::string_view parts_label = "paas.parts";       // part=hash,…: parts_of()

// What a node runs. Foreign containers and networks may be in it: they are passed over, except that
// they take names and addresses.
struct Observed {
  std::vector<model::NetworkInfo> networks{};
  std::vector<model::ContainerInfo> containers{};
  std::map<std::string, std::string, std::less<>> images{};  // that are here: reference → id
  std::string names{};                                       // what the names service was fed last
  bool operator==(const Observed&) const = default;
};

// In the order in which they are made (S2.5).
enum class ChangeKind {
  create_network,
  remove_container,  // of ours, and nobody expects it
  start_container,
  deploy_container,
  replace_container,
  replace_network,  // with the containers in it
  publish_names,
  remove_network,
};
std::string_view word_of(ChangeKind kind);

// One word that programs look at, and a sentence for people.
struct Reason {
  std::string word;  // "missing", "orphan", "state", "image", "environment", "mounts", "limits", …
  std::string text;
  bool operator==(const Reason&) const = default;
};

struct Change {
  ChangeKind kind{};
  std::string subject;  // the container's or network's name
  std::vector<Reason> reasons{};
  bool operator==(const Change&) const = default;
};

// Everything, in order; empty if the node is as it should be. `owner`: the node's id in the labels.
std::vector<Change> diff(const model::ExpectedState& expected, const Observed& observed,
                         std::string_view owner);

// Short hashes of the parts of a container, by part: "image", "command", "environment", "mounts",
// "limits", "ports", "rights", "network", "rest".
std::map<std::string, std::string, std::less<>> parts_of(const model::ExpectedContainer& expected);

// The labels that a container of ours has.
model::TextMap labels_of(const model::ExpectedContainer& expected, std::string_view owner);

// Whether the labels of a container or network say that it is this node's.
bool is_ours(const model::TextMap& labels, std::string_view owner);

// "shop/web/0"
std::string name_of(const model::AllocationId& allocation);

}  // namespace paas::reconcile
#pragma GCC visibility pop
