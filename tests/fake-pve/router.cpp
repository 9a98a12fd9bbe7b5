#include "tests/fake-pve/router.hpp"

#include <cstdlib>
#include <iostream>

#include "tests/fake-pve/table.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

struct Bound {
  const Endpoint* endpoint;
  Route route;
};

std::vector<Bound> bind_routes() {
  std::map<std::string, Route> handlers;
  for (const auto routes :
       {access_routes, cluster_routes, ha_routes, pool_routes, sdn_routes, node_routes, task_routes,
        storage_routes, transfer_routes, lxc_routes, lxc_power_routes, lxc_disk_routes,
        lxc_copy_routes, firewall_routes, qemu_routes, qemu_change_routes})
    for (const Route& one : routes())
      handlers.emplace(std::string(one.method) + ' ' + std::string(one.path), one);
  std::vector<Bound> bound;
  for (const Endpoint& endpoint : table().endpoints) {
    const auto handler = handlers.extract(endpoint.method + ' ' + endpoint.path);
    if (handler.empty()) {
      std::cerr << "fake-pve: no handler for " << endpoint.method << ' ' << endpoint.path << '\n';
      std::abort();
    }
    bound.push_back({&endpoint, handler.mapped()});
  }
  if (!handlers.empty()) {
    std::cerr << "fake-pve: no table row for " << handlers.begin()->first << '\n';
    std::abort();
  }
  return bound;
}

// The values of {names}; none if the path does not fit. A {volume} at the end takes the rest of
// the path, slashes included.
std::optional<std::map<std::string, std::string>> fit(const std::vector<std::string>& pattern,
                                                      const std::vector<std::string>& path) {
  if (path.size() < pattern.size()) return {};
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "{volume}") {
      values["volume"] = join({path.begin() + static_cast<std::ptrdiff_t>(i), path.end()}, "/");
      return values;
    }
    if (pattern[i].front() == '{') {
      values[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return {};
    }
  }
  if (path.size() != pattern.size()) return {};
  return values;
}

}  // namespace

Match route(const std::string& method, const std::string& path) {
  static const std::vector<Bound> all = bind_routes();
  const auto segments = split_words(path, "/");
  for (const Bound& bound : all) {
    if (bound.endpoint->method != method) continue;
    if (auto values = fit(bound.endpoint->segments, segments))
      return {bound.endpoint, &bound.route, std::move(*values)};
  }
  return {};
}

}  // namespace paas::fake_pve
