#pragma once
// What a node keeps between its runs, and what it reads: from ports to values.

#include <stop_token>
#include <string_view>

#include "libpaas/node/core.hpp"
#include "libpaas/node/shell.hpp"

namespace paas::node {

// The names of what is kept.
namespace memory {
inline constexpr std::string_view ledger = "ledger";
inline constexpr std::string_view blueprint = "blueprint";
}  // namespace memory

// The state to begin with. Errors: those of make_shell().
Result<State> remembered(const Ports& ports, const Settings& settings);

// What the source says now, judged, with its time zones. Errors: those of the source and of
// judge(), `not_found` for a time zone that this host does not know.
Result<Declared> read_declared(const Ports& ports, const blueprint::HostRules& rules,
                               std::stop_token stop);

}  // namespace paas::node
