#pragma once
// Which containers a person means: "web", "shop/web", "web/0", "shop/web/0".

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/ports/container_runtime.hpp"

namespace paas::agent {

struct Target {
  std::string project{};  // empty: whichever has one of that name
  std::string name;       // of the app or job
  std::optional<int> replica{};
  bool operator==(const Target&) const = default;
};

// Errors: `invalid`. A number behind one '/' is a replica.
Result<Target> parse_target(std::string_view text);

// A container of this node's own.
struct OwnContainer {
  model::ContainerSummary summary;
  std::string project;
  std::string name;  // of the app or job
  int replica = 0;
  std::string label() const { return name + "/" + std::to_string(replica); }
};

Result<std::vector<OwnContainer>> own_containers(ContainerRuntime& runtime, std::string_view owner,
                                                 std::stop_token stop);

// Those that are meant, by replica; at least one. Errors: `not_found` (with what there is),
// `conflict` (several projects have one of that name).
Result<std::vector<OwnContainer>> meant(const std::vector<OwnContainer>& all, const Target& target);

// "shop", "web", 0 of "shop/web/0"; none for anything else.
std::optional<OwnContainer> of_label(const model::ContainerSummary& summary);

}  // namespace paas::agent
