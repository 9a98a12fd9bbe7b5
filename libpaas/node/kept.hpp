#pragma once
// What a node was declared to run: read from a source, judged, and kept.

#include <string>
#include <string_view>
#include <utility>

#include "libpaas/blueprint/host.hpp"
#include "libpaas/node/core.hpp"
#include "libpaas/ports/source.hpp"

namespace paas::node {

// The files of a source as one blueprint that this host allows; without time zones. Errors:
// `invalid`, all that is wrong with the files, or all that the host does not allow.
Result<Declared> judge(const SourceContent& content, const blueprint::HostRules& rules);

// Names of the time zones that the jobs of a blueprint go by, each once.
std::vector<std::string> zones_of(const model::Blueprint& blueprint);

// JSON with a version, without time zones; parse_declared() gives the same.
std::string print_declared(const Declared& declared, Moment accepted);
// Errors: `invalid`.
Result<std::pair<Declared, Moment>> parse_declared(std::string_view text);

}  // namespace paas::node
