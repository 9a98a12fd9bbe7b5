#include "libpaas/node/memory.hpp"

#include "libpaas/node/eyes.hpp"
#include "libpaas/node/kept.hpp"
#include "libpaas/node/turning.hpp"

namespace paas::node {
namespace {

Result<std::optional<std::string>> kept_text(const Ports& ports, std::string_view name) {
  const auto kept = TRY(ports.store.read(name));
  if (!kept) return std::optional<std::string>();
  if (!kept->warning.empty()) ports.log.warn(kept->warning);
  return std::optional<std::string>(kept->bytes);
}

Result<jobs::TimeZones> zones_for(const Ports& ports, const model::Blueprint& blueprint) {
  jobs::TimeZones out;
  for (const std::string& name : zones_of(blueprint)) {
    auto zone = ports.zones.find(name);
    if (!zone) return fail_while("time zone \"" + name + "\"", std::move(zone));
    out.emplace(name, *std::move(zone));
  }
  return out;
}

}  // namespace

Result<State> remembered(const Ports& ports, const Settings& settings) {
  TRY(expansion::gateway_of(settings.node));
  Kept kept;
  if (const auto text = TRY(kept_text(ports, memory::ledger))) {
    auto ledger = expansion::parse_ledger(*text);
    if (!ledger) return fail_while("read what the node remembers", std::move(ledger));
    kept.ledger = *std::move(ledger);
  }
  if (const auto text = TRY(kept_text(ports, memory::blueprint))) {
    auto declared = parse_declared(*text);
    if (!declared) return fail_while("read what was declared last", std::move(declared));
    kept.declared = std::move(declared->first);
    kept.accepted = declared->second;
    auto zones = zones_for(ports, kept.declared->blueprint);
    if (zones)
      kept.declared->zones = *std::move(zones);
    else
      ports.log.warn(describe(zones.error()));
  }
  auto names = ports.folder.read("names.json");
  if (names && *names) kept.names = **names;
  return begin(settings, std::move(kept));
}

Result<Declared> read_declared(const Ports& ports, const blueprint::HostRules& rules,
                               std::stop_token stop) {
  Declared out = TRY(judge(TRY(ports.source.read(std::move(stop))), rules));
  out.zones = TRY(zones_for(ports, out.blueprint));
  return out;
}

Result<Preview> preview(const Ports& ports, const ShellOptions& options, std::stop_token stop) {
  State state = TRY(remembered(ports, options.settings));
  Declared declared = TRY(read_declared(ports, options.rules, stop));
  Eyes eyes(ports.engine, ports.clock);
  reconcile::Observed seen = TRY(eyes.look(stop));
  return rehearse(std::move(state), declared, seen, ports.clock.now());
}

}  // namespace paas::node
