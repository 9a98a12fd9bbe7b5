#pragma once
// A container without a control plane: what is wanted, what is there, and the steps between.
//
//   ContainerSpec ─┐
//                  ├─ create_steps / change_steps / remove_steps (pure) ─▶ Step… ─▶ Containers::run
//   ContainerState ┘                                                      ─▶ Containers::observe

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
  std::string node{};            // where it is; empty: looked up
  std::optional<bool> full{};    // false: linked, where the storage can
  std::string storage{};         // for a full clone
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
};

struct ContainerSpec {
  std::string node;
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
// for the moment it runs.
struct CreateContainer { ContainerSpec spec; };
struct CloneContainer { ContainerSpec spec; };
struct Configure { int vmid; std::string node; proxmox::Params params; };
struct GrowVolume { int vmid; std::string node; std::string disk; std::uint64_t to_mib; };
// A mount point that is new: allocated with its size.
struct AllocateVolume { int vmid; std::string node; std::string disk; std::string params; };
struct SetPool { int vmid; std::string from; std::string to; };
struct SetHa { int vmid; std::optional<HaState> from; std::optional<HaState> to; };
struct Start { int vmid; std::string node; };
struct Stop { int vmid; std::string node; };     // orderly shutdown, forced after its time
struct Reboot { int vmid; std::string node; };   // applies pending changes
struct MakeTemplate { int vmid; std::string node; };
struct DestroyContainer { int vmid; std::string node; };
using Step = std::variant<CreateContainer, CloneContainer, Configure, GrowVolume, AllocateVolume,
                          SetPool, SetHa, Start, Stop, Reboot, MakeTemplate, DestroyContainer>;

// One line, without secrets: "grow rootfs of 104 to 16 GiB".
std::string to_text(const Step& step);

// Why a change cannot be made as declared, and what to do instead.
struct Refusal {
  std::string attribute;  // as in ContainerConfig: "root.size", "mounts.mp0.storage", …
  std::string message;
  std::string remedy;
};

std::vector<Step> create_steps(const ContainerSpec& spec);
// Steps from what is there to what is wanted; the node is never a reason for a step.
std::vector<Step> change_steps(const ContainerState& have, const ContainerSpec& want);
std::vector<Step> remove_steps(const ContainerState& have);

// What change_steps must not be asked for: a smaller disk, a volume on another storage, another
// template, … All of them at once. Pure, so that a plan can say it.
std::vector<Refusal> refusals(const proxmox::ContainerConfig& have,
                              const proxmox::ContainerConfig& want);

// What the API allows only a root@pam ticket, never a token (not even root's): feature flags but
// nesting, bind mounts, devices, hook scripts; each with its remedy. `have` empty for a create.
std::vector<Refusal> root_only_settings(const proxmox::ContainerConfig& have,
                                        const proxmox::ContainerConfig& want);

// The node for a container whose configuration names none: rendezvous hash of the hostname over the
// allowed nodes. Adding or removing a node moves only what it must.
// REQUIRES: !nodes.empty().
std::string node_for(std::string_view hostname, const std::vector<std::string>& nodes);

// A stable locally administered unicast MAC address, "BC:24:11:xx:xx:xx" (Proxmox's own prefix),
// from the hostname and the device ("net0").
std::string mac_for(std::string_view hostname, std::string_view device);

}  // namespace paas::direct
#pragma GCC visibility pop
