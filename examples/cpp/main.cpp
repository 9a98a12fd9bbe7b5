// Lists the nodes of a Proxmox cluster and the guests on each, through libpaas.
//
// Where the cluster is and who we are comes from the environment: PROXMOX_VE_ENDPOINT,
// PROXMOX_VE_API_TOKEN and, for a private authority, PROXMOX_VE_CA_FILE.

#include <iostream>

#include "libpaas/adapters/connect_pve.hpp"
#include "libpaas/direct/inventory.hpp"

int main() {
  const auto options = paas::pve::resolve({}, paas::process_environment());
  if (!options) {
    for (const auto& problem : options.error())
      std::cerr << problem.variable << ": " << problem.message << ". " << problem.remedy << '\n';
    return 2;
  }

  auto connection = paas::connect_pve(*options, paas::silent_log());
  paas::direct::Inventory inventory(connection.pve());
  const auto resources = inventory.resources({});
  if (!resources) {
    std::cerr << paas::describe(resources.error()) << '\n' << resources.error().remedy << '\n';
    return 1;
  }

  for (const auto& node : (*resources)->nodes) {
    std::cout << node.name << (node.online ? "" : " (offline)") << '\n';
    for (const auto& guest : (*resources)->guests)
      if (guest.node == node.name)
        std::cout << "  " << guest.vmid << ' ' << guest.name << ' ' << guest.status << '\n';
  }
}
