#pragma once
// Templates: brings container templates and OCI archives onto a storage and takes them away.
//
// A template is a file "vztmpl/<file name>" on a storage. The id of its volume is known before it
// is there, so that nothing is lost sight of when a call fails half way.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/log.hpp"
#include "libpaas/direct/container.hpp"
#include "libpaas/direct/single_flight.hpp"
#include "libpaas/ports/pve.hpp"
#include "libpaas/proxmox/calls.hpp"
#include "libpaas/proxmox/inventory.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// Exactly one of `url`, `local_path` and `oci_reference` says where it comes from.
struct TemplateSpec {
  std::string node;     // fetches the file; any node that has the storage, if that is shared
  std::string storage;  // file based, with content type vztmpl
  std::string file_name;
  std::string url{};            // http or https; the node downloads it
  std::string local_path{};     // on this machine; streamed to the node
  std::string oci_reference{};  // "docker.io/library/alpine:3.20"; the node pulls it (PVE 9.1)
  // Checked by the node, after a download and after an upload. Not for `oci_reference`.
  proxmox::Checksum checksum{};
  bool verify_certificates = true;  // of `url`
  bool overwrite = false;           // a file of that name that is there already
  // How long the file at `local_path` is; asked only where another lies in its place.
  std::function<Result<std::uint64_t>()> local_bytes{};
};

// What became of a file that a creation has left whose program was killed.
enum class LeftFile { taken_over, replaced };

// "local:vztmpl/debian-12.tar.zst"
std::string volume_of(const TemplateSpec& spec);

// The name that a file from there has by itself: the last part of the URL's or the local path, or
// "alpine_3.20.tar" of "docker.io/library/alpine:3.20". Empty where there is none; what it gives
// may still be refused.
std::string file_name_of(const TemplateSpec& spec);

// "sha512:39f6…", as people write it; digits in either case. Errors: `invalid`, for an algorithm
// that the server does not know, and a digest that is none of that algorithm.
Result<proxmox::Checksum> parse_checksum(std::string_view text);
std::string print_checksum(const proxmox::Checksum& checksum);

// Why a template cannot be created as declared; all reasons at once, none with a part of the URL.
std::vector<Refusal> refusals(const TemplateSpec& spec);

// Thread-safe.
class Templates {
 public:
  // Everything outlives this.
  Templates(Pve& pve, Log& log) : pve_(pve), log_(log) {}

  // `begins` is called once, before the first call that may bring the file into being: when that
  // was never called, or the error is none of `unknown_outcome`, `timeout` and `cancelled`, there
  // is no file of ours and there will be none. When asked to stop, the node is asked to stop, too.
  // What a program has left that was killed while the node was at work is waited for, and `left`
  // called: a download which the log of the node shows to be of our user and from the same URL, and
  // verified if it shall be, is taken over. An upload or an image, of which no log tells the
  // content, is fetched anew in its place where the file there is what the last such task for that
  // name has made, that task was our user's, and an upload is as long as the local file. Errors:
  // `invalid` as refusals(); `conflict` if another file exists and may not be overwritten; else as
  // Pve.
  Result<proxmox::Template> create(const TemplateSpec& spec, std::stop_token stop,
                                   const std::function<void()>& begins = {},
                                   const std::function<void(LeftFile)>& left = {});

  // nullopt: the storage can be read and has no such volume. What a storage holds is asked once and
  // shared by all who ask, until something is created or removed there through this.
  Result<std::optional<proxmox::Template>> observe(const std::string& node,
                                                   const std::string& volume, std::stop_token stop);

  // Gone already is success.
  Result<void> remove(const std::string& node, const std::string& volume, std::stop_token stop);

 private:
  using Listing = SingleFlight<std::vector<proxmox::Template>>;

  Result<bool> downloaded_before(const TemplateSpec& spec, std::stop_token stop);
  Result<std::vector<proxmox::TaskEntry>> tasks_of(const TemplateSpec& spec, std::stop_token stop);
  Result<std::vector<std::string>> log_of(const proxmox::Upid& task, std::stop_token stop);
  Result<void> await_lost_tasks(const TemplateSpec& spec, std::stop_token stop);
  Result<bool> made_by_us(const TemplateSpec& spec, const proxmox::Template& there,
                          std::stop_token stop);
  Result<bool> clear_place(const TemplateSpec& spec, std::stop_token stop);
  Result<void> fetch(const TemplateSpec& spec, std::stop_token stop);
  Result<proxmox::Upid> begin_fetching(const TemplateSpec& spec, std::stop_token stop);
  Result<std::optional<proxmox::Template>> observe_anew(const std::string& node,
                                                        const std::string& volume,
                                                        std::stop_token stop);
  Listing& listing(const std::string& node, const std::string& storage);

  Pve& pve_;
  Log& log_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Listing>> listings_;
  std::set<std::string> begun_;  // tasks of this very program
};

}  // namespace paas::direct
#pragma GCC visibility pop
