#pragma once
// The Pve port over HTTP: signs in, limits how much runs at once, repeats what is safe to repeat,
// follows tasks. No third-party type; what is below it comes through ports.
//
//   call ─▶ gate ─▶ session (token or ticket) ─▶ Http ─▶ judge ─┬▶ data
//     ▲                                                         └▶ error ─▶ retry policy ─┐
//     └───────────────────────────────── wait a little ◀──────────────────────────────────┘

#include <memory>

#include "libpaas/adapters/pve/options.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/http.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/ports/random.hpp"

namespace paas::pve {

// The ports outlive what is returned. `http` already trusts as options.trust says.
// Lines of tasks are logged at info, repeated calls at debug.
std::unique_ptr<Pve> make_pve(Http& http, Clock& clock, Random& random, Log& log,
                              PveOptions options);

}  // namespace paas::pve
