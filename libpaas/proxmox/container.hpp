#pragma once
// The configuration of a Linux container, typed: what stands in /nodes/{node}/lxc/{vmid}/config.
//
// Absent (nullopt, empty map) means that the key is not set and the server's default holds.
// Source: API schema of pve-manager 9.2, POST /nodes/{node}/lxc.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libpaas/proxmox/call.hpp"

#pragma GCC visibility push(default)
namespace paas::proxmox {

// net[n]
struct Network {
  std::string name;           // inside the container: "eth0"
  std::string bridge;         // "vmbr0"
  std::string mac;            // upper case; empty: the server invents one at every write
  std::optional<int> vlan{};  // 1..4094
  std::vector<int> trunks{};  // VLANs passed through
  std::string ipv4{};         // "dhcp", "manual" or CIDR; empty: none
  std::string gateway4{};
  std::string ipv6{};  // "auto", "dhcp", "manual" or CIDR; empty: none
  std::string gateway6{};
  std::optional<bool> firewall{};
  std::optional<int> mtu{};           // 64..65535
  std::optional<std::string> rate{};  // MB/s, decimal text
  std::optional<bool> link_down{};
  std::optional<bool> host_managed{};
  std::vector<std::pair<std::string, std::string>> others{};  // keys we do not know, kept
  bool operator==(const Network&) const = default;
};

// rootfs and mp[n]
struct Mount {
  // "local-lvm:vm-104-disk-0"; a host path for a bind mount; in what is wanted also "local-lvm", a
  // volume on that storage, whichever it is.
  std::string volume;
  std::string path;  // inside the container; empty for rootfs
  std::optional<std::uint64_t> size_mib{};
  std::optional<bool> acl{};
  std::optional<bool> backup{};
  std::optional<bool> quota{};
  std::optional<bool> read_only{};
  std::optional<bool> replicate{};
  std::optional<bool> shared{};
  std::vector<std::string> mount_options{};
  std::vector<std::pair<std::string, std::string>> others{};
  // "local-lvm"; empty for a bind mount.
  std::string storage() const;
  // Whether `volume` names a storage alone, on which a volume has yet to be allocated.
  bool needs_volume() const;
  bool operator==(const Mount&) const = default;
};

struct Features {
  std::optional<bool> nesting{};
  std::optional<bool> keyctl{};
  std::optional<bool> fuse{};
  std::optional<bool> mknod{};
  std::optional<bool> force_rw_sys{};
  std::vector<std::string> mount{};  // file systems that may be mounted: "nfs", "cifs"
  std::vector<std::pair<std::string, std::string>> others{};
  bool operator==(const Features&) const = default;
};

// dev[n]
struct Device {
  std::string path;                   // "/dev/net/tun"
  std::optional<std::string> mode{};  // "0666"
  std::optional<int> uid{};
  std::optional<int> gid{};
  std::optional<bool> deny_write{};
  std::vector<std::pair<std::string, std::string>> others{};
  bool operator==(const Device&) const = default;
};

struct Startup {
  std::optional<int> order{};
  std::optional<int> up_delay_s{};
  std::optional<int> down_delay_s{};
  std::vector<std::pair<std::string, std::string>> others{};
  bool operator==(const Startup&) const = default;
};

struct ContainerConfig {
  std::optional<std::string> hostname{};
  std::optional<std::string> description{};  // without the newline the server appends
  std::optional<std::string> arch{};
  std::optional<std::string> os_type{};
  std::optional<int> cores{};
  std::optional<std::string> cpu_limit{};  // decimal text
  std::optional<int> cpu_units{};
  std::optional<std::uint64_t> memory_mib{};
  std::optional<std::uint64_t> swap_mib{};
  std::optional<Mount> root{};
  std::map<std::string, Mount> mounts{};      // "mp0"
  std::map<std::string, Network> networks{};  // "net0"
  std::map<std::string, Device> devices{};    // "dev0"
  std::vector<std::string> unused{};          // detached volumes
  std::optional<std::vector<std::string>> dns_servers{};
  std::optional<std::string> dns_domain{};
  std::optional<Features> features{};
  std::vector<std::string> tags{};  // normalised: lower case, sorted, each once
  std::optional<bool> start_on_boot{};
  std::optional<Startup> startup{};
  std::optional<bool> protection{};
  std::optional<bool> unprivileged{};
  std::optional<std::string> timezone{};
  std::optional<bool> console{};
  std::optional<std::string> console_mode{};  // "tty", "console", "shell"
  std::optional<int> tty_count{};
  std::optional<std::string> hook_script{};
  std::optional<std::string> entrypoint{};
  std::map<std::string, std::string> environment{};
  std::optional<bool> is_template{};
  std::string lock{};    // read only
  std::string digest{};  // read only
  bool operator==(const ContainerConfig&) const = default;
};

// GET …/config. Numbers may come as text and booleans as 0/1; unknown keys are passed over.
Result<ContainerConfig> parse_container(const Json& data);

// GET …/pending: the configuration as it will be after a restart, and the keys that wait for one,
// sorted.
struct PendingConfig {
  ContainerConfig config;
  std::vector<std::string> pending;
};
Result<PendingConfig> parse_pending(const Json& data);

// The parameters that bring a container from `have` to `want`, `delete` last; empty if none.
// What the server decides when it is left open (architecture, kind of operating system, memory,
// host name) and what only a create can set (privileges, being a template) is never deleted or
// changed. Volumes are always named as they are stored, MAC addresses are kept where `want` has
// none, and mounts that have yet to be allocated are passed over: see print_allocation.
Params change_params(const ContainerConfig& have, const ContainerConfig& want);

// The parameters of a create, but for those that only a create has (template, password, pool, …).
// Mounts whose `volume` names only a storage are allocated with their size.
Params create_params(const ContainerConfig& want);

// "local-lvm:8,mp=/data": asks for a new volume. Never to be sent twice, nor for a mount that is
// there: every time it is sent it allocates another one.
// REQUIRES: mount.needs_volume().
std::string print_allocation(const Mount& mount);

// Why a value cannot be written as it is: a separator or a control character that its format has no
// way to quote. All of them; empty for a configuration that can be sent.
struct Unwritable {
  std::string attribute;  // "networks.net0.bridge"
  std::string message;
};
std::vector<Unwritable> unwritable(const ContainerConfig& config);

// Property strings, each the exact inverse of the other on what the API accepts. Keys we do not
// know are kept.
std::string print_network(const Network& network);
Result<Network> parse_network(std::string_view text);
std::string print_mount(const Mount& mount);
Result<Mount> parse_mount(std::string_view text);
std::string print_features(const Features& features);
Result<Features> parse_features(std::string_view text);
std::string print_device(const Device& device);
Result<Device> parse_device(std::string_view text);
std::string print_startup(const Startup& startup);
Result<Startup> parse_startup(std::string_view text);

// Whether two settings mean the same: an absent one and the server's default are equal, and so are
// MAC addresses in either case.
bool same_network(const Network& a, const Network& b);
bool same_features(const Features& a, const Features& b);
// The options of two mounts: neither their volume nor their size.
bool same_mount_options(const Mount& a, const Mount& b);

// "8G", "512M", "1.5T", "1024K"; a number alone counts bytes. In MiB, rounded up.
Result<std::uint64_t> parse_size(std::string_view text);
// In the largest unit that needs no fraction: "16G", "1100M"; "0T" for no size at all.
std::string print_size(std::uint64_t mib);

// "0.50" → "0.5", "2.0" → "2": one text for each decimal number. Other text stays as it is.
std::string plain_decimal(std::string_view text);

// "zeta;Alpha,alpha beta" → {"alpha", "beta", "zeta"}: as the server normalises.
std::vector<std::string> normalised_tags(const std::vector<std::string>& tags);

}  // namespace paas::proxmox
#pragma GCC visibility pop
