#pragma once
// Hands: does what steps say, by the engine, with the secrets of this host.

#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/node/core.hpp"
#include "libpaas/node/effects.hpp"
#include "libpaas/ports/container_runtime.hpp"
#include "libpaas/ports/folder.hpp"

namespace paas::node {

class Hands {
 public:
  // `secrets`: whose files are the host's secrets; `handed`: on a tmpfs, where containers get
  // theirs from. All outlive it.
  Hands(ContainerRuntime& engine, Folder& secrets, Folder& handed, Effects& effects,
        std::string owner)
      : engine_(engine),
        secrets_(secrets),
        handed_(handed),
        effects_(effects),
        owner_(std::move(owner)) {}

  // Thread-safe.
  Result<void> carry_out(const std::vector<reconcile::Step>& steps, std::stop_token stop);
  Result<std::string> pull(const Pull& pull, const Images::OnProgress& progress,
                           std::stop_token stop);
  Result<void> stop(const StopBeside& what, std::stop_token stop);
  Result<std::vector<std::string>> last_lines(const std::string& id, std::stop_token stop);
  health::Answer ask_command(const AskProbe& what, std::stop_token stop);

 private:
  Result<void> do_step(const reconcile::Step& step, std::stop_token stop);
  Result<void> create(const reconcile::CreateContainer& step, std::stop_token stop);
  Result<void> make_volumes(const model::ContainerSpec& spec, std::stop_token stop);
  Result<std::string> secret(const std::string& name);
  // Writes the files that a container is handed, and fills in where they are.
  Result<void> hand_over(model::ContainerSpec& spec);
  Result<void> hand_over_again(const std::string& container, std::stop_token stop);

  ContainerRuntime& engine_;
  Folder& secrets_;
  Folder& handed_;
  Effects& effects_;
  std::string owner_;
};

}  // namespace paas::node
