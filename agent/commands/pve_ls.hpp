#pragma once
// paas-agent pve ls [nodes|guests|storages|templates] [--json] [connection flags]

#include <vector>

#include "agent/program.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/proxmox/inventory.hpp"

namespace paas::agent::commands {

// `invocation` without the command's own words.
int pve_ls(const Invocation& invocation);

// The JSON of `--json`; its keys are documented in docs/agent.md and stay as they are.
Json nodes_json(const std::vector<proxmox::Node>& nodes);
Json guests_json(const std::vector<proxmox::Guest>& guests);
Json storages_json(const std::vector<proxmox::Storage>& storages);
Json templates_json(const std::vector<proxmox::Template>& templates);

// The tables of everything else.
std::string nodes_table(const std::vector<proxmox::Node>& nodes);
std::string guests_table(const std::vector<proxmox::Guest>& guests);
std::string storages_table(const std::vector<proxmox::Storage>& storages);
std::string templates_table(const std::vector<proxmox::Template>& templates);

}  // namespace paas::agent::commands
