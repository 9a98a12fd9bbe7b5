#include "agent/commands/convert.hpp"

#include "agent/commands/complaint.hpp"
#include "agent/input.hpp"
#include "agent/usage.hpp"
#include "agent/yaml.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/compose/convert.hpp"

namespace paas::agent::commands {
namespace {

const Usage& convert_usage() {
  static const Usage usage = {
      "convert [flags] COMPOSE.YAML",
      "Prints a compose file as a state file. What has no counterpart is named on standard error, "
      "with its\nplace and what to do instead.",
      "0 converted, 1 it is no compose file, with --strict: something was left out; 2 the command "
      "line\nis wrong",
      {{"--json", "", "as JSON, not YAML"},
       {"--strict", "", "1 when something was left out"},
       {"--project", "NAME", "the file's own name, else default"},
       {"--env-file", "FILE", "lines NAME=VALUE that ${NAME} stands for; the environment wins"},
       help_flag},
      "COMPOSE.YAML may be - for standard input."};
  return usage;
}

// "NAME=VALUE", "export NAME='VALUE'", comments and empty lines.
model::TextMap variables_of(std::string_view text) {
  model::TextMap out;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    if (line.empty() || line[0] == '#' || equals == line.npos) continue;
    std::string_view value = trim(line.substr(equals + 1));
    const bool quoted =
        value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0];
    if (quoted) value = value.substr(1, value.size() - 2);
    out.insert_or_assign(std::string(trim(line.substr(0, equals))), std::string(value));
  }
  return out;
}

}  // namespace

int convert(const Invocation& invocation) {
  const auto arguments = understood(invocation, convert_usage(), {1, 1});
  if (!arguments) return arguments.error();
  const std::string& file = arguments->words()[0];
  compose::Options options;
  options.project = arguments->value("--project").value_or("");
  if (arguments->has("--project") && !blueprint::is_label(options.project)) {
    return misuse(invocation, convert_usage(), "--project: must be a DNS label");
  }
  if (const auto env_file = arguments->value("--env-file")) {
    const auto text = read_text(invocation, *env_file);
    if (!text) {
      complain(invocation.err, "read the variables", text.error());
      return failed;
    }
    options.environment = variables_of(*text);
  }
  for (const auto& [name, value] : invocation.environment) {
    options.environment.insert_or_assign(name, value);
  }
  const auto text = read_text(invocation, file);
  if (!text) {
    complain(invocation.err, "read the compose file", text.error());
    return failed;
  }
  const auto converted = compose::convert(*text, shown_name(file), options);
  if (!converted) {
    for (const Flaw& flaw : converted.error()) invocation.err << describe(flaw) << "\n";
    return failed;
  }
  const Json json = blueprint::to_json(converted->blueprint);
  invocation.out << (arguments->has("--json") ? pretty_json(json) : yaml_text(json));
  for (const Flaw& flaw : converted->left_out) invocation.err << describe(flaw) << "\n";
  return arguments->has("--strict") && !converted->left_out.empty() ? failed : done;
}

}  // namespace paas::agent::commands
