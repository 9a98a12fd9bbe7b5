#include "libpaas/proxmox/calls.hpp"

#include "libpaas/proxmox/container.hpp"

namespace paas::proxmox {
namespace {

std::string node_path(std::string_view node) {
  return "/nodes/" + path_segment(node);
}

std::string container_path(const ContainerRef& container) {
  return node_path(container.node) + "/lxc/" + std::to_string(container.vmid);
}

std::string storage_path(std::string_view node, std::string_view storage) {
  return node_path(node) + "/storage/" + path_segment(storage);
}

std::string task_path(const Upid& task) {
  return node_path(task.node) + "/tasks/" + path_segment(task.text);
}

std::string ha_sid(int vmid) {
  return "ct:" + std::to_string(vmid);
}

// Adds a parameter that has a value.
void add_given(Params& params, std::string_view name, std::string_view value) {
  if (!value.empty()) params.emplace_back(name, value);
}

void add_checksum(Params& params, const Checksum& checksum) {
  add_given(params, "checksum-algorithm", checksum.algorithm);
  add_given(params, "checksum", checksum.digest);
}

}  // namespace

Call sign_in(const Credentials& credentials) {
  Params params{{"username", credentials.username}, {"password", credentials.password}};
  add_given(params, "otp", credentials.otp);
  add_given(params, "tfa-challenge", credentials.tfa_challenge);
  return {Method::post, "/access/ticket", std::move(params)};
}

Call own_permissions() {
  return {Method::get, "/access/permissions", {}};
}

Call version() {
  return {Method::get, "/version", {}};
}

Call cluster_resources() {
  return {Method::get, "/cluster/resources", {}};
}

Call id_is_free(int vmid) {
  return {Method::get, "/cluster/nextid", {{"vmid", std::to_string(vmid)}}};
}

Call list_nodes() {
  return {Method::get, "/nodes", {}};
}

Call node_status(std::string_view node) {
  return {Method::get, node_path(node) + "/status", {}};
}

Call list_containers(std::string_view node) {
  return {Method::get, node_path(node) + "/lxc", {}};
}

Call create_container(std::string_view node, const Params& params) {
  return {Method::post, node_path(node) + "/lxc", params};
}

Call clone_container(const ContainerRef& source, const CloneRequest& request) {
  Params params{{"newid", std::to_string(request.new_vmid)}};
  add_given(params, "hostname", request.hostname);
  add_given(params, "description", request.description);
  add_given(params, "pool", request.pool);
  add_given(params, "storage", request.storage);
  add_given(params, "snapname", request.snapshot);
  add_given(params, "target", request.target_node);
  if (request.full) params.emplace_back("full", *request.full ? "1" : "0");
  return {Method::post, container_path(source) + "/clone", std::move(params)};
}

Call container_settings(const ContainerRef& container) {
  return {Method::get, container_path(container) + "/pending", {}};
}

Call configure_container(const ContainerRef& container, const Params& params) {
  return {Method::put, container_path(container) + "/config", params};
}

Call grow_volume(const ContainerRef& container, std::string_view disk, std::uint64_t to_mib) {
  return {Method::put,
          container_path(container) + "/resize",
          {{"disk", std::string(disk)}, {"size", print_size(to_mib)}}};
}

Call container_status(const ContainerRef& container) {
  return {Method::get, container_path(container) + "/status/current", {}};
}

Call start_container(const ContainerRef& container) {
  return {Method::post, container_path(container) + "/status/start", {}};
}

Call stop_container(const ContainerRef& container) {
  return {Method::post, container_path(container) + "/status/stop", {}};
}

Call shutdown_container(const ContainerRef& container, int timeout_s) {
  return {Method::post,
          container_path(container) + "/status/shutdown",
          {{"timeout", std::to_string(timeout_s)}, {"forceStop", "1"}}};
}

Call reboot_container(const ContainerRef& container, int timeout_s) {
  return {Method::post,
          container_path(container) + "/status/reboot",
          {{"timeout", std::to_string(timeout_s)}}};
}

Call container_interfaces(const ContainerRef& container) {
  return {Method::get, container_path(container) + "/interfaces", {}};
}

Call migrate_container(const ContainerRef& container, std::string_view target, bool restart) {
  Params params{{"target", std::string(target)}};
  if (restart) params.emplace_back("restart", "1");
  return {Method::post, container_path(container) + "/migrate", std::move(params)};
}

Call destroy_container(const ContainerRef& container) {
  return {Method::del, container_path(container), {{"purge", "1"}}};
}

Call make_template(const ContainerRef& container) {
  return {Method::post, container_path(container) + "/template", {}};
}

Call join_pool(std::string_view pool, int vmid) {
  return {Method::put,
          "/pools",
          {{"poolid", std::string(pool)}, {"vms", std::to_string(vmid)}, {"allow-move", "1"}}};
}

Call leave_pool(std::string_view pool, int vmid) {
  return {Method::put,
          "/pools",
          {{"poolid", std::string(pool)}, {"vms", std::to_string(vmid)}, {"delete", "1"}}};
}

Call list_ha_resources() {
  return {Method::get, "/cluster/ha/resources", {{"type", "ct"}}};
}

Call add_ha_resource(int vmid, const Params& params) {
  Params all{{"sid", ha_sid(vmid)}};
  all.insert(all.end(), params.begin(), params.end());
  return {Method::post, "/cluster/ha/resources", std::move(all)};
}

Call change_ha_resource(int vmid, const Params& params) {
  return {Method::put, "/cluster/ha/resources/" + path_segment(ha_sid(vmid)), params};
}

Call remove_ha_resource(int vmid) {
  return {Method::del, "/cluster/ha/resources/" + path_segment(ha_sid(vmid)), {}};
}

Call list_tasks(std::string_view node, int vmid, int limit) {
  return {Method::get,
          node_path(node) + "/tasks",
          {{"vmid", std::to_string(vmid)}, {"source", "all"}, {"limit", std::to_string(limit)}}};
}

Call list_active_tasks(std::string_view node, int vmid) {
  return {Method::get,
          node_path(node) + "/tasks",
          {{"vmid", std::to_string(vmid)}, {"source", "active"}}};
}

Call list_tasks_of(std::string_view node, std::string_view type, int limit) {
  return {Method::get,
          node_path(node) + "/tasks",
          {{"typefilter", std::string(type)}, {"source", "all"}, {"limit", std::to_string(limit)}}};
}

Call list_cluster_tasks() {
  return {Method::get, "/cluster/tasks", {}};
}

Call task_status(const Upid& task) {
  return {Method::get, task_path(task) + "/status", {}};
}

Call task_log(const Upid& task, int start, int limit) {
  return {Method::get,
          task_path(task) + "/log",
          {{"start", std::to_string(start)}, {"limit", std::to_string(limit)}}};
}

Call stop_task(const Upid& task) {
  return {Method::del, task_path(task), {}};
}

Call list_templates(std::string_view node, std::string_view storage) {
  return {Method::get, storage_path(node, storage) + "/content", {{"content", "vztmpl"}}};
}

Call download_template(std::string_view node, std::string_view storage, const Download& download) {
  Params params{{"content", "vztmpl"}, {"filename", download.file_name}, {"url", download.url}};
  add_checksum(params, download.checksum);
  if (!download.verify_certificates) params.emplace_back("verify-certificates", "0");
  return {Method::post, storage_path(node, storage) + "/download-url", std::move(params)};
}

Call upload_template(std::string_view node, std::string_view storage, const Checksum& checksum) {
  Params params{{"content", "vztmpl"}};
  add_checksum(params, checksum);
  return {Method::post, storage_path(node, storage) + "/upload", std::move(params)};
}

Call pull_oci_image(std::string_view node, std::string_view storage, std::string_view reference,
                    std::string_view file_name) {
  Params params{{"reference", std::string(reference)}};
  add_given(params, "filename", file_name);
  return {Method::post, storage_path(node, storage) + "/oci-registry-pull", std::move(params)};
}

Call delete_volume(std::string_view node, std::string_view storage, std::string_view volume) {
  return {Method::del, storage_path(node, storage) + "/content/" + path_segment(volume), {}};
}

}  // namespace paas::proxmox
