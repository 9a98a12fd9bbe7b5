#pragma once
// paas-agent rollback: an app goes back to a release that the node keeps.

#include <functional>

#include "agent/node_folder.hpp"
#include "agent/program.hpp"

namespace paas::agent::commands {

int rollback(const Invocation& invocation);

// What the agent is asked, once it was found to be possible.
struct RollbackWish {
  std::string app;        // "web", "shop/web"
  std::string release{};  // its first digits; empty: the last good one
  bool wait = false;
};
// `pause` waits a little and says whether to go on waiting. Returns the exit code.
int ask_to_roll_back(const Invocation& invocation, const NodeFolder& folder,
                     const RollbackWish& wish, const std::function<bool()>& pause);

}  // namespace paas::agent::commands
