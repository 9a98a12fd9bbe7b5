#include "agent/program.hpp"

#include <algorithm>
#include <string_view>

#include "agent/commands/apply.hpp"
#include "agent/commands/completion.hpp"
#include "agent/commands/convert.hpp"
#include "agent/commands/dns.hpp"
#include "agent/commands/exec.hpp"
#include "agent/commands/logs.hpp"
#include "agent/commands/node.hpp"
#include "agent/commands/place.hpp"
#include "agent/commands/plan.hpp"
#include "agent/commands/pve_ls.hpp"
#include "agent/commands/rollback.hpp"
#include "agent/commands/status.hpp"
#include "agent/commands/validate.hpp"
#include "agent/commands/version.hpp"
#include "agent/commands/volume.hpp"

namespace paas::agent {
namespace {

struct Command {
  std::vector<std::string> words;
  std::string_view help;
  int (*run)(const Invocation&);
};

const std::vector<Command>& known_commands() {
  static const std::vector<Command> all = {
      {{"apply"}, "brings this host to what is declared, and ends", commands::apply},
      {{"completion"}, "a script that completes commands and flags", commands::completion},
      {{"convert"}, "a compose file as a state file", commands::convert},
      {{"dns"}, "answers for the names of apps", commands::dns},
      {{"exec"}, "a command in a container of an app", commands::exec},
      {{"logs"}, "what an app or a job has said", commands::logs},
      {{"node"}, "keeps this host as declared", commands::node},
      {{"place", "plan"}, "where the workloads of a snapshot go, and why", commands::place_plan},
      {{"place", "explain"}, "what each node says to a workload", commands::place_explain},
      {{"place", "what-if"}, "nodes lost, drained or added; other sizes", commands::place_what_if},
      {{"place", "rebalance"}, "moves that make a placement better", commands::place_rebalance},
      {{"plan"}, "what would change on this host, and why", commands::plan},
      {{"pve", "ls"}, "what a Proxmox VE cluster holds", commands::pve_ls},
      {{"rollback"}, "an app goes back to an earlier release", commands::rollback},
      {{"status"}, "what the node on this host runs, and what is wrong", commands::status},
      {{"validate"}, "what is wrong with a state file", commands::validate},
      {{"version"}, "the version of this program", commands::version},
      {{"volume", "ls"}, "the volumes of this node", commands::volume_ls},
      {{"volume", "rm"}, "removes volumes for good", commands::volume_rm},
  };
  return all;
}

std::string usage() {
  std::string out = "usage: paas-agent COMMAND [flags]\n\n";
  for (const Command& command : known_commands()) {
    std::string left;
    for (const std::string& word : command.words) left += (left.empty() ? "" : " ") + word;
    left.resize(17, ' ');
    out += "  " + left + std::string(command.help) + "\n";
  }
  return out + "\n`paas-agent COMMAND --help` tells the flags of a command.\n";
}

bool begins_with(const std::vector<std::string>& arguments, const std::vector<std::string>& words) {
  return arguments.size() >= words.size() &&
         std::equal(words.begin(), words.end(), arguments.begin());
}

}  // namespace

std::vector<CommandLine> command_lines() {
  std::vector<CommandLine> out;
  for (const Command& command : known_commands()) {
    out.push_back({command.words, command.help, command.words.front() != "dns"});
  }
  return out;
}

int run(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  for (const Command& command : known_commands()) {
    if (!begins_with(arguments, command.words)) continue;
    const auto own = arguments.begin() + static_cast<std::ptrdiff_t>(command.words.size());
    return command.run(invocation.with({own, arguments.end()}));
  }
  if (!arguments.empty() &&
      (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help")) {
    invocation.out << usage();
    return done;
  }
  if (!arguments.empty() && arguments[0] == "--version") {
    return commands::version(invocation.with({}));
  }
  if (!arguments.empty()) invocation.err << "paas-agent: there is no such command\n\n";
  invocation.err << usage();
  return misused;
}

}  // namespace paas::agent
