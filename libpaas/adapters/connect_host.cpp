#include "libpaas/adapters/connect_host.hpp"

#include "libpaas/adapters/curl_http.hpp"
#include "libpaas/adapters/host/git_source.hpp"
#include "libpaas/adapters/host/packet_filter.hpp"
#include "libpaas/adapters/host/prober.hpp"
#include "libpaas/adapters/host/process.hpp"
#include "libpaas/adapters/host/source_files.hpp"
#include "libpaas/adapters/host/store.hpp"
#include "libpaas/adapters/host/time_zones.hpp"
#include "libpaas/base/hash.hpp"
#include "libpaas/base/text.hpp"

namespace paas {

std::unique_ptr<Process> make_host_process() {
  return host::make_process();
}

std::unique_ptr<Store> make_host_store(std::string folder) {
  return host::make_store(std::move(folder));
}

Result<std::unique_ptr<Source>> make_host_source(const SourceOptions& options, Process& process) {
  auto git = TRY(host::parse_git_location(options.location));
  if (!git) {
    if (options.location.empty() || options.location.find('\0') != std::string::npos) {
      return fail(Errc::invalid, "the source is no path and no git URL");
    }
    if (options.require_signed_commits) {
      return fail(Errc::denied, excerpt(options.location, 300) +
                                    " is no git URL, and this host takes signed commits alone");
    }
    return host::make_path_source(options.location);
  }
  host::GitOptions out;
  // Another branch is another place: what is there is what was fetched last.
  out.cache =
      options.cache_dir + "/" + hex(sha256(git->url + "\n" + git->branch)).substr(0, 16) + ".git";
  out.location = *std::move(git);
  out.require_signed = options.require_signed_commits;
  out.allowed_signers = options.allowed_signers;
  out.poll = options.poll;
  return host::make_git_source(std::move(out), process);
}

std::unique_ptr<Prober> make_host_prober(Log& log) {
  HttpOptions options;
  options.max_connections = 128;
  options.proxies = false;
  options.user_agent = "paas-probe";
  options.log = &log;
  return host::make_prober(make_curl_http(std::move(options)));
}

std::unique_ptr<PacketFilter> make_host_packet_filter(Process& process) {
  return host::make_packet_filter(process);
}

std::unique_ptr<TimeZones> make_host_time_zones(std::string folder) {
  return host::make_time_zones(std::move(folder));
}

}  // namespace paas
