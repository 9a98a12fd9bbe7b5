// Every call that libpaas/proxmox/calls.hpp can make, with every parameter it can have, as lines of
// JSON in tests/golden/proxmox_calls.jsonl. proxmox_calls_schema_test.py holds them against the
// published schema of the API.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "libpaas/direct/container.hpp"
#include "libpaas/proxmox/calls.hpp"

namespace proxmox_calls {

using namespace paas;
using namespace paas::proxmox;
using direct::HaState;

const ContainerRef web{"pve1", 104};

Network every_network() {
  return {.name = "eth0",
          .bridge = "vmbr0",
          .mac = "BC:24:11:00:00:01",
          .vlan = 7,
          .trunks = {8, 9},
          .ipv4 = "10.0.0.5/24",
          .gateway4 = "10.0.0.1",
          .ipv6 = "2001:db8::5/64",
          .gateway6 = "2001:db8::1",
          .firewall = true,
          .mtu = 1400,
          .rate = "12.5",
          .link_down = false,
          .host_managed = true};
}

Mount every_mount(const std::string& volume, const std::string& path) {
  Mount mount{.volume = volume, .path = path, .size_mib = 8192};
  mount.acl = mount.backup = mount.quota = mount.read_only = mount.replicate = mount.shared = true;
  mount.mount_options = {"noatime", "nosuid"};
  return mount;
}

// Every setting, none at its default.
ContainerConfig every_setting() {
  ContainerConfig config;
  config.hostname = "web";
  config.description = "one line\nand another";
  config.arch = "amd64";
  config.os_type = "debian";
  config.cores = 2;
  config.cpu_limit = "1.5";
  config.cpu_units = 200;
  config.memory_mib = 1024;
  config.swap_mib = 0;
  Mount root = every_mount("local-lvm", "");
  root.backup.reset();  // only mount points can be left out of backups
  config.root = root;
  config.mounts["mp0"] = every_mount("local-lvm", "/data");
  config.networks["net0"] = every_network();
  config.networks["net31"] = {.name = "eth31", .bridge = "vmbr1", .mac = "", .ipv4 = "dhcp"};
  config.devices["dev0"] = {"/dev/net/tun", "0666", 1, 2, true};
  config.dns_servers = {"10.0.0.2", "2001:db8::2"};
  config.dns_domain = "example.test";
  config.features = Features{true, true, true, true, true, {"nfs", "cifs"}};
  config.tags = {"blue", "web"};
  config.start_on_boot = true;
  config.startup = Startup{1, 10, 20};
  config.protection = true;
  config.unprivileged = true;
  config.timezone = "Europe/Vienna";
  config.console = false;
  config.console_mode = "shell";
  config.tty_count = 1;
  config.hook_script = "local:snippets/hook.sh";
  config.entrypoint = "/bin/app";
  config.environment = {{"A", "1"}, {"B", "two words"}};
  return config;
}

// The same with its volumes allocated, as it is read.
ContainerConfig as_read(ContainerConfig config) {
  config.root->volume = "local-lvm:vm-104-disk-0";
  config.mounts["mp0"].volume = "local-lvm:vm-104-disk-1";
  return config;
}

Call every_birth() {
  direct::ContainerSpec spec;
  spec.template_volume = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst";
  spec.config = every_setting();
  spec.pool = "blue";
  spec.first_boot = {"not a secret", {"ssh-ed25519 AAAA one", "ssh-ed25519 BBBB two"}};
  spec.ignore_unpack_errors = true;
  Params params{{"vmid", "104"}};
  for (const auto& param : direct::birth_params(spec)) params.push_back(param);
  params.emplace_back("description", "mark");
  return create_container("pve1", params);
}

Call configuration(const ContainerConfig& have, const ContainerConfig& want) {
  Params params = change_params(have, want);
  params.emplace_back("digest", "0123456789abcdef0123456789abcdef01234567");
  return configure_container(web, params);
}

// What `want` adds by allocating is sent apart from what is changed.
Call allocation() {
  return configure_container(web, {{"mp1", print_allocation(every_mount("local-lvm", "/more"))}});
}

HaState every_ha() {
  return {"started", "blue", "kept running", 2, 3, false};
}

struct NamedCall {
  std::string function;
  Call call;
};

std::vector<NamedCall> general_calls() {
  return {
      {"sign_in", sign_in({"root@pam", "not a secret", "123456", "first ticket"})},
      {"own_permissions", own_permissions()},
      {"version", version()},
      {"cluster_resources", cluster_resources()},
      {"id_is_free", id_is_free(104)},
      {"list_nodes", list_nodes()},
      {"node_status", node_status("pve1")},
      {"join_pool", join_pool("blue", 104)},
      {"leave_pool", leave_pool("blue", 104)},
      {"list_ha_resources", list_ha_resources()},
      {"add_ha_resource", add_ha_resource(104, direct::ha_params({}, every_ha()))},
      {"change_ha_resource",
       change_ha_resource(104, direct::ha_params(HaState{.state = "stopped"}, every_ha()))},
      {"change_ha_resource",
       change_ha_resource(104, direct::ha_params(every_ha(), HaState{.state = "stopped"}))},
      {"remove_ha_resource", remove_ha_resource(104)},
  };
}

std::vector<NamedCall> container_calls() {
  const ContainerConfig full = as_read(every_setting());
  ContainerConfig bare;
  bare.root = full.root;
  ContainerConfig plain_root = full;
  plain_root.root = Mount{.volume = full.root->volume, .path = "", .size_mib = 8192};
  return {
      {"list_containers", list_containers("pve1")},
      {"create_container", every_birth()},
      {"clone_container",
       clone_container(web, {105, "copy", "mark", "blue", "local-lvm", "before", "pve2", true})},
      {"container_settings", container_settings(web)},
      {"configure_container", configuration(bare, full)},
      {"configure_container", configuration(full, bare)},
      {"configure_container", configuration(plain_root, full)},
      {"configure_container", allocation()},
      {"grow_volume", grow_volume(web, "rootfs", 16384)},
      {"container_status", container_status(web)},
      {"start_container", start_container(web)},
      {"stop_container", stop_container(web)},
      {"shutdown_container", shutdown_container(web, 60)},
      {"reboot_container", reboot_container(web, 60)},
      {"container_interfaces", container_interfaces(web)},
      {"migrate_container", migrate_container(web, "pve2", true)},
      {"destroy_container", destroy_container(web)},
      {"make_template", make_template(web)},
  };
}

std::vector<NamedCall> node_calls() {
  const Upid task =
      parse_upid("UPID:pve1:00001116:00059991:6B014D2F:vzcreate:104:root@pam!paas:").take();
  const Checksum checksum{"sha256", std::string(64, '0')};
  return {
      {"list_tasks", list_tasks("pve1", 104, 20)},
      {"list_active_tasks", list_active_tasks("pve1", 104)},
      {"list_tasks_of", list_tasks_of("pve1", "download", 50)},
      {"list_cluster_tasks", list_cluster_tasks()},
      {"task_status", task_status(task)},
      {"task_log", task_log(task, 50, 500)},
      {"stop_task", stop_task(task)},
      {"list_templates", list_templates("pve1", "local")},
      {"download_template",
       download_template("pve1", "local",
                         {"https://example.test/a.tar.zst", "a.tar.zst", checksum, false})},
      {"upload_template", upload_template("pve1", "local", checksum)},
      {"pull_oci_image",
       pull_oci_image("pve1", "local", "docker.io/library/alpine:3.20", "alpine")},
      {"delete_volume", delete_volume("pve1", "local", "local:vztmpl/a.tar.zst")},
  };
}

std::string line(const NamedCall& named) {
  Json::Object params;
  for (const auto& [name, value] : named.call.params) params[name] = value;
  return print_json(Json::Object{{"function", named.function},
                                 {"method", name_of(named.call.method)},
                                 {"path", named.call.path},
                                 {"params", std::move(params)}}) +
         '\n';
}

std::vector<NamedCall> every_call() {
  std::vector<NamedCall> all = general_calls();
  for (const auto& more : {container_calls(), node_calls()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_CASE("the calls to Proxmox are as recorded") {
  const std::string path = PAAS_SOURCE_DIR "/tests/golden/proxmox_calls.jsonl";
  std::string text;
  for (const NamedCall& named : every_call()) text += line(named);
  if (std::getenv("PAAS_ACCEPT")) {
    std::ofstream(path, std::ios::binary) << text;
    WARN("skipped: " << path << " was rewritten");
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream recorded;
  recorded << in.rdbuf();
  CHECK(recorded.str() == text);
}

TEST_CASE("no call gives a parameter twice") {
  for (const NamedCall& named : every_call()) {
    std::set<std::string> names;
    for (const auto& [name, value] : named.call.params) {
      INFO(named.function << ' ' << name);
      CHECK(names.insert(name).second);
    }
  }
}

}  // namespace proxmox_calls
