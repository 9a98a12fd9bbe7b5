#pragma once
// ContainerWorld: the use cases of containers on a cluster in memory, where time passes by itself.

#include "libpaas/direct/containers.hpp"
#include "tests/fakes/fake_pve.hpp"
#include "tests/fakes/script_clock.hpp"

namespace paas::fakes {

struct ContainerWorld {
  FakePve pve;
  ScriptClock clock;
  CountingRandom random;
  direct::Inventory inventory{pve};
  direct::Containers containers{pve, inventory, clock, random, silent_log()};
  int born = 0;  // what the callback of the last create was called with last
  std::string born_on{};

  Result<direct::ContainerState> create(const direct::ContainerSpec& spec,
                                        std::stop_token stop = {}) {
    return containers.create(spec, stop, [this](int vmid, const std::string& node) {
      born = vmid;
      born_on = node;
    });
  }
  Result<direct::ContainerState> change(int vmid, const direct::ContainerSpec& want) {
    return containers.change(vmid, want, {});
  }
};

// A container as an ordinary user asks for it.
inline direct::ContainerSpec container_spec(const std::string& hostname = "web") {
  direct::ContainerSpec spec;
  spec.node = "pve1";
  spec.template_volume = "local:vztmpl/debian-12.tar.zst";
  spec.config.hostname = hostname;
  spec.config.unprivileged = true;
  spec.config.memory_mib = 512;
  spec.config.swap_mib = 512;
  proxmox::Mount root;
  root.volume = "local";
  root.size_mib = 4096;
  spec.config.root = root;
  proxmox::Network network;
  network.name = "eth0";
  network.bridge = "vmbr0";
  network.mac = "02:00:00:00:00:01";
  network.ipv4 = "dhcp";
  spec.config.networks.emplace("net0", network);
  return spec;
}

inline proxmox::Mount volume_on(const std::string& storage, const std::string& path,
                                std::uint64_t size_mib) {
  proxmox::Mount mount;
  mount.volume = storage;
  mount.path = path;
  mount.size_mib = size_mib;
  return mount;
}

}  // namespace paas::fakes
