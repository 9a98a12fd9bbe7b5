#pragma once
// What Terraform stores about a container. Every member answers to a row of the tables in
// object.cpp and nested_objects.cpp; how it behaves is said there.

#include "provider/tf/timeouts.hpp"

namespace paas::lxc {

struct CloneFrom {
  tf::Attr<std::int64_t> vmid;
  tf::Attr<std::string> node;
  tf::Attr<bool> full;
  tf::Attr<std::string> storage;
  tf::Attr<std::string> snapshot;
  bool operator==(const CloneFrom&) const = default;
};

struct RootDisk {
  tf::Attr<std::string> storage;
  tf::Attr<std::string> size;
  tf::Attr<bool> acl;
  tf::Attr<bool> quota;
  tf::Attr<bool> replicate;
  tf::Attr<std::vector<std::string>> mount_options;
  tf::Attr<std::string> volume;
  bool operator==(const RootDisk&) const = default;
};

struct MountPoint {
  tf::Attr<std::string> path;
  tf::Attr<std::string> storage;
  tf::Attr<std::string> size;
  tf::Attr<std::string> volume;
  tf::Attr<bool> acl;
  tf::Attr<bool> backup;
  tf::Attr<bool> quota;
  tf::Attr<bool> read_only;
  tf::Attr<bool> replicate;
  tf::Attr<bool> shared;
  tf::Attr<std::vector<std::string>> mount_options;
  bool operator==(const MountPoint&) const = default;
};

struct NetworkDevice {
  tf::Attr<std::string> name;
  tf::Attr<std::string> bridge;
  tf::Attr<std::string> mac;
  tf::Attr<std::int64_t> vlan;
  tf::Attr<std::vector<std::int64_t>> trunks;
  tf::Attr<std::string> ipv4;
  tf::Attr<std::string> ipv4_gateway;
  tf::Attr<std::string> ipv6;
  tf::Attr<std::string> ipv6_gateway;
  tf::Attr<bool> firewall;
  tf::Attr<std::int64_t> mtu;
  tf::Attr<tf::Number> rate;
  tf::Attr<bool> link_down;
  tf::Attr<bool> host_managed;
  bool operator==(const NetworkDevice&) const = default;
};

struct Dns {
  tf::Attr<std::vector<std::string>> servers;
  tf::Attr<std::string> domain;
  bool operator==(const Dns&) const = default;
};

struct FeatureFlags {
  tf::Attr<bool> nesting;
  tf::Attr<bool> keyctl;
  tf::Attr<bool> fuse;
  tf::Attr<bool> mknod;
  tf::Attr<bool> force_rw_sys;
  tf::Attr<std::vector<std::string>> mount;
  bool operator==(const FeatureFlags&) const = default;
};

struct PassedDevice {
  tf::Attr<std::string> path;
  tf::Attr<std::string> mode;
  tf::Attr<std::int64_t> uid;
  tf::Attr<std::int64_t> gid;
  tf::Attr<bool> deny_write;
  bool operator==(const PassedDevice&) const = default;
};

struct StartOrder {
  tf::Attr<std::int64_t> order;
  tf::Attr<std::int64_t> up_delay;
  tf::Attr<std::int64_t> down_delay;
  bool operator==(const StartOrder&) const = default;
};

struct Console {
  tf::Attr<bool> enabled;
  tf::Attr<std::string> mode;
  tf::Attr<std::int64_t> tty_count;
  bool operator==(const Console&) const = default;
};

struct HighAvailability {
  tf::Attr<std::string> state;
  tf::Attr<std::string> group;
  tf::Attr<std::string> comment;
  tf::Attr<std::int64_t> max_restart;
  tf::Attr<std::int64_t> max_relocate;
  tf::Attr<bool> failback;
  bool operator==(const HighAvailability&) const = default;
};

struct WaitForIp {
  tf::Attr<bool> ipv4;
  tf::Attr<bool> ipv6;
  bool operator==(const WaitForIp&) const = default;
};

struct Lxc {
  tf::Attr<std::string> id;
  tf::Attr<std::int64_t> vmid;
  tf::Attr<std::string> node;
  tf::Attr<std::string> current_node;
  tf::Attr<std::string> hostname;
  tf::Attr<std::string> description;
  tf::Attr<std::string> template_volume;  // "template"
  tf::Attr<CloneFrom> clone;
  tf::Attr<std::string> os_type;
  tf::Attr<std::string> arch;
  tf::Attr<bool> unprivileged;
  tf::Attr<std::int64_t> cores;
  tf::Attr<tf::Number> cpu_limit;
  tf::Attr<std::int64_t> cpu_units;
  tf::Attr<std::string> memory;
  tf::Attr<std::string> swap;
  tf::Attr<RootDisk> root_disk;
  tf::Attr<std::map<std::string, MountPoint>> mount_points;
  tf::Attr<std::map<std::string, NetworkDevice>> networks;
  tf::Attr<Dns> dns;
  tf::Attr<FeatureFlags> features;
  tf::Attr<std::map<std::string, PassedDevice>> devices;
  tf::Attr<std::vector<std::string>> tags;
  tf::Attr<std::string> pool;
  tf::Attr<bool> start_on_boot;
  tf::Attr<StartOrder> startup;
  tf::Attr<bool> started;
  tf::Attr<bool> protection;
  tf::Attr<Console> console;
  tf::Attr<std::string> timezone;
  tf::Attr<std::string> hook_script;
  tf::Attr<std::string> password_wo;
  tf::Attr<std::string> password_wo_version;
  tf::Attr<std::vector<std::string>> ssh_keys_wo;
  tf::Attr<std::string> ssh_keys_wo_version;
  tf::Attr<std::map<std::string, std::string>> environment;
  tf::Attr<std::string> entrypoint;
  tf::Attr<HighAvailability> ha;
  tf::Attr<bool> is_template;
  tf::Attr<bool> reboot_to_apply;
  tf::Attr<bool> ignore_unpack_errors;
  tf::Attr<WaitForIp> wait_for_ip;
  tf::Attr<std::map<std::string, std::vector<std::string>>> ipv4_addresses;
  tf::Attr<std::map<std::string, std::vector<std::string>>> ipv6_addresses;
  tf::Attr<tf::Timeouts> timeouts;
};

const tf::Object<Lxc>& lxc_object();

// The tables of its parts (nested_objects.cpp).
const tf::Object<CloneFrom>& clone_object();
const tf::Object<RootDisk>& root_disk_object();
const tf::Object<MountPoint>& mount_point_object();
const tf::Object<NetworkDevice>& network_object();
const tf::Object<Dns>& dns_object();
const tf::Object<FeatureFlags>& features_object();
const tf::Object<PassedDevice>& device_object();
const tf::Object<StartOrder>& startup_object();
const tf::Object<Console>& console_object();
const tf::Object<HighAvailability>& ha_object();
const tf::Object<WaitForIp>& wait_for_ip_object();

}  // namespace paas::lxc
