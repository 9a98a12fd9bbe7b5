#include "libpaas/dns/upstreams.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/dns/name.hpp"

namespace paas::dns {
namespace {

constexpr std::size_t most_servers = 8;
constexpr int patience = 3;  // failures in a row
constexpr std::int64_t first_rest_ms = 1000;
constexpr std::int64_t longest_rest_ms = 5000;

bool is_stub(const Endpoint& server) {
  return server.ip == Ip::v4({0x7F000035u}) || server.ip == Ip::v4({0x7F000036u});
}

}  // namespace

ResolvConf parse_resolv_conf(std::string_view text) {
  ResolvConf out;
  for (const std::string_view line : split(text, '\n')) {
    const auto parts = words(line);
    if (parts.size() < 2 || parts[0] != "nameserver") continue;
    auto server = parse_endpoint(parts[1]);
    if (!server || server->port != 53) {
      if (out.ignored.size() < most_servers) out.ignored.push_back(excerpt(line, 80));
      continue;
    }
    if (out.servers.size() == most_servers) break;
    if (std::find(out.servers.begin(), out.servers.end(), *server) == out.servers.end()) {
      out.servers.push_back(*std::move(server));
    }
  }
  return out;
}

bool is_resolved_stub(const ResolvConf& conf) {
  return !conf.servers.empty() && std::all_of(conf.servers.begin(), conf.servers.end(), is_stub);
}

std::vector<Endpoint> without_loops(std::vector<Endpoint> servers,
                                    const std::vector<Endpoint>& own) {
  std::erase_if(servers, [&](const Endpoint& server) {
    return is_stub(server) || std::find(own.begin(), own.end(), server) != own.end();
  });
  return servers;
}

std::string probe_name(std::uint64_t chance) {
  std::string text;
  for (int i = 0; i < 16; ++i) text += "0123456789abcdef"[chance >> (4 * i) & 15u];
  return name_from_text(text + ".paas-dns-loop.test").value_or(std::string(1, '\0'));
}

void Upstreams::use(const std::vector<Endpoint>& servers) {
  std::vector<Server> next;
  for (const Endpoint& endpoint : servers) {
    const Server* known = find(endpoint);
    Server server = known == nullptr ? Server{endpoint} : *known;
    server.loops = false;
    next.push_back(std::move(server));
  }
  servers_ = std::move(next);
}

std::optional<Endpoint> Upstreams::choose(const std::vector<Endpoint>& tried, std::int64_t now_ms) {
  Server* best = nullptr;
  std::ptrdiff_t best_tried = 0;
  for (Server& server : servers_) {
    if (server.loops || server.dead_until_ms > now_ms) continue;
    const auto times = std::count(tried.begin(), tried.end(), server.endpoint);
    if (best != nullptr && times >= best_tried) continue;
    best = &server;
    best_tried = times;
  }
  if (best == nullptr) return {};
  if (best->failures >= patience) bury(*best, now_ms);
  return best->endpoint;
}

void Upstreams::answered(const Endpoint& server) {
  if (Server* known = find(server)) {
    known->failures = 0;
    known->dead_until_ms = 0;
  }
}

void Upstreams::silent(const Endpoint& server, std::int64_t now_ms) {
  Server* known = find(server);
  if (known == nullptr) return;
  ++known->failures;
  if (known->failures >= patience) bury(*known, now_ms);
}

void Upstreams::unreachable(const Endpoint& server, std::int64_t now_ms) {
  Server* known = find(server);
  if (known == nullptr) return;
  known->failures = std::max(known->failures + 1, patience);
  bury(*known, now_ms);
}

void Upstreams::looping(const Endpoint& server) {
  if (Server* known = find(server)) known->loops = true;
}

std::vector<Endpoint> Upstreams::all() const {
  std::vector<Endpoint> out;
  for (const Server& server : servers_) out.push_back(server.endpoint);
  return out;
}

std::size_t Upstreams::alive(std::int64_t now_ms) const {
  return static_cast<std::size_t>(std::count_if(
      servers_.begin(), servers_.end(),
      [&](const Server& server) { return !server.loops && server.dead_until_ms <= now_ms; }));
}

Upstreams::Server* Upstreams::find(const Endpoint& server) {
  for (Server& known : servers_) {
    if (known.endpoint == server) return &known;
  }
  return nullptr;
}

void Upstreams::bury(Server& server, std::int64_t now_ms) {
  const int doublings = std::clamp(server.failures - patience, 0, 8);
  server.dead_until_ms = now_ms + std::min(first_rest_ms << doublings, longest_rest_ms);
}

}  // namespace paas::dns
