#pragma once
// paas-agent status: what the node on this host runs, waits for and suffers from.

#include "agent/program.hpp"
#include "libpaas/node/status.hpp"

namespace paas::agent::commands {

int status(const Invocation& invocation);

struct StatusWish {
  bool foreign = false;  // what else runs on the host, too
};
// For people. `now` tells how old it is.
std::string status_text(const Invocation& invocation, const node::Status& status,
                        const StatusWish& wish, model::Moment now);

// One line each: what somebody should look at.
std::vector<std::string> troubles_of(const node::Status& status, model::Moment now);

// An agent that lives writes at least once a minute.
bool seems_dead(const node::Status& status, model::Moment now);

}  // namespace paas::agent::commands
