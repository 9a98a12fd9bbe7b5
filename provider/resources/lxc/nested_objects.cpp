#include "provider/checks/checks.hpp"
#include "provider/resources/lxc/model.hpp"
#include "provider/resources/lxc/rules.hpp"

namespace paas::lxc {
namespace {

using tf::Trait;
constexpr Trait chosen_part = Trait::optional | Trait::computed | Trait::stable;

}  // namespace

// clang-format off: tables, one attribute a row
const tf::Object<CloneFrom>& clone_object() {
  static const tf::Object<CloneFrom> object{
      "A container, or a template, to copy.",
      0,
      {
          {"vmid", &CloneFrom::vmid, Trait::required, "Id of the container to copy.",
           {.check = tf::within(100, 999'999'999)}},
          {"node", &CloneFrom::node, Trait::optional,
           "Node on which the source is. Looked up where it is left out.",
           {.check = checks::name()}},
          {"full", &CloneFrom::full, Trait::optional,
           "`true` copies all data; `false` makes a linked clone, which needs a source that is a "
           "template and a storage that can. Left out, a template is linked, and any other "
           "container is copied."},
          {"storage", &CloneFrom::storage, Trait::optional,
           "Storage for the volumes of a full clone.", {.check = checks::name()}},
          {"snapshot", &CloneFrom::snapshot, Trait::optional,
           "Snapshot of the source to copy. A running container can only be copied from a "
           "snapshot.", {.check = checks::name()}},
      }};
  return object;
}

const tf::Object<RootDisk>& root_disk_object() {
  static const tf::Object<RootDisk> object{
      "The root file system.",
      0,
      {
          {"storage", &RootDisk::storage, chosen_part,
           "Storage that holds it. Needed when the container is made from a template. A change is "
           "an error at plan time: volumes are moved by hand.", {.check = checks::name()}},
          {"size", &RootDisk::size, chosen_part,
           "Size: `\"8G\"`, `\"512M\"`; a plain number is GiB. Left out, Proxmox's default of 4 "
           "GiB. It grows in place; a smaller size is an error at plan time.",
           {.check = checks::disk_size(), .same = checks::same_disk()}},
          {"acl", &RootDisk::acl, Trait::optional, "Whether POSIX ACLs are on."},
          {"quota", &RootDisk::quota, Trait::optional,
           "Whether user quotas are on (privileged containers only)."},
          {"replicate", &RootDisk::replicate, Trait::optional,
           "Whether storage replication includes it. Proxmox's default is `true`."},
          {"mount_options", &RootDisk::mount_options, Trait::optional,
           "Extra mount options: `lazytime`, `noatime`, `nodev`, `noexec`, `nosuid`, `discard`.",
           {.check = tf::each(tf::one_of(mount_option_words()))}},
          {"volume", &RootDisk::volume, Trait::computed | Trait::stable,
           "Volume id on the storage: `local-lvm:vm-104-disk-0`."},
      }};
  return object;
}

const tf::Object<MountPoint>& mount_point_object() {
  static const tf::Object<MountPoint> object{
      "A volume, or a folder of the host, inside the container.",
      0,
      {
          {"path", &MountPoint::path, Trait::required, "Where it is mounted inside the container.",
           {.check = checks::absolute_path()}},
          {"storage", &MountPoint::storage, Trait::optional,
           "Storage on which a new volume is made, together with `size`.",
           {.check = checks::name()}},
          {"size", &MountPoint::size, Trait::optional,
           "Size of the volume: `\"8G\"`, `\"512M\"`; a plain number is GiB. It grows in place; a "
           "smaller size is an error at plan time.",
           {.check = checks::disk_size(), .same = checks::same_disk()}},
          {"volume", &MountPoint::volume, chosen_part,
           "An existing volume (`local-lvm:vm-104-disk-1`) or a path on the host to bind "
           "(`/srv/data`; `root@pam` only). Left out, a new volume is made and named here.",
           {.check = volume_or_host_path()}},
          {"acl", &MountPoint::acl, Trait::optional, "Whether POSIX ACLs are on."},
          {"backup", &MountPoint::backup, Trait::optional,
           "Whether backups include it. Proxmox's default is `false`."},
          {"quota", &MountPoint::quota, Trait::optional,
           "Whether user quotas are on (privileged containers only)."},
          {"read_only", &MountPoint::read_only, Trait::optional,
           "Whether it is mounted read-only."},
          {"replicate", &MountPoint::replicate, Trait::optional,
           "Whether storage replication includes it. Proxmox's default is `true`."},
          {"shared", &MountPoint::shared, Trait::optional,
           "Whether it is there on every node, so that it does not hinder a migration."},
          {"mount_options", &MountPoint::mount_options, Trait::optional,
           "Extra mount options: `lazytime`, `noatime`, `nodev`, `noexec`, `nosuid`, `discard`.",
           {.check = tf::each(tf::one_of(mount_option_words()))}},
      },
      {mount_point_rule}};
  return object;
}

const tf::Object<NetworkDevice>& network_object() {
  static const tf::Object<NetworkDevice> object{
      "A network device.",
      0,
      {
          {"name", &NetworkDevice::name, chosen_part,
           "Name inside the container. Left out, `eth` and the number of the slot: `eth0` for "
           "`net0`.", {.check = tf::all_of({checks::name(), tf::length(2, 15)})}},
          {"bridge", &NetworkDevice::bridge, Trait::optional, "Bridge on the host: `vmbr0`.",
           {.check = checks::name()}},
          {"mac", &NetworkDevice::mac, chosen_part,
           "MAC address. Left out, one that follows from the host name and the slot, so that the "
           "plan shows it; it is kept for the life of the container, also when the host name "
           "changes. Containers of equal host name get equal MAC addresses: give one of them its "
           "own where they share a network.", {.check = checks::unicast_mac(), .same = checks::same_letters()}},
          {"vlan", &NetworkDevice::vlan, Trait::optional, "VLAN tag.",
           {.check = tf::within(1, 4094)}},
          {"trunks", &NetworkDevice::trunks, Trait::optional, "VLANs that are passed through.",
           {.check = tf::each(tf::within(1, 4094))}},
          {"ipv4", &NetworkDevice::ipv4, Trait::optional,
           "`dhcp`, `manual`, or an address with its prefix length: `10.0.0.5/24`.",
           {.check = checks::ipv4_cidr_or({"dhcp", "manual"})}},
          {"ipv4_gateway", &NetworkDevice::ipv4_gateway, Trait::optional, "Default gateway.",
           {.check = checks::ipv4_address()}},
          {"ipv6", &NetworkDevice::ipv6, Trait::optional,
           "`auto` (SLAAC), `dhcp`, `manual`, or an address with its prefix length.",
           {.check = checks::ipv6_cidr_or({"auto", "dhcp", "manual"}),
            .same = checks::same_ipv6()}},
          {"ipv6_gateway", &NetworkDevice::ipv6_gateway, Trait::optional, "Default gateway.",
           {.check = checks::ipv6_address(), .same = checks::same_ipv6()}},
          {"firewall", &NetworkDevice::firewall, Trait::optional,
           "Whether Proxmox's firewall filters this device."},
          {"mtu", &NetworkDevice::mtu, Trait::optional, "MTU. Left out, that of the bridge.",
           {.check = tf::within(64, 65535)}},
          {"rate", &NetworkDevice::rate, Trait::optional, "Limit in megabytes a second.",
           {.check = checks::number(0, 1e9)}},
          {"link_down", &NetworkDevice::link_down, Trait::optional,
           "Whether the cable is pulled, so to speak."},
          {"host_managed", &NetworkDevice::host_managed, Trait::optional,
           "Whether the host sets the address, for images that have no network setup of their own "
           "(Proxmox VE 9.1 or later)."},
      },
      {network_rule}};
  return object;
}

const tf::Object<Dns>& dns_object() {
  static const tf::Object<Dns> object{"Name resolution.",
                                      0,
                                      {
                                          {"servers", &Dns::servers, Trait::optional,
                                           "Addresses of the name servers.",
                                           {.check = tf::each(checks::ip_address())}},
                                          {"domain", &Dns::domain, Trait::optional,
                                           "Search domain.", {.check = checks::host_name()}},
                                      }};
  return object;
}

const tf::Object<FeatureFlags>& features_object() {
  static const tf::Object<FeatureFlags> object{
      "What the container may do beyond the usual.",
      0,
      {
          {"nesting", &FeatureFlags::nesting, Trait::optional,
           "Whether containers can run inside; systemd in recent distributions wants it too."},
          {"keyctl", &FeatureFlags::keyctl, Trait::optional,
           "Whether the keyctl() system call is allowed (`root@pam` only)."},
          {"fuse", &FeatureFlags::fuse, Trait::optional,
           "Whether FUSE file systems may be mounted (`root@pam` only)."},
          {"mknod", &FeatureFlags::mknod, Trait::optional,
           "Whether mknod() works for unprivileged containers (`root@pam` only)."},
          {"force_rw_sys", &FeatureFlags::force_rw_sys, Trait::optional,
           "Whether /sys is writable in unprivileged containers (`root@pam` only)."},
          {"mount", set_of(&FeatureFlags::mount), Trait::optional,
           "Kinds of file systems that may be mounted: `nfs`, `cifs` (`root@pam` only).",
           {.check = tf::each(checks::name())}},
      }};
  return object;
}

const tf::Object<PassedDevice>& device_object() {
  static const tf::Object<PassedDevice> object{
      "A device of the host inside the container (`root@pam` only).",
      0,
      {
          {"path", &PassedDevice::path, Trait::required, "Path of the device: `/dev/net/tun`.",
           {.check = device_path()}},
          {"mode", &PassedDevice::mode, Trait::optional, "Access mode in octal: `0666`.",
           {.check = octal_mode()}},
          {"uid", &PassedDevice::uid, Trait::optional, "Owner inside the container.",
           {.check = tf::within(0, 4'294'967'294)}},
          {"gid", &PassedDevice::gid, Trait::optional, "Group inside the container.",
           {.check = tf::within(0, 4'294'967'294)}},
          {"deny_write", &PassedDevice::deny_write, Trait::optional,
           "Whether the container may only read it."},
      }};
  return object;
}

const tf::Object<StartOrder>& startup_object() {
  static const tf::Object<StartOrder> object{
      "Order of starting and stopping with the node.",
      0,
      {
          {"order", &StartOrder::order, Trait::optional,
           "Place in the order; smaller starts earlier.", {.check = tf::within(0, 2'147'483'647)}},
          {"up_delay", &StartOrder::up_delay, Trait::optional,
           "Seconds to wait after its start before the next one.",
           {.check = tf::within(0, 86'400)}},
          {"down_delay", &StartOrder::down_delay, Trait::optional,
           "Seconds to wait for it to stop.", {.check = tf::within(0, 86'400)}},
      }};
  return object;
}

const tf::Object<Console>& console_object() {
  static const tf::Object<Console> object{
      "The console.",
      0,
      {
          {"enabled", &Console::enabled, Trait::optional,
           "Whether there is one. Proxmox's default is `true`."},
          {"mode", &Console::mode, Trait::optional,
           "`tty` (login on a terminal), `console` (/dev/console) or `shell` (a shell without "
           "login). Proxmox's default is `tty`.",
           {.check = tf::one_of({"tty", "console", "shell"})}},
          {"tty_count", &Console::tty_count, Trait::optional,
           "Number of terminals. Proxmox's default is 2.", {.check = tf::within(0, 6)}},
      }};
  return object;
}

const tf::Object<HighAvailability>& ha_object() {
  static const tf::Object<HighAvailability> object{
      "Management by the HA stack of the cluster.",
      0,
      {
          {"state", &HighAvailability::state, Trait::optional,
           "`started`, `stopped`, `disabled` or `ignored`. Must agree with `started` of the "
           "container.",
           {.fallback = "started",
            .check = tf::one_of({"started", "stopped", "disabled", "ignored"})}},
          {"group", &HighAvailability::group, Trait::optional,
           "HA group (Proxmox VE 8; later versions have rules instead).",
           {.check = checks::name()}},
          {"comment", &HighAvailability::comment, Trait::optional, "Description.",
           {.check = tf::all_of({checks::one_line(), tf::length(1, 4096)})}},
          {"max_restart", &HighAvailability::max_restart, Trait::optional,
           "Attempts to start on one node. Proxmox's default is 1.",
           {.check = tf::within(0, 1000)}},
          {"max_relocate", &HighAvailability::max_relocate, Trait::optional,
           "Attempts to start on other nodes. Proxmox's default is 1.",
           {.check = tf::within(0, 1000)}},
          {"failback", &HighAvailability::failback, Trait::optional,
           "Whether it goes back to a preferred node. Proxmox's default is `true`."},
      }};
  return object;
}

const tf::Object<WaitForIp>& wait_for_ip_object() {
  static const tf::Object<WaitForIp> object{
      "Which addresses an apply waits for after a start.",
      0,
      {
          {"ipv4", &WaitForIp::ipv4, Trait::optional, "Wait for a global IPv4 address."},
          {"ipv6", &WaitForIp::ipv6, Trait::optional, "Wait for a global IPv6 address."},
      }};
  return object;
}
// clang-format on

}  // namespace paas::lxc
