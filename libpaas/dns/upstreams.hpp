#pragma once
// Who answers what is not ours: the host's own resolvers, and which of them are alive.
//
// Times are milliseconds of a clock that never goes back.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/dns/address.hpp"

namespace paas::dns {

// systemd-resolved's stub listens there; behind it the host's real resolvers stand in another file,
// and it may be told to ask us: through the stub that would be a loop.
inline constexpr std::string_view resolved_file = "/run/systemd/resolve/resolv.conf";

struct ResolvConf {
  std::vector<Endpoint> servers;     // in the order of the file, each once
  std::vector<std::string> ignored;  // lines that name a server and cannot be read
};

// The `nameserver` lines of resolv.conf(5), at most eight.
ResolvConf parse_resolv_conf(std::string_view text);

// Whether all of its servers are systemd-resolved's stub (127.0.0.53, 127.0.0.54), so that
// `resolved_file` is to be read instead.
bool is_resolved_stub(const ResolvConf& conf);

// Without stubs and without whatever listens where we do: asking those would be asking ourselves.
std::vector<Endpoint> without_loops(std::vector<Endpoint> servers,
                                    const std::vector<Endpoint>& own);

// A name that nobody else asks for (RFC 6761: "test" is nobody's), as a wire name. Whoever is asked
// for it and has us ask again leads back to us.
std::string probe_name(std::uint64_t chance);

// The servers with what is known of their health.
class Upstreams {
 public:
  // Keeps what is known of those that stay. At most 0xFFFF.
  void use(const std::vector<Endpoint>& servers);

  // The first server that is alive and not in `tried`; if all that are alive were tried, the one of
  // them that was tried least. None where none is alive. A dead one whose time is over counts as
  // alive once, and is dead for the others until it has answered.
  std::optional<Endpoint> choose(const std::vector<Endpoint>& tried, std::int64_t now_ms);

  void answered(const Endpoint& server);
  // It did not answer in time: dead after three of these in a row.
  void silent(const Endpoint& server, std::int64_t now_ms);
  // It cannot be reached: dead at once.
  void unreachable(const Endpoint& server, std::int64_t now_ms);
  // What it was asked came back to us: not asked again until the list changes.
  void looping(const Endpoint& server);

  std::vector<Endpoint> all() const;
  std::size_t alive(std::int64_t now_ms) const;

 private:
  struct Server {
    Endpoint endpoint;
    int failures = 0;  // in a row
    std::int64_t dead_until_ms = 0;
    bool loops = false;
  };
  Server* find(const Endpoint& server);
  void bury(Server& server, std::int64_t now_ms);

  std::vector<Server> servers_;
};

}  // namespace paas::dns
