#pragma once
// The host under a node, for programs: each function makes the adapter of one port.

#include <chrono>
#include <memory>
#include <string>

#include "libpaas/base/log.hpp"
#include "libpaas/ports/packet_filter.hpp"
#include "libpaas/ports/prober.hpp"
#include "libpaas/ports/process.hpp"
#include "libpaas/ports/source.hpp"
#include "libpaas/ports/store.hpp"
#include "libpaas/ports/time_zones.hpp"

#pragma GCC visibility push(default)
namespace paas {

// Other programs of the host; each call is its own, from any thread.
std::unique_ptr<Process> make_host_process();

// Files of a folder, which is made when something is written. Names are of letters, digits, '-' and
// '_'. No two processes may write at once.
std::unique_ptr<Store> make_host_store(std::string folder);

struct SourceOptions {
  // A file, a folder (its .yaml, .yml and .json files), or a git URL: "https://host/repo.git",
  // "ssh://…", "git@host:repo", "git://…", "file://…", with "git+" before it or without; then, if
  // wanted, "//PATH" of a file or folder in it and "#BRANCH".
  std::string location;
  std::string cache_dir;  // below which repositories are kept
  bool require_signed_commits = false;
  // Whose SSH signatures count (ALLOWED SIGNERS of ssh-keygen(1)); empty: as the host's git is
  // told. OpenPGP signatures count by the keyring of whoever runs this.
  std::string allowed_signers{};
  std::chrono::seconds poll{60};  // of a repository
};

// `process` outlives it. Nothing is read yet. Errors: `invalid`: the location; without credentials.
// With `require_signed_commits` only a git URL will do: a path has no signature (`denied`).
Result<std::unique_ptr<Source>> make_host_source(const SourceOptions& options, Process& process);

// Redirects are not followed and no proxy is used.
std::unique_ptr<Prober> make_host_prober(Log& log);

// `process` outlives it.
std::unique_ptr<PacketFilter> make_host_packet_filter(Process& process);

// `folder`: where the host keeps its time zone database.
std::unique_ptr<TimeZones> make_host_time_zones(std::string folder = "/usr/share/zoneinfo");

}  // namespace paas
#pragma GCC visibility pop
