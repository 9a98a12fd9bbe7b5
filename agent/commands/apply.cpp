#include "agent/commands/apply.hpp"

#include "agent/commands/complaint.hpp"
#include "agent/commands/node_parts.hpp"
#include "agent/interrupts.hpp"

namespace paas::agent::commands {
namespace {

const Usage& apply_usage() {
  static const Usage usage = {
      "apply --once --state WHERE [flags]",
      "Brings this host to what is declared and ends; nothing keeps it so afterwards. What is "
      "done\n"
      "is told line by line.",
      "0 what is declared runs, 1 it does not, 2 the command line is wrong",
      node_flags({{"--once", "", "needed: to keep it so is what `paas-agent node` is for"}})};
  return usage;
}

}  // namespace

int apply(const Invocation& invocation) {
  const Usage& usage = apply_usage();
  const auto arguments = understood(invocation, usage, {0, 0});
  if (!arguments) return arguments.error();
  if (!arguments->has("--once")) return misuse(invocation, usage, "--once is needed");
  const auto log = node_log(invocation, usage, *arguments);
  if (!log) return log.error();
  const Interrupts interrupts;
  const auto parts =
      node_parts(invocation, usage, *arguments, Purpose::act, **log, interrupts.token());
  if (!parts) return parts.error();
  node::ShellOptions options = (*parts)->options();
  options.once = true;
  const auto shell = node::make_shell((*parts)->ports(), std::move(options));
  if (!shell) {
    complain(invocation.err, "begin", shell.error());
    return failed;
  }
  switch ((*shell)->run(interrupts.token())) {
    case node::Outcome::settled:
      invocation.out << "everything runs as declared\n";
      return done;
    case node::Outcome::failed:
      invocation.err << "paas-agent: not everything runs as declared; `paas-agent status` tells\n";
      return failed;
    case node::Outcome::stopped:
      break;
  }
  invocation.err << "paas-agent: interrupted\n";
  return failed;
}

}  // namespace paas::agent::commands
