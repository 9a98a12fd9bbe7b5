#pragma once
// paas-agent exec: a command in a container of an app.

#include <functional>
#include <memory>
#include <stop_token>

#include "agent/program.hpp"
#include "agent/target.hpp"

namespace paas::agent::commands {

int exec(const Invocation& invocation);

// Where no container could be asked; everything else is the command's own.
inline constexpr int exec_failed = 125;

using TakeTerminal = std::function<Result<std::unique_ptr<Terminal>>()>;

// In the first replica that runs. `terminal`: gives the person's; empty: output is passed on, and
// there is no input. Returns the exit code of the command, or exec_failed.
int run_in_container(const Invocation& invocation, ContainerRuntime& runtime,
                     std::string_view owner, const Target& target, const model::ExecSpec& spec,
                     const TakeTerminal& terminal, std::stop_token stop);

}  // namespace paas::agent::commands
