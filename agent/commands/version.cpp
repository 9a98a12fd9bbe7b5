#include "agent/commands/version.hpp"

#include "agent/arguments.hpp"
#include "libpaas/base/json.hpp"

namespace paas::agent::commands {

int version(const Invocation& invocation) {
  const std::string usage = "usage: paas-agent version [--json]\n";
  const auto arguments =
      Arguments::parse(invocation.arguments, {{"--json", "", ""}, {"--help", "", ""}});
  if (!arguments || !arguments->words().empty()) {
    invocation.err << usage;
    return misused;
  }
  if (arguments->has("--help")) {
    invocation.out << usage;
    return done;
  }
  if (arguments->has("--json")) {
    invocation.out << pretty_json(Json::Object{{"version", PAAS_VERSION}});
  } else {
    invocation.out << "paas-agent " PAAS_VERSION "\n";
  }
  return done;
}

}  // namespace paas::agent::commands
