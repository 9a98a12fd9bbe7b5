#include "agent/commands/completion.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "agent/usage.hpp"
#include "libpaas/base/text.hpp"

namespace paas::agent::commands {
namespace {

const Usage& completion_usage() {
  static const Usage usage = {"completion bash|zsh|fish",
                              "Prints a script that lets the shell complete commands and flags.",
                              "0 done, 2 the command line is wrong",
                              {help_flag},
                              "bash: paas-agent completion bash > "
                              "/etc/bash_completion.d/paas-agent\nzsh:  paas-agent completion zsh "
                              "> \"${fpath[1]}/_paas-agent\"\nfish: paas-agent completion fish > "
                              "~/.config/fish/completions/paas-agent.fish"};
  return usage;
}

// "  --tail N  the last lines only": how help_of() writes a flag.
std::vector<Completed::Option> flags_in(const std::string& help) {
  std::vector<Completed::Option> out;
  for (const std::string_view line : split(help, '\n')) {
    if (!line.starts_with("  -")) continue;
    const auto gap = line.find("  ", 2);
    const auto words_of = words(line.substr(2, gap == line.npos ? gap : gap - 2));
    out.push_back({std::string(words_of[0]), words_of.size() > 1 ? std::string(words_of[1]) : "",
                   std::string(gap == line.npos ? std::string_view() : trim(line.substr(gap)))});
  }
  return out;
}

std::string flag_names(const Completed& command) {
  std::string out;
  for (const auto& flag : command.flags) out += (out.empty() ? "" : " ") + flag.name;
  return out;
}

// The first words, and the second ones behind each.
std::map<std::string, std::vector<const Completed*>> by_first(const std::vector<Completed>& all) {
  std::map<std::string, std::vector<const Completed*>> out;
  for (const Completed& one : all) out[one.words.front()].push_back(&one);
  return out;
}

std::string seconds_of(const std::vector<const Completed*>& commands) {
  std::string out;
  for (const Completed* one : commands) {
    if (one->words.size() > 1) out += (out.empty() ? "" : " ") + one->words[1];
  }
  return out;
}

std::string bash_script(const std::vector<Completed>& commands) {
  std::string firsts, cases;
  for (const auto& [first, group] : by_first(commands)) {
    firsts += (firsts.empty() ? "" : " ") + first;
    const std::string seconds = seconds_of(group);
    if (!seconds.empty()) cases += "    '" + first + " ') words='" + seconds + "' ;;\n";
    for (const Completed* one : group) {
      const std::string second = one->words.size() > 1 ? one->words[1] : "*";
      cases += "    '" + first + " '" + (second == "*" ? "*" : second) + ") words='" +
               flag_names(*one) + "' ;;\n";
    }
  }
  return "# paas-agent completion bash\n"
         "_paas_agent() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} words second=\n"
         "  [ \"$COMP_CWORD\" -gt 2 ] && second=${COMP_WORDS[2]}\n"
         "  case \"${COMP_WORDS[1]} $second\" in\n" +
         cases +
         "  esac\n"
         "  [ \"$COMP_CWORD\" -eq 1 ] && words='" +
         firsts +
         "'\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "  if [ ${#COMPREPLY[@]} -eq 0 ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _paas_agent paas-agent\n";
}

// In single quotes for zsh and fish; `special` is escaped by a backslash.
std::string shell_text(const std::string& text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (special.find(c) != special.npos) out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_script(const std::vector<Completed>& commands) {
  std::string firsts, cases;
  for (const auto& [first, group] : by_first(commands)) {
    const bool is_group = !seconds_of(group).empty();
    const std::string help = is_group ? seconds_of(group) : group.front()->help;
    firsts += "    '" + first + ":" + shell_text(help, ":\\") + "'\n";
    for (const Completed* one : group) {
      cases += "    '" + join(one->words, " ") + (is_group ? "')" : " '*)") + "\n      _arguments";
      for (const auto& flag : one->flags) {
        cases +=
            " \\\n        '" + flag.name + "[" + shell_text(flag.help, "[]\\:") + "]" +
            (flag.value.empty() ? "" : ":" + shell_text(lower(flag.value), ":\\") + ":_files") +
            "'";
      }
      cases += " \\\n        '*:file:_files' ;;\n";
    }
    if (is_group) {
      cases += "    '" + first + " '*) compadd " + seconds_of(group) + " ;;\n";
    }
  }
  return "#compdef paas-agent\n"
         "_paas_agent() {\n"
         "  local -a commands=(\n" +
         firsts +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local second=''\n"
         "  (( CURRENT > 3 )) && second=$words[3]\n"
         "  case \"$words[2] $second\" in\n" +
         cases +
         "  esac\n"
         "}\n"
         "_paas_agent \"$@\"\n";
}

std::string fish_script(const std::vector<Completed>& commands) {
  std::string out = "# paas-agent completion fish\n";
  for (const auto& [first, group] : by_first(commands)) {
    const bool is_group = !seconds_of(group).empty();
    out += "complete -c paas-agent -n __fish_use_subcommand -a " + first;
    if (!is_group) out += " -d '" + shell_text(group.front()->help, "\\") + "'";
    out += "\n";
    for (const Completed* one : group) {
      std::string when = "__fish_seen_subcommand_from " + first;
      if (is_group) {
        out += "complete -c paas-agent -n '" + when + "' -a " + one->words[1] + " -d '" +
               shell_text(one->help, "\\") + "'\n";
        when += "; and __fish_seen_subcommand_from " + one->words[1];
      }
      for (const auto& flag : one->flags) {
        const bool is_long = flag.name.starts_with("--");
        out += "complete -c paas-agent -n '" + when + "' " +
               (is_long ? "-l " + flag.name.substr(2) : "-s " + flag.name.substr(1)) +
               (flag.value.empty() ? "" : " -r") + " -d '" + shell_text(flag.help, "\\") + "'\n";
      }
    }
  }
  return out;
}

}  // namespace

std::vector<Completed> completed_commands() {
  std::vector<Completed> out;
  for (const CommandLine& command : command_lines()) {
    Completed one{command.words, std::string(command.help)};
    if (command.has_help) {
      std::vector<std::string> arguments = command.words;
      arguments.emplace_back("--help");
      std::ostringstream said, err;
      std::istringstream in;
      run({std::move(arguments), {}, said, err, in});
      one.flags = flags_in(said.str());
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string completion_script(const std::string& shell, const std::vector<Completed>& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  return shell == "fish" ? fish_script(commands) : "";
}

int completion(const Invocation& invocation) {
  const auto arguments = understood(invocation, completion_usage(), {1, 1});
  if (!arguments) return arguments.error();
  const std::string script = completion_script(arguments->words()[0], completed_commands());
  if (script.empty()) return misuse(invocation, completion_usage(), "no such shell is known");
  invocation.out << script;
  return done;
}

}  // namespace paas::agent::commands
