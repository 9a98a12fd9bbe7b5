#pragma once
// paas-agent logs: what containers of an app, or the last run of a job, have said.

#include <stop_token>

#include "agent/program.hpp"
#include "agent/target.hpp"
#include "libpaas/node/status.hpp"

namespace paas::agent::commands {

int logs(const Invocation& invocation);

struct LogsWish {
  Target target;
  model::LogOptions options{};
  bool as_json = false;
};
// Following, it ends when a job's run has ended, or when no container of an app is there any more.
// `status` tells jobs from apps. Returns the exit code.
int show_logs(const Invocation& invocation, ContainerRuntime& runtime, std::string_view owner,
              const Result<node::Status>& status, const LogsWish& wish, std::stop_token stop);

}  // namespace paas::agent::commands
