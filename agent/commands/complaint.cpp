#include "agent/commands/complaint.hpp"

#include <algorithm>

namespace paas::agent::commands {
namespace {

// Settings stand between backquotes in texts that the provider shows as well.
std::string as_flags(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = text.find('`', at);
    const auto close = open == std::string::npos ? open : text.find('`', open + 1);
    if (close == std::string::npos) break;
    const std::string quoted = text.substr(open + 1, close - open - 1);
    const std::string setting = quoted.substr(0, quoted.find(' '));  // of "insecure = true"
    const bool known = !pve::variable_of(setting).empty();
    out += text.substr(at, open - at) + "`" + (known ? flag_of(setting) : quoted) + "`";
    at = close + 1;
  }
  return out + text.substr(at);
}

void say(std::ostream& err, const std::string& message, const std::string& remedy) {
  err << "paas-agent: " << as_flags(message) << "\n";
  if (!remedy.empty()) err << "  " << as_flags(remedy) << "\n";
}

}  // namespace

void complain(std::ostream& err, const std::string& verb_and_noun, const Error& error) {
  say(err, "unable to " + verb_and_noun + ": " + describe(error), error.remedy);
}

void complain(std::ostream& err, const std::vector<pve::Problem>& problems) {
  for (const pve::Problem& problem : problems) {
    const std::string where =
        problem.variable.empty() ? flag_of(problem.setting) : problem.variable;
    say(err, where + ": " + problem.message, problem.remedy);
  }
}

std::string flag_of(std::string_view setting) {
  std::string out = "--" + std::string(setting);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

}  // namespace paas::agent::commands
