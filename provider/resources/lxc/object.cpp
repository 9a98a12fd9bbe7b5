#include "provider/checks/checks.hpp"
#include "provider/resources/lxc/model.hpp"
#include "provider/resources/lxc/rules.hpp"

namespace paas::lxc {
namespace {

using tf::Trait;
constexpr Trait chosen = Trait::optional | Trait::computed | Trait::stable;

const char* const lxc_doc =
    "A Linux container on a Proxmox VE node.\n\n"
    "Everything a plan shows follows from the configuration and the state alone, never from what "
    "the cluster looks like at that moment: the node, where none is given, from the host name and "
    "`policy.nodes`; MAC addresses from the host name and the slot. Only `vmid`, where none is "
    "given, and what depends on it are known after apply.\n\n"
    "Disks grow in place. What would lose data (a smaller disk, another storage, another volume) "
    "is an error at plan time that says what to do, never a replacement.";

// clang-format off: tables, one attribute a row
std::vector<tf::Row<Lxc>> place_rows() {
  return {
      {"id", &Lxc::id, Trait::computed | Trait::stable, "The `vmid` as text."},
      {"vmid", &Lxc::vmid, chosen | Trait::replaces,
       "Id of the container in the cluster. Left out, a free one from `policy.vmid_range` is taken "
       "when the container is created.", {.check = tf::within(100, 999'999'999)}},
      {"node", &Lxc::node, chosen,
       "Node on which to create it. Left out, one of the provider's `policy.nodes`, chosen by a "
       "hash of the host name. A change migrates the container in place, with a restart if it "
       "runs; where somebody else has moved it (see `current_node`) nothing is moved back.", {.check = checks::name()}},
      {"current_node", &Lxc::current_node, Trait::computed | Trait::stable,
       "Node on which it is now: differs from `node` after the HA manager or an operator has moved "
       "it."},
      {"hostname", &Lxc::hostname, Trait::required,
       "Host name. Equal host names give equal MAC addresses where `networks.mac` is left out.", {.check = checks::host_name()}},
      {"description", &Lxc::description, Trait::optional, "Notes, in Markdown.",
       {.check = tf::length(1, 8192), .same = checks::same_lines()}},
      {"template", &Lxc::template_volume, Trait::optional,
       "Template or OCI archive to create it from: "
       "`local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst`. A change replaces the container; a "
       "container that was imported takes the value over as it is. Either this or `clone` is "
       "needed to create.", {.check = checks::volume_id()}},
      {"clone", nested(&Lxc::clone, clone_object()), Trait::optional,
       "Container or template to copy instead of unpacking a template. What is left out here, the "
       "copy has from its source, but for memory, swap, description, tags, pool and high "
       "availability. A change replaces the container."},
      {"os_type", &Lxc::os_type, Trait::optional,
       "Distribution, for the setup inside the container. Left out, Proxmox finds out.",
       {.check = tf::one_of({"debian", "devuan", "ubuntu", "centos", "fedora", "opensuse",
                             "archlinux", "alpine", "gentoo", "nixos", "unmanaged"})}},
      {"arch", &Lxc::arch, Trait::optional, "Architecture. Left out, Proxmox finds out.",
       {.check = tf::one_of({"amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"})}},
      {"unprivileged", &Lxc::unprivileged, chosen | Trait::replaces,
       "Whether root inside is an ordinary user outside. Left out, `true`, or as the source of a "
       "`clone` has it."},
  };
}

std::vector<tf::Row<Lxc>> resource_rows() {
  return {
      {"cores", &Lxc::cores, Trait::optional,
       "Number of cores it sees. Left out, all of the node's.", {.check = tf::within(1, 8192)}},
      {"cpu_limit", &Lxc::cpu_limit, Trait::optional,
       "Share of CPU time in cores: 0.5 is half of one. Left out or 0, no limit.",
       {.check = checks::number(0, 8192)}},
      {"cpu_units", &Lxc::cpu_units, Trait::optional,
       "Weight against other guests. Left out, Proxmox's default (100).",
       {.check = tf::within(0, 500'000)}},
      {"memory", &Lxc::memory, Trait::optional, "Memory: `\"2G\"`; a plain number is MiB.",
       {.fallback = "512", .check = checks::memory_size(16), .same = checks::same_memory()}},
      {"swap", &Lxc::swap, Trait::optional, "Swap: `\"1G\"`; a plain number is MiB.",
       {.fallback = "512", .check = checks::memory_size(0), .same = checks::same_memory()}},
      {"root_disk", nested(&Lxc::root_disk, root_disk_object()), chosen,
       "The root file system. Needed with `template`."},
      {"mount_points", nested(&Lxc::mount_points, mount_point_object()), Trait::optional,
       "Further volumes by slot: `mp0` to `mp255`. One that is removed here is detached; its volume "
       "stays with the container, unused, until that is destroyed.", {.check = tf::each_key(checks::slot("mp", 255))}},
      {"networks", nested(&Lxc::networks, network_object()), Trait::optional,
       "Network devices by slot: `net0` to `net31`.",
       {.check = tf::each_key(checks::slot("net", 31))}},
      {"dns", nested(&Lxc::dns, dns_object()), Trait::optional,
       "Name resolution. Left out, as on the node."},
      {"features", nested(&Lxc::features, features_object()), Trait::optional,
       "What the container may do beyond the usual."},
      {"devices", nested(&Lxc::devices, device_object()), Trait::optional,
       "Devices of the host by slot: `dev0` to `dev255`.",
       {.check = tf::each_key(checks::slot("dev", 255))}},
  };
}

std::vector<tf::Row<Lxc>> life_rows() {
  return {
      {"tags", set_of(&Lxc::tags), Trait::optional,
       "Tags. Proxmox keeps them in lower case, sorted and each once. Other words for the "
       "same tags are shown as a change that does nothing on the cluster.",
       {.check = tf::each(checks::tag()), .same = same_tags()}},
      {"pool", &Lxc::pool, Trait::optional, "Resource pool.", {.check = pool_name()}},
      {"start_on_boot", &Lxc::start_on_boot, Trait::optional,
       "Whether it starts with the node. Proxmox's default is `false`."},
      {"startup", nested(&Lxc::startup, startup_object()), Trait::optional,
       "Order of starting and stopping with the node."},
      {"started", &Lxc::started, Trait::optional,
       "Whether it runs. Left out, `true`, or `false` for one with `is_template`.",
       {.fallback = true}},
      {"protection", &Lxc::protection, Trait::optional,
       "Whether Proxmox refuses to destroy it and its disks. Proxmox's default is `false`."},
      {"console", nested(&Lxc::console, console_object()), Trait::optional, "The console."},
      {"timezone", &Lxc::timezone, Trait::optional,
       "Time zone: `Europe/Berlin`, or `host` for the node's.", {.check = time_zone()}},
      {"hook_script", &Lxc::hook_script, Trait::optional,
       "Script that the node runs at steps of its life: `local:snippets/hook.pl` (`root@pam` "
       "only).", {.check = checks::volume_id()}},
      {"password_wo", &Lxc::password_wo, Trait::optional | Trait::write_only | Trait::sensitive,
       "Password of root. Used once, when the container is created; never stored.",
       {.check = tf::length(5, 64)}},
      {"password_wo_version", &Lxc::password_wo_version, Trait::optional,
       "Any text that is changed together with `password_wo`. Proxmox can set a password only "
       "while it creates a container, so a change is an error at plan time that says what to do. "
       "The first one for a container that exists already is stored, with a warning."},
      {"ssh_keys_wo", &Lxc::ssh_keys_wo, Trait::optional | Trait::write_only,
       "Public SSH keys of root, one an element. Used once, when the container is created; never "
       "stored.", {.check = tf::each(ssh_key())}},
      {"ssh_keys_wo_version", &Lxc::ssh_keys_wo_version, Trait::optional,
       "Any text that is changed together with `ssh_keys_wo`; as for the password, a change is an "
       "error at plan time, and the first one a warning."},
      {"environment", &Lxc::environment, Trait::optional,
       "Environment variables of its first process, on top of those of an OCI image (Proxmox VE "
       "9.1 or later).", {.check = environment_variables()}},
      {"entrypoint", &Lxc::entrypoint, Trait::optional,
       "Command line of its first process (Proxmox VE 9.1 or later). Left out, that of the image "
       "or `/sbin/init`.", {.check = checks::one_line()}},
  };
}

std::vector<tf::Row<Lxc>> behaviour_rows() {
  return {
      {"ha", nested(&Lxc::ha, ha_object()), Trait::optional,
       "Management by the HA stack of the cluster."},
      {"is_template", &Lxc::is_template, Trait::optional,
       "Whether it is turned into a template for clones. There is no way back, so setting it to "
       "`false` again is an error at plan time. For a container that exists already the plan warns; "
       "one that runs is stopped."},
      {"reboot_to_apply", &Lxc::reboot_to_apply, Trait::optional,
       "Whether a running container is restarted when a change only takes effect so. Otherwise the "
       "apply warns and names what is pending.", {.fallback = false}},
      {"ignore_unpack_errors", &Lxc::ignore_unpack_errors, Trait::optional,
       "Whether errors while a template is unpacked are passed over."},
      {"wait_for_ip", nested(&Lxc::wait_for_ip, wait_for_ip_object()), Trait::optional,
       "Which addresses an apply waits for, two minutes at most: one that does not come is a "
       "warning. Also makes `ipv4_addresses` and `ipv6_addresses` known."},
      {"ipv4_addresses", &Lxc::ipv4_addresses, Trait::computed,
       "IPv4 addresses by interface inside the container, where `wait_for_ip` is given; neither "
       "loopback nor link-local ones."},
      {"ipv6_addresses", &Lxc::ipv6_addresses, Trait::computed,
       "IPv6 addresses by interface inside the container, where `wait_for_ip` is given; neither "
       "loopback nor link-local ones."},
      {"timeouts", nested(&Lxc::timeouts, tf::timeouts_object()), Trait::optional,
       tf::timeouts_doc},
  };
}

// clang-format on

std::vector<tf::Row<Lxc>> lxc_rows() {
  std::vector<tf::Row<Lxc>> rows;
  for (auto part : {place_rows(), resource_rows(), life_rows(), behaviour_rows()})
    for (tf::Row<Lxc>& row : part) rows.push_back(std::move(row));
  return rows;
}

}  // namespace

const tf::Object<Lxc>& lxc_object() {
  static const tf::Object<Lxc> object{lxc_doc, 1, lxc_rows(), lxc_rules()};
  return object;
}

}  // namespace paas::lxc
