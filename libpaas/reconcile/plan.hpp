#pragma once
// plan(): one change as the ordered steps that make it. Every step carries all it needs: nothing is
// left to choose when it is carried out. lint() says what a plan must never hold.

#include <string>
#include <variant>
#include <vector>

#include "libpaas/reconcile/diff.hpp"

#pragma GCC visibility push(default)
namespace paas::reconcile {

struct PullImage {
  std::string reference;
  std::string platform{};
  bool operator==(const PullImage&) const = default;
};
struct CreateNetwork {
  model::NetworkSpec spec;
  bool operator==(const CreateNetwork&) const = default;
};
struct RemoveNetwork {
  std::string name;
  bool operator==(const RemoveNetwork&) const = default;
};
struct StopContainer {
  std::string id;
  std::string name;
  model::Seconds grace{10};
  bool operator==(const StopContainer&) const = default;
};
struct RemoveContainer {
  std::string id;
  std::string name;
  bool operator==(const RemoveContainer&) const = default;
};
// `spec.image_id` is empty where the image is pulled just before: then it is what `reference` has.
struct CreateContainer {
  model::ContainerSpec spec;
  std::string reference;
  bool operator==(const CreateContainer&) const = default;
};
struct StartContainer {
  std::string name;
  bool operator==(const StartContainer&) const = default;
};
struct PublishNames {
  std::string names;
  bool operator==(const PublishNames&) const = default;
};
using Step = std::variant<PullImage, CreateNetwork, RemoveNetwork, StopContainer, RemoveContainer,
                          CreateContainer, StartContainer, PublishNames>;

// "stop the container shop-web-0-1f2e3d4c (10 s)"
std::string text_of(const Step& step);

// REQUIRES: the change is one of diff(expected, observed, owner).
std::vector<Step> plan(const Change& change, const model::ExpectedState& expected,
                       const Observed& observed, std::string_view owner);

// What is wrong with steps; empty if they may be carried out: a container or network is touched
// that is not ours, one is made in a network that is not there or with an address that another
// holds, one is made whose name is taken, or one is removed while it runs without being stopped.
std::vector<std::string> lint(const std::vector<Step>& steps, const Observed& observed,
                              std::string_view owner);

}  // namespace paas::reconcile
#pragma GCC visibility pop
