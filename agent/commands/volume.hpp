#pragma once
// paas-agent volume ls, rm: volumes outlive their apps until somebody removes them.

#include <stop_token>
#include <string>
#include <vector>

#include "agent/node_folder.hpp"
#include "agent/program.hpp"
#include "libpaas/ports/container_runtime.hpp"

namespace paas::agent::commands {

int volume_ls(const Invocation& invocation);
int volume_rm(const Invocation& invocation);

struct OwnVolume {
  model::VolumeInfo info;
  std::string app{};                   // "shop/web"; of a shared one "shop"
  std::vector<std::string> used_by{};  // containers, stopped ones too
  // Whether an app that is declared may name it: its own app, or any of the project for a shared
  // one. Also where no status tells.
  bool declared = true;
};
// By name.
Result<std::vector<OwnVolume>> own_volumes(ContainerRuntime& runtime, std::string_view owner,
                                           const Result<node::Status>& status,
                                           std::stop_token stop);

struct RemovalWish {
  std::vector<std::string> names;
  bool force = false;  // what a declared app names, too
  bool yes = false;    // nobody is asked
};
// Judges all before it removes any. Returns the exit code.
int remove_volumes(const Invocation& invocation, ContainerRuntime& runtime,
                   const std::vector<OwnVolume>& all, const RemovalWish& wish,
                   std::stop_token stop);

}  // namespace paas::agent::commands
