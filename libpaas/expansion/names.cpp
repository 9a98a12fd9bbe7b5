#include "libpaas/expansion/names.hpp"

#include <algorithm>

#include "libpaas/base/net.hpp"
#include "libpaas/expansion/keys.hpp"

namespace paas::expansion {
namespace {

dns::Ip ip_of(const std::string& address) {
  const auto parsed = parse_ipv4(address);
  return parsed ? dns::Ip::v4(*parsed) : dns::Ip{};
}

dns::Network only(const std::string& address) {
  return {ip_of(address), 128};
}

std::vector<dns::Port> ports_of(const Release& release) {
  std::vector<dns::Port> out;
  for (const model::Port& port : release.container.ports) {
    out.push_back({port.name.empty() ? std::to_string(port.container) : port.name,
                   port.protocol == model::Protocol::udp ? "udp" : "tcp", port.container});
  }
  return out;
}

// What the names service may tell of at this moment.
bool is_told(const rollout::Part& part, const std::string& name, const rollout::Facts& facts) {
  if (!part.member.named || part.member.leaving) return false;
  const auto fact = facts.containers.find(name);
  return fact != facts.containers.end() && fact->second.ready;
}

// Two containers of one replica, while it is updated, are one name with two addresses. The ports
// are those of the release that most of them run, the newer one if they are as many.
dns::App app_of(const std::string& key, const AppRecord& record, const rollout::Facts& facts) {
  const rollout::Wanted wanted = wanted_app(key);
  dns::App out{wanted.app, {}, {}};
  std::size_t told = 0;
  std::size_t most = 0;
  std::map<std::string, std::size_t, std::less<>> of_release;
  std::string ports_from = record.rollout.release;
  for (const rollout::Part& part : rollout::parts_of(record.rollout)) {
    if (!is_told(part, rollout::name_of(wanted, part.ordinal, part.member), facts)) continue;
    if (++told > dns::most_addresses_of_an_app) break;
    const std::string name = std::to_string(part.ordinal);
    if (out.replicas.empty() || out.replicas.back().name != name)
      out.replicas.push_back({name, {}});
    out.replicas.back().addresses.push_back(ip_of(part.member.address));
    const std::size_t count = ++of_release[part.member.release];
    const bool newer = part.member.release == record.rollout.release;
    if (count > most || (count == most && newer)) {
      most = count;
      ports_from = part.member.release;
    }
  }
  const auto release = record.releases.find(ports_from);
  if (release != record.releases.end()) out.ports = ports_of(release->second);
  return out;
}

}  // namespace

dns::Feed feed_of(const Ledger& ledger, const model::Blueprint& blueprint,
                  const NodeSettings& settings, const rollout::Facts& facts) {
  dns::Feed out;
  out.generation = ledger.names_generation;
  out.ttl_s = static_cast<std::uint32_t>(blueprint.dns_ttl.count());
  const std::string gateway = gateway_of(settings).value();
  out.listen = {{ip_of(gateway)}};
  out.clients = {only(gateway)};
  const Cidr4 subnet = parse_cidr4(settings.subnet).value();
  out.reverse = {{dns::Ip::v4(subnet.network()), 96 + subnet.prefix}};
  std::map<std::string, dns::Project, std::less<>> projects;
  for (const auto& [key, record] : ledger.apps) {
    projects[parse_key(key)->project].apps.push_back(app_of(key, record, facts));
  }
  for (const Holder& holder : holders(ledger)) {
    projects[holder.of.project].networks.push_back(only(holder.address));
  }
  for (auto& [name, project] : projects) {
    project.name = name;
    std::sort(project.networks.begin(), project.networks.end());
    out.projects.push_back(std::move(project));
  }
  return out;
}

}  // namespace paas::expansion
