#pragma once
// What both dialects need to say how a container is made. Internal to this folder.

#include <string>

#include "libpaas/engine/dialect.hpp"

namespace paas::engine {

// Refuses what an engine would misread or take for something else: names that begin with a dash,
// relative paths, empty texts. Errors: `invalid`, without values that may be secret.
Result<void> checked(const model::ContainerSpec& spec);

// The container's environment and the secret one, which wins.
model::TextMap environment_of(const model::ContainerSpec& spec);

// What is to run, both engines meaning the same: none is the image's. An entrypoint that is to be
// empty is said as [""], since an empty list counts as none; an empty command cannot be said at
// all, so that the image's own entrypoint is given with it.
struct Run {
  std::optional<model::Texts> entrypoint{};
  std::optional<model::Texts> command{};
};
Run run_of(const model::ContainerSpec& spec, const HostFacts& host);

// That of the spec, or the one that belongs to its address; empty where it has neither.
Result<std::string> mac_of(const model::ContainerSpec& spec);

// Sysctls of the spec, and that an unprivileged process may serve port 80, as Docker allows without
// being asked: only for a container with a network namespace of its own.
model::TextMap sysctls_of(const model::ContainerSpec& spec);

Json json_of(const model::TextMap& map);
Json json_of(const model::Texts& texts);

}  // namespace paas::engine
