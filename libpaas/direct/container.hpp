#pragma once
// A container without a control plane: what is wanted, what is there, and the steps between. Pure.
//
//   ContainerSpec ──┬─ birth_step ──────────────────▶ Step    one creation or clone …
//                   │
//   ContainerState ─┴─ change_steps / remove_steps ─▶ Step…   … and then the same as any change
//
// Containers (containers.hpp) runs the steps and reads back what is there.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "libpaas/proxmox/container.hpp"

#pragma GCC visibility push(default)
namespace paas::direct {

// An existing container, or template, to copy.
struct CloneSource {
  int vmid = 0;
  std::string node{};          // where it is; empty: looked up
  std::optional<bool> full{};  // false: linked, where the storage can
  std::string storage{};       // for a full clone
  std::string snapshot{};
  bool operator==(const CloneSource&) const = default;
};

// State of the HA manager for this guest (POST /cluster/ha/resources).
struct HaState {
  std::string state = "started";  // started stopped disabled ignored
  std::string group{};
  std::string comment{};
  std::optional<int> max_restart{};
  std::optional<int> max_relocate{};
  std::optional<bool> failback{};
  bool operator==(const HaState&) const = default;
};
// Whether both mean the same: an absent value and the server's default (one restart, one
// relocation, failback) are equal.
bool same_ha(const HaState& a, const HaState& b);
// The parameters that bring high availability of a guest from `have` to `want`, `delete` last.
proxmox::Params ha_params(const std::optional<HaState>& have, const HaState& want);

// From where a vmid is taken when none is given. Inclusive.
struct VmidRange {
  int first = 100;
  int last = 999'999'999;
  bool operator==(const VmidRange&) const = default;
};

// What only a create can set and nobody can read back.
struct FirstBoot {
  std::string password{};
  std::vector<std::string> ssh_keys{};
  bool operator==(const FirstBoot&) const = default;
};

struct ContainerSpec {
  std::string node;       // where a new one is made
  std::string move_to{};  // where one that exists has to be; empty: wherever it is
  std::optional<int> vmid{};
  VmidRange vmid_range{};
  std::string template_volume{};  // template or OCI archive; empty for a clone
  std::optional<CloneSource> clone{};
  proxmox::ContainerConfig config{};
  std::string pool{};
  bool started = true;
  std::optional<HaState> ha{};
  FirstBoot first_boot{};
  bool ignore_unpack_errors = false;
  // Of a clone: whether these are wanted as they stand, even if that is none; otherwise one that is
  // empty is as the source has it.
  bool exact_mounts = false;
  bool exact_networks = false;
  bool exact_devices = false;
  // Variables that were wanted before and are no longer. All others that `config.environment` does
  // not name stay: they come from the image.
  std::vector<std::string> dropped_environment{};
  // Restart the container when a change of it waits for that; otherwise it stays in `pending`.
  bool reboot_to_apply = false;
  // Whoever creates it waits for its addresses before it counts as created.
  bool awaits_addresses = false;
  bool operator==(const ContainerSpec&) const = default;
};

// What is really there.
struct ContainerState {
  int vmid = 0;
  std::string node;
  proxmox::ContainerConfig config{};  // with pending changes
  std::string pool{};
  bool running = false;
  std::optional<HaState> ha{};
  std::vector<std::string> pending{};  // keys that wait for a restart of the container
};

// The effects a container can need. Each names everything it needs to happen: no decision is left
// for the moment it runs, but for the id of a new container.
struct CreateContainer {
  ContainerSpec spec;
};
struct CloneContainer {
  ContainerSpec spec;
};
struct Configure {
  int vmid;
  std::string node;
  proxmox::Params params;
  std::vector<std::string> added;  // the mounts among them that get a new volume
  // Of the configuration that the parameters were computed from: nothing is set if it has changed
  // since, so that sending them twice cannot allocate a volume twice.
  std::string digest;
};
struct GrowVolume {
  int vmid;
  std::string node;
  std::string disk;  // "rootfs", "mp0"
  std::uint64_t to_mib;
};
struct SetPool {
  int vmid;
  std::string from;  // empty: none
  std::string to;    // empty: none
};
struct SetHa {
  int vmid;
  std::optional<HaState> from;
  std::optional<HaState> to;
};
struct Start {
  int vmid;
  std::string node;
};
// Orderly shutdown, forced after its time.
struct Stop {
  int vmid;
  std::string node;
};
// To another node, its volumes with it; a running one is stopped for that and started again.
struct MigrateContainer {
  int vmid;
  std::string from;
  std::string to;
  bool running;
};
// Applies pending changes.
struct Reboot {
  int vmid;
  std::string node;
};
struct MakeTemplate {
  int vmid;
  std::string node;
};
struct DestroyContainer {
  int vmid;
  std::string node;
};
using Step = std::variant<CreateContainer, CloneContainer, Configure, GrowVolume, SetPool, SetHa,
                          Start, Stop, MigrateContainer, Reboot, MakeTemplate, DestroyContainer>;

// One line, without secrets: "grow rootfs of 104 to 16 GiB".
std::string to_text(const Step& step);

// Why a change cannot be made as declared, and what to do instead.
struct Refusal {
  std::string attribute;  // as in ContainerConfig: "root.size", "mounts.mp0.storage", …
  std::string message;
  std::string remedy;
};

// How the container comes into being. What follows is change_steps() from what that made.
Step birth_step(const ContainerSpec& spec);

// The parameters of the API call behind CreateContainer, but for the id and the description.
proxmox::Params birth_params(const ContainerSpec& spec);

// The configuration that `want` asks of a container that has `have`: what the server decides where
// nothing is said (host name, architecture, kind of operating system, memory, volumes, console mode
// and entrypoint, MAC addresses, environment of an image) is taken from `have`; a clone inherits
// everything that is left open.
proxmox::ContainerConfig target_config(const proxmox::ContainerConfig& have,
                                       const ContainerSpec& want);

// Steps from what is there to what is wanted. The node is a reason for a step only where `move_to`
// names another one: a guest that somebody else has moved stays where it is. A mount that is no
// longer wanted is detached: its volume stays with the container as an unused one. REQUIRES: no
// refusals(have.config, want).
std::vector<Step> change_steps(const ContainerState& have, const ContainerSpec& want);

// Out of high availability, stopped, destroyed.
std::vector<Step> remove_steps(const ContainerState& have);

// What a specification can never mean: a value that cannot be written, a template and a clone at
// once, a stopped container that high availability shall keep running, … All of them at once.
std::vector<Refusal> refusals(const ContainerSpec& spec);
// The same, and what a new container needs besides: a node, a template or a source, sizes.
std::vector<Refusal> birth_refusals(const ContainerSpec& spec);

// What change_steps must not be asked for: a smaller disk, a volume on another storage, other
// privileges, … All of them at once. Pure, so that a plan can say it.
std::vector<Refusal> refusals(const proxmox::ContainerConfig& have,
                              const proxmox::ContainerConfig& want);

// All of them as one `invalid` error; nothing if there are none.
Result<void> refuse(const std::vector<Refusal>& refusals);

// What the API allows only a root@pam ticket, never a token (not even root's): feature flags but
// nesting, bind mounts, devices, hook scripts; each with its remedy. `have` empty for a create.
std::vector<Refusal> root_only_settings(const proxmox::ContainerConfig& have,
                                        const proxmox::ContainerConfig& want);

// The node for a container whose configuration names none: rendezvous hash of the hostname over the
// allowed nodes. Adding or removing a node moves only what it must.
// REQUIRES: !nodes.empty().
std::string node_for(std::string_view hostname, const std::vector<std::string>& nodes);

// What people name a container by: where it was once and its id, its id, or its host name.
struct ContainerName {
  std::string node{};  // empty: not said
  std::optional<int> vmid{};
  std::string hostname{};  // where there is no id
  bool operator==(const ContainerName&) const = default;
};
// "pve1/104", "104" or "web". Errors: `invalid`, with a remedy, for what can name none.
Result<ContainerName> parse_container_name(std::string_view text);
std::string to_text(const ContainerName& name);

// A stable locally administered unicast MAC address, from the hostname and the device ("net0"):
// 46 bits of a hash. Proxmox's own prefix would leave 24, and two of 5,000 containers the same one.
std::string mac_for(std::string_view hostname, std::string_view device);

}  // namespace paas::direct
#pragma GCC visibility pop
