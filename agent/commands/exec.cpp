#include "agent/commands/exec.hpp"

#include <unistd.h>

#include <algorithm>

#include "agent/commands/complaint.hpp"
#include "agent/commands/node_engine.hpp"
#include "agent/console_terminal.hpp"
#include "agent/interrupts.hpp"

namespace paas::agent::commands {
namespace {

const Usage& exec_usage() {
  static const Usage usage = {
      "exec [flags] APP[/REPLICA] [--] COMMAND [WORD...]",
      "Runs a command in a container of an app: on a terminal of its own where this one is a "
      "terminal,\nelse without input.",
      "that of the command; 126 or 127 it cannot be run, 125 no container could be asked, 2 the "
      "command\nline is wrong",
      {{"--user", "USER", "instead of the container's"},
       {"--workdir", "PATH", "instead of the container's"},
       {"--no-tty", "", "no terminal, even where this is one"},
       data_dir_flag,
       runtime_flag,
       help_flag},
      "Flags stand before APP. Without a replica it is the first that runs."};
  return usage;
}

struct SplitLine {
  std::vector<std::string> ours;  // flags and APP
  std::vector<std::string> command;
};

// What follows APP is the command's, whatever it looks like.
SplitLine split_line(const std::vector<std::string>& arguments, const std::vector<Flag>& flags) {
  std::size_t at = 0;
  while (at < arguments.size() && arguments[at].starts_with('-') && arguments[at] != "--") {
    const auto flag = std::find_if(flags.begin(), flags.end(),
                                   [&](const Flag& one) { return one.name == arguments[at]; });
    at += flag != flags.end() && !flag->value.empty() ? 2 : 1;
  }
  at = std::min(at + 1, arguments.size());
  const auto middle = arguments.begin() + static_cast<std::ptrdiff_t>(at);
  SplitLine out{{arguments.begin(), middle}, {middle, arguments.end()}};
  if (!out.command.empty() && out.command.front() == "--") out.command.erase(out.command.begin());
  return out;
}

Result<OwnContainer> running_one(ContainerRuntime& runtime, std::string_view owner,
                                 const Target& target, std::stop_token stop) {
  for (const OwnContainer& one :
       TRY(meant(TRY(own_containers(runtime, owner, std::move(stop))), target))) {
    if (one.summary.status == model::ContainerStatus::running) return one;
  }
  return fail(Errc::conflict, "no container of it runs");
}

}  // namespace

int run_in_container(const Invocation& invocation, ContainerRuntime& runtime,
                     std::string_view owner, const Target& target, const model::ExecSpec& spec,
                     const TakeTerminal& terminal, std::stop_token stop) {
  const auto complained = [&](const Error& error) {
    complain(invocation.err, "run the command", error);
    return exec_failed;
  };
  const auto container = running_one(runtime, owner, target, stop);
  if (!container) return complained(container.error());
  Result<int> code = exec_failed;
  if (terminal) {
    const auto taken = terminal();
    if (!taken) return complained(taken.error());
    code = runtime.sessions().exec_on_terminal(container->summary.id, spec, **taken, stop);
  } else {
    code = runtime.sessions().exec(
        container->summary.id, spec,
        [&](model::Stream stream, std::string_view bytes) {
          (stream == model::Stream::out ? invocation.out : invocation.err) << bytes << std::flush;
        },
        stop);
  }
  if (!code) return complained(code.error());
  return *code;
}

int exec(const Invocation& invocation) {
  const SplitLine line = split_line(invocation.arguments, exec_usage().flags);
  const auto arguments = understood(invocation.with(line.ours), exec_usage(), {1, 1});
  if (!arguments) return arguments.error();
  if (line.command.empty()) return misuse(invocation, exec_usage(), "a COMMAND is needed");
  const auto target = parse_target(arguments->words()[0]);
  if (!target) return misuse(invocation, exec_usage(), target.error().message);

  model::ExecSpec spec{.command = line.command,
                       .user = arguments->value("--user").value_or(""),
                       .working_dir = arguments->value("--workdir").value_or("")};
  TakeTerminal terminal;
  if (invocation.in_is_terminal && invocation.out_is_terminal && !arguments->has("--no-tty")) {
    terminal = [] { return take_terminal(STDIN_FILENO, STDOUT_FILENO); };
    const auto kind = invocation.environment.find("TERM");
    if (kind != invocation.environment.end()) spec.environment.emplace("TERM", kind->second);
  }
  const Interrupts interrupts;
  const auto node = node_engine(invocation, *arguments, interrupts.token());
  if (!node) return exec_failed;
  const int code = run_in_container(invocation, *node->runtime, node->owner, *target, spec,
                                    terminal, interrupts.token());
  return interrupts.exit_code() != 0 ? interrupts.exit_code() : code;
}

}  // namespace paas::agent::commands
