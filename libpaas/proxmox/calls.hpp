#pragma once
// Every call to the Proxmox VE API that the product makes, one function each. Nothing else builds a
// Call, so that a test can hold all of them against the published schema of the API.
//
// The comment of each says what its `data` is and which privileges it needs.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/proxmox/call.hpp"
#include "libpaas/proxmox/task.hpp"

#pragma GCC visibility push(default)
namespace paas::proxmox {

// Where a container is and which.
struct ContainerRef {
  std::string node;
  int vmid = 0;
};

// --- access ------------------------------------------------------------------------------------

// POST /access/ticket: {ticket, CSRFPreventionToken, username}. Not with an API token. A renewal
// sends the old ticket as password; the second step of two sends `tfa_challenge` (the first ticket)
// and "totp:123456" as password. `otp` is for realms that want it in the first step.
struct Credentials {
  std::string username;  // with realm: "root@pam"
  std::string password;
  std::string otp{};
  std::string tfa_challenge{};
};
Call sign_in(const Credentials& credentials);

// GET /access/permissions: {path: {privilege: 0|1}} of the caller.
Call own_permissions();

// --- cluster -----------------------------------------------------------------------------------

// GET /version: {release, version, repoid}.
Call version();

// GET /cluster/resources: nodes, guests, storages; see parse_resources. Shows what the caller may
// audit (VM.Audit, Datastore.Audit), silently nothing else.
Call cluster_resources();

// GET /cluster/nextid?vmid=N: the id as text if it is free; `conflict` if any guest of the cluster
// has it, whatever the caller may see. Reserves nothing.
Call id_is_free(int vmid);

// GET /nodes: {node, status}. GET /nodes/{node}/status: details, Sys.Audit.
Call list_nodes();
Call node_status(std::string_view node);

// --- containers --------------------------------------------------------------------------------

// GET /nodes/{node}/lxc: the containers there with their status as of now; see parse_statuses.
Call list_containers(std::string_view node);

// POST /nodes/{node}/lxc: a UPID. The id is the caller's once this has answered, and free again if
// the task fails. VM.Allocate, Datastore.AllocateSpace, SDN.Use.
Call create_container(std::string_view node, const Params& params);

// POST /nodes/{node}/lxc/{vmid}/clone: a UPID. VM.Clone, VM.Allocate.
struct CloneRequest {
  int new_vmid = 0;
  std::string hostname{};
  std::string description{};
  std::string pool{};
  std::string storage{};      // of a full clone
  std::string snapshot{};     // a running container can only be cloned from one
  std::string target_node{};  // another node: only with shared storage
  std::optional<bool> full{};
};
Call clone_container(const ContainerRef& source, const CloneRequest& request);

// GET …/pending: every setting with its value now and the one that waits for a restart; see
// parse_pending. VM.Audit.
Call container_settings(const ContainerRef& container);

// PUT …/config: null. Applied to a running container where that is possible, the rest waits for its
// restart. May be applied in part when it fails.
// REQUIRES: !params.empty().
Call configure_container(const ContainerRef& container, const Params& params);

// PUT …/resize: a UPID. `disk` is "rootfs" or "mp0"; the new size is absolute.
Call grow_volume(const ContainerRef& container, std::string_view disk, std::uint64_t to_mib);

// GET …/status/current: {status, lock?, ha: {managed}}. VM.Audit.
Call container_status(const ContainerRef& container);

// POST …/status/…: a UPID each; of a guest under high availability only the request for it.
// VM.PowerMgmt. shutdown_container() stops by force when its time is over.
Call start_container(const ContainerRef& container);
Call stop_container(const ContainerRef& container);
Call shutdown_container(const ContainerRef& container, int timeout_s);
Call reboot_container(const ContainerRef& container, int timeout_s);

// GET …/interfaces: the addresses a running container has; null for a stopped one. See
// parse_addresses. VM.Audit.
Call container_interfaces(const ContainerRef& container);

// POST …/migrate: a UPID; of a guest under high availability only the request for it. A running
// container is stopped, moved and started again (`restart`); its local volumes are copied.
// VM.Migrate.
Call migrate_container(const ContainerRef& container, std::string_view target, bool restart);

// DELETE …?purge=1: a UPID. Removes volumes, and the guest from backup jobs, replication and high
// availability. Refused while it runs or is protected. VM.Allocate.
Call destroy_container(const ContainerRef& container);

// POST …/template: null. There is no way back.
Call make_template(const ContainerRef& container);

// --- pools and high availability -----------------------------------------------------------------

// PUT /pools: null. Joining takes the guest out of the pool it was in. Pool.Allocate on both.
Call join_pool(std::string_view pool, int vmid);
Call leave_pool(std::string_view pool, int vmid);

// GET /cluster/ha/resources: [{sid, state, group?, …}]. Sys.Audit.
Call list_ha_resources();

// POST /cluster/ha/resources, PUT and DELETE /cluster/ha/resources/ct:{vmid}: null. Sys.Console.
// The parameters are those of the API but for `sid`.
Call add_ha_resource(int vmid, const Params& params);
Call change_ha_resource(int vmid, const Params& params);
Call remove_ha_resource(int vmid);

// --- tasks ---------------------------------------------------------------------------------------

// GET /nodes/{node}/tasks: the latest tasks of a guest, running ones too; see parse_task_list.
Call list_tasks(std::string_view node, int vmid, int limit);

// The same, but only those that run now, or have only just ended.
Call list_active_tasks(std::string_view node, int vmid);

// The same of the tasks of one type that were begun there, of whatever guest or file.
Call list_tasks_of(std::string_view node, std::string_view type, int limit);

// GET /cluster/tasks: the latest tasks of all nodes, running ones too; see parse_task_list.
Call list_cluster_tasks();

// GET /nodes/{node}/tasks/{upid}/status; see parse_task_status.
Call task_status(const Upid& task);

// GET /nodes/{node}/tasks/{upid}/log; see parse_task_log. `start` is the first line, from 0.
Call task_log(const Upid& task, int start, int limit);

// DELETE /nodes/{node}/tasks/{upid}: null. The task is over when this has answered. Tasks of others
// need Sys.Modify.
Call stop_task(const Upid& task);

// --- storage and templates
// -------------------------------------------------------------------------

// GET /nodes/{node}/storage/{storage}/content?content=vztmpl; see parse_templates.
Call list_templates(std::string_view node, std::string_view storage);

// How the server checks a file it was given: "sha256" and the digest in hexadecimal digits.
struct Checksum {
  std::string algorithm{};
  std::string digest{};
};

// POST …/download-url: a UPID. The node fetches the file. Datastore.AllocateTemplate and
// Sys.AccessNetwork on the node.
struct Download {
  std::string url;
  std::string file_name;
  Checksum checksum{};
  bool verify_certificates = true;
};
Call download_template(std::string_view node, std::string_view storage, const Download& download);

// POST …/upload: a UPID; the fields of the form that carries the file. Datastore.AllocateTemplate.
Call upload_template(std::string_view node, std::string_view storage, const Checksum& checksum);

// POST …/oci-registry-pull: a UPID. `reference` needs a tag ("docker.io/library/alpine:3.20").
// Proxmox VE 9.1 or later. Datastore.AllocateTemplate and Sys.AccessNetwork on the node.
Call pull_oci_image(std::string_view node, std::string_view storage, std::string_view reference,
                    std::string_view file_name);

// DELETE …/content/{volume}: a UPID. Datastore.Allocate.
Call delete_volume(std::string_view node, std::string_view storage, std::string_view volume);

}  // namespace paas::proxmox
#pragma GCC visibility pop
