#pragma once
// Templates: brings container templates and OCI archives onto a storage and takes them away.
//
// A template is a file "vztmpl/<file name>" on a storage. The id of its volume is known before it
// is there, so that nothing is lost sight of when a call fails half way.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/base/log.hpp"
#include "libpaas/direct/container.hpp"
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
};

// "local:vztmpl/debian-12.tar.zst"
std::string volume_of(const TemplateSpec& spec);

// Why a template cannot be created as declared; all reasons at once.
std::vector<Refusal> refusals(const TemplateSpec& spec);

// Thread-safe.
class Templates {
 public:
  // Everything outlives this.
  Templates(Pve& pve, Log& log) : pve_(pve), log_(log) {}

  // Errors: `invalid` as refusals(); `conflict` if the file exists and may not be overwritten; else
  // as Pve. After `unknown_outcome`, `timeout` and `cancelled` it may come into being by itself.
  Result<proxmox::Template> create(const TemplateSpec& spec, std::stop_token stop);

  // nullopt: the storage can be read and has no such volume.
  Result<std::optional<proxmox::Template>> observe(const std::string& node,
                                                   const std::string& volume, std::stop_token stop);

  // Gone already is success.
  Result<void> remove(const std::string& node, const std::string& volume, std::stop_token stop);

 private:
  Result<void> fetch(const TemplateSpec& spec, std::stop_token stop);

  Pve& pve_;
  Log& log_;
};

}  // namespace paas::direct
#pragma GCC visibility pop
